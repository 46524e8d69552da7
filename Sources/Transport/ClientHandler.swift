import NIOCore
import NIOSSL
import NIOTLS
import SMTP

/// Collects a server's replies and gives them, in order, to whoever waits for them.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var parser = ReplyParser()
  private var replies: [Reply] = []
  private var waiting: [EventLoopPromise<Reply>] = []
  private var failure: ClientFailure?
  private var handshake: EventLoopPromise<Void>?

  /// The next reply, whenever it comes.
  func nextReply(on loop: any EventLoop) -> EventLoopFuture<Reply> {
    if !replies.isEmpty { return loop.makeSucceededFuture(replies.removeFirst()) }
    if let failure { return loop.makeFailedFuture(failure) }
    let promise = loop.makePromise(of: Reply.self)
    waiting.append(promise)
    return promise.futureResult
  }

  /// Whether the server has said more than it was asked: behind STARTTLS that would be an injection.
  var hasUnaskedReplies: Bool { !replies.isEmpty || !parser.isEmpty }

  /// Succeeds when the TLS handshake that was just begun is done.
  func handshakeDone(on loop: any EventLoop) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    handshake = promise
    return promise.futureResult
  }

  /// Ends every wait with this.
  func fail(_ failure: ClientFailure) {
    if self.failure == nil { self.failure = failure }
    handshake?.fail(failure)
    handshake = nil
    let promises = waiting
    waiting = []
    for promise in promises { promise.fail(failure) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.append(unwrapInboundIn(data).readableBytesView)
    while true {
      switch parser.next() {
      case .incomplete: return
      case .wrong:
        fail(.nonsense("not an SMTP reply"))
        return context.close(promise: nil)
      case .reply(let reply):
        if waiting.isEmpty { replies.append(reply) } else { waiting.removeFirst().succeed(reply) }
        if replies.count > Self.unaskedLimit { context.close(promise: nil) }
      }
    }
  }

  /// Replies kept that nobody asked for yet; a pipelined group is the most there should be.
  private static let unaskedLimit = 2000

  func channelInactive(context: ChannelHandlerContext) {
    fail(.closed(during: "the conversation"))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error is NIOSSLError ? .tlsFailed("\(error)") : .closed(during: "\(error)"))
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event {
      handshake?.succeed(())
      handshake = nil
    }
    context.fireUserInboundEventTriggered(event)
  }
}
