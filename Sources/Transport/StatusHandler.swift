import NIOCore
import NIOHTTP1

/// Answers the first request of a connection and closes; what comes behind it is not looked at.
final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let places: StatusPlaces
  private let source: StatusListener.Source
  private var hasPlace = false
  private var request: HTTPRequestHead?
  private var isAnswered = false
  private var timer: Scheduled<Void>?

  init(places: StatusPlaces, source: @escaping StatusListener.Source) {
    self.places = places
    self.source = source
  }

  func channelActive(context: ChannelHandlerContext) {
    hasPlace = places.take()
    guard hasPlace else { return context.close(promise: nil) }
    startTimer(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    if hasPlace { places.giveBack() }
    hasPlace = false
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard hasPlace, !isAnswered else { return }
    switch unwrapInboundIn(data) {
    case .head(let head): request = head
    case .body: break
    case .end:
      guard let head = request else { return }
      isAnswered = true
      startTimer(context)
      answer(head, context)
    }
  }

  private func startTimer(_ context: ChannelHandlerContext) {
    timer?.cancel()
    let time = TimeAmount.milliseconds(Int64(places.limits.stageMilliseconds))
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
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
    headers.add(name: "Connection", value: "close")
    let status = HTTPResponseStatus(statusCode: page.status)
    let response = HTTPResponseHead(version: head.version, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    if head.method != .HEAD {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page.body)))), promise: nil)
    }
    let taken = context.eventLoop.makePromise(of: Void.self)
    taken.futureResult.assumeIsolated().whenComplete { _ in
      context.close(mode: .output, promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: taken)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
