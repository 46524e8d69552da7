import Mail
import NIOCore
import NIOPosix
import NIOSSL
package import SMTP

/// Opens SMTP and LMTP connections to other servers with real sockets.
package struct NIOConnector: Connector {
  private let loops: EventLoops
  /// A host that does not answer a connect for half a minute is taken for dead: there is always a
  /// next host or a next attempt.
  private static let connectSeconds: Int64 = 30

  package init(loops: EventLoops) { self.loops = loops }

  package func connect(
    _ request: ConnectionRequest
  ) async -> Result<any ClientConnection, ClientFailure> {
    do throws(ClientFailure) {
      let connection = try await open(request)
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

  private func open(_ request: ConnectionRequest) async throws(ClientFailure) -> NIOClientConnection
  {
    let bootstrap = ClientBootstrap(group: loops.outboundLoop)
      .connectTimeout(.seconds(Self.connectSeconds))
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
      let handler = try await channel.eventLoop.submit {
        let handler = try channel.pipeline.syncOperations.handler(type: ClientHandler.self)
        return NIOLoopBound(handler, eventLoop: channel.eventLoop)
      }.get()
      return NIOClientConnection(channel: channel, handler: handler, request: request)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: any Error) -> ClientFailure {
    if let failure = error as? ClientFailure { return failure }
    if case ChannelError.connectTimeout = error { return .timedOut(during: "connect") }
    let words = "\(error)"
    return words.contains("refused") ? .refused : .unreachable(words)
  }
}
