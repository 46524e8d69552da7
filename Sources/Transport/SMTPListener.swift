package import Mail
import NIOCore
import NIOPosix
import NIOSSL
import SMTP
import Synchronization

/// A bound socket that makes a session of every connection.
package final class SMTPListener: Sendable {
  private let channel: any Channel
  private let sessions: SessionRegister
  /// The port that was really bound.
  package let port: UInt16
  package let address: IPAddress

  private init(channel: any Channel, sessions: SessionRegister, address: IPAddress) {
    self.channel = channel
    self.sessions = sessions
    self.address = address
    port = UInt16(channel.localAddress?.port ?? 0)
  }

  /// Binds and starts to accept.
  package static func bind(
    _ plan: ListenerPlan, on loops: EventLoops, gatekeeper: any Gatekeeper
  ) async throws(BindFailure) -> SMTPListener {
    let sessions = SessionRegister()
    let bootstrap = ServerBootstrap(group: loops.group)
      .serverChannelOption(.backlog, value: acceptBacklog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .restsWhenShort()
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let reading = ReadingSize()
          let size = NIOLoopBound(reading, eventLoop: channel.eventLoop)
          try channel.syncOptions?.setOption(.recvAllocator, value: ReadingAllocator(size: size))
          let handler = ServerHandler(
            plan: plan, gatekeeper: gatekeeper, register: sessions, reading: reading)
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
    do {
      let channel = try await bootstrap.bind(to: plan.address.socketAddress(port: plan.port)).get()
      return SMTPListener(channel: channel, sessions: sessions, address: plan.address)
    } catch {
      throw BindFailure(address: plan.address, port: plan.port, error: error)
    }
  }

  /// Stops accepting; open sessions go on.
  package func stopAccepting() async { try? await channel.close() }

  /// Tells idle sessions 421 at once and busy ones after their transaction.
  package func drain() { sessions.drain() }

  /// Drains, and returns when no session is open any more. When the time is over, what is left hears 421
  /// wherever it stands and is closed; a client that does not read it is not waited for.
  package func drained(within seconds: Int) async {
    drain()
    await sessions.emptied(within: .seconds(seconds), on: channel.eventLoop)
    sessions.cut()
    await sessions.emptied(within: .seconds(lastWordSeconds), on: channel.eventLoop)
  }

  /// Sessions that are still open.
  package var openSessions: Int { sessions.count }
}

/// How long the last 421 may take to be read when the time for draining is over.
private let lastWordSeconds = 2

/// Connections the kernel may hold before we accept them.
private let acceptBacklog: Int32 = 1024

/// Why a listener could not be bound, with the remedy.
package struct BindFailure: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(address: IPAddress, port: UInt16, error: any Error) {
    let place = address.octets.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    guard let code = (error as? IOError)?.errnoCode else {
      description = "can't listen on \(place): \(error)"
      return
    }
    switch code {
    case EADDRINUSE:
      description =
        "can't listen on \(place): another program has this port; stop it (ss -ltnp "
        + "shows which) or choose another address in the settings"
    case EACCES, EPERM:
      description = "can't listen on \(place): ports below 1024 need root or CAP_NET_BIND_SERVICE"
    case EADDRNOTAVAIL:
      description = "can't listen on \(place): this machine has no such address"
    default: description = "can't listen on \(place): errno \(code)"
    }
  }
}
