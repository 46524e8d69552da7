package import Mail
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves a few read-only pages by HTTP/1.1: `/health` and `/metrics`. The console, with its own
/// server and process, is another thing.
///
/// One request a connection, a bounded number of connections, and little time for each: whoever can
/// reach the page must not be able to take the gate's memory or descriptors.
package final class StatusListener: Sendable {
  /// One page as it is now.
  package struct Page: Sendable {
    package let status: Int
    package let contentType: String
    package let body: String

    package init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: String)
    {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }

  /// Makes the page of a path; nil is 404. Called on an event loop: it must not wait.
  package typealias Source = @Sendable (_ path: String) -> Page?

  private let channel: any Channel
  package let port: UInt16

  private init(channel: any Channel) {
    self.channel = channel
    port = UInt16(channel.localAddress?.port ?? 0)
  }

  package static func bind(
    address: IPAddress, port: UInt16, on loops: EventLoops, limits: StatusLimits = StatusLimits(),
    source: @escaping Source
  ) async throws(BindFailure) -> StatusListener {
    let places = StatusPlaces(limits: limits)
    let bootstrap = ServerBootstrap(group: loops.group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .restsWhenShort()
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // Without pipelining there is nothing to keep requests for.
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(
            StatusHandler(places: places, source: source))
        }
      }
    do {
      let channel = try await bootstrap.bind(to: address.socketAddress(port: port)).get()
      return StatusListener(channel: channel)
    } catch {
      throw BindFailure(address: address, port: port, error: error)
    }
  }

  package func close() async { try? await channel.close() }
}

/// What the status page's clients may take.
package struct StatusLimits: Sendable {
  /// Connections at once; a monitor needs one.
  package var connections = 64
  /// For the request to come whole, and again for its answer to be taken. Milliseconds.
  package var stageMilliseconds = 10_000

  package init() {}
}

/// How many connections stand.
final class StatusPlaces: Sendable {
  let limits: StatusLimits
  private let taken = Mutex(0)

  init(limits: StatusLimits) { self.limits = limits }

  /// False when all places are taken.
  func take() -> Bool {
    taken.withLock { taken in
      guard taken < limits.connections else { return false }
      taken += 1
      return true
    }
  }

  func giveBack() { taken.withLock { $0 -= 1 } }
}
