import Mail
import NIOCore
import NIOPosix
import NIOSSL
package import SMTP
import Synchronization

/// Opens SMTP and LMTP connections to other servers with real sockets.
package struct NIOConnector: Connector {
  private let loops: EventLoops
  private let open = OpenChannels()
  private let tls: ClientTLS
  /// A host that does not answer a connect for half a minute is taken for dead: there is always a
  /// next host or a next attempt.
  private static let connectSeconds: Int64 = 30

  /// `authorities` is a PEM file of those who may certify hosts that the settings name; the system's
  /// without it.
  package init(loops: EventLoops, authorities: String? = nil) {
    self.loops = loops
    tls = ClientTLS(authorities: authorities)
  }

  /// Closes every connection: what is under way fails and is tried again after the next start.
  package func abort() { open.closeAll() }

  package func connect(
    _ request: ConnectionRequest
  ) async -> Result<any ClientConnection, ClientFailure> {
    do throws(ClientFailure) {
      let connection = try await openChannel(request)
      do throws(ClientFailure) {
        try await connection.greet()
        return .success(connection)
      } catch {
        await connection.close()
        throw error
      }
    } catch {
      return .failure(error)
    }
  }

  private func openChannel(_ request: ConnectionRequest) async throws(ClientFailure)
    -> NIOClientConnection
  {
    let bootstrap = ClientBootstrap(group: loops.outboundLoop)
      .connectTimeout(
        .seconds(min(Self.connectSeconds, Int64(request.patienceSeconds ?? .max)))
      )
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ClientHandler())
        }
      }
    do {
      let channel: any Channel
      switch request.endpoint {
      case .tcp(let address, let port, _):
        channel = try await bootstrap.connect(to: address.socketAddress(port: port)).get()
      case .unix(let path):
        channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
      }
      open.add(channel)
      let handler = try await channel.eventLoop.submit {
        let handler = try channel.pipeline.syncOperations.handler(type: ClientHandler.self)
        return NIOLoopBound(handler, eventLoop: channel.eventLoop)
      }.get()
      return NIOClientConnection(
        channel: channel, handler: handler, request: request, security: tls)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: any Error) -> ClientFailure {
    if let failure = error as? ClientFailure { return failure }
    if case ChannelError.connectTimeout = error { return .timedOut(during: "connect") }
    let words = "\(error)"
    if let error = error as? IOError, shortages.contains(error.errnoCode) { return .ours(words) }
    return words.contains("refused") ? .refused : .unreachable(words)
  }
}

/// The connections that are open, so that a stop can end them.
private final class OpenChannels: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) {
    channels.withLock { $0[ObjectIdentifier(channel)] = channel }
    channel.closeFuture.whenComplete { _ in
      self.channels.withLock { $0[ObjectIdentifier(channel)] = nil }
    }
  }

  func closeAll() {
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}
