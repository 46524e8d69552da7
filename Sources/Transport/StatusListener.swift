package import Mail
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves a few read-only pages by HTTP/1.1: `/health` and `/metrics`. The console, with its own
/// server and process, is another thing.
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
    address: IPAddress, port: UInt16, on loops: EventLoops, source: @escaping Source
  ) async throws(BindFailure) -> StatusListener {
    let bootstrap = ServerBootstrap(group: loops.group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(StatusHandler(source: source))
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

private final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let source: StatusListener.Source
  private var request: HTTPRequestHead?

  init(source: @escaping StatusListener.Source) { self.source = source }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = head
    case .body: break
    case .end:
      guard let head = request else { return }
      request = nil
      answer(head, context)
    }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let page: StatusListener.Page
    if head.method != .GET && head.method != .HEAD {
      page = .init(status: 405, body: "only GET\n")
    } else {
      let path = head.uri.prefix { $0 != "?" }
      page = source(String(path)) ?? .init(status: 404, body: "not found\n")
    }
    var headers = HTTPHeaders()
    headers.add(name: "Content-Type", value: page.contentType)
    headers.add(name: "Content-Length", value: "\(page.body.utf8.count)")
    headers.add(name: "Cache-Control", value: "no-store")
    headers.add(name: "X-Content-Type-Options", value: "nosniff")
    let status = HTTPResponseStatus(statusCode: page.status)
    let response = HTTPResponseHead(version: head.version, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    if head.method != .HEAD {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    if !head.isKeepAlive { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
