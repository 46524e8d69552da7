import NIOCore
import NIOSSL
import NIOTLS
import SMTP

/// The client's end of one connection: collects replies for whoever waits for them, and runs a whole
/// transaction by itself, so that a message costs two turns of the event loop and no task.
///
/// Everything runs on the channel's event loop.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How far a transaction came by itself.
  enum Progress: Sendable {
    case done(TransactionResult)
    /// The content is too long to be at hand: whoever has it writes it and says `contentSent`.
    case wantsContent(ContentCoding)
  }

  /// The transaction under way.
  private struct Run {
    var machine: ClientTransaction
    let content: [UInt8]?
    var promise: EventLoopPromise<Progress>?
  }

  private var parser = ReplyParser()
  private var replies: [Reply] = []
  private var waiting: [EventLoopPromise<Reply>] = []
  private var failure: ClientFailure?
  private var handshake: EventLoopPromise<Void>?
  private var run: Run?
  private var context: ChannelHandlerContext?
  private var deadline = NIODeadline.distantFuture
  private var stage = ""
  private var timer: Scheduled<Void>?

  // MARK: Replies one by one

  /// The next reply, within so many seconds.
  func nextReply(during stage: String, seconds: Int, on loop: any EventLoop)
    -> EventLoopFuture<Reply>
  {
    if !replies.isEmpty { return loop.makeSucceededFuture(replies.removeFirst()) }
    if let failure { return loop.makeFailedFuture(failure) }
    let promise = loop.makePromise(of: Reply.self)
    waiting.append(promise)
    setDeadline(seconds, stage)
    return promise.futureResult
  }

  /// Whether the server has said more than it was asked: behind STARTTLS that would be an injection.
  var hasUnaskedReplies: Bool { !replies.isEmpty || !parser.isEmpty }

  /// Succeeds when the TLS handshake that was just begun is done.
  func handshakeDone(seconds: Int, on loop: any EventLoop) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    handshake = promise
    setDeadline(seconds, "TLS handshake")
    return promise.futureResult
  }

  /// Ends every wait with this.
  func fail(_ failure: ClientFailure) {
    if self.failure == nil { self.failure = failure }
    deadline = .distantFuture
    handshake?.fail(failure)
    handshake = nil
    let promises = waiting
    waiting = []
    for promise in promises { promise.fail(failure) }
    finish(run?.machine.lost(failure) ?? .lost(failure, afterContent: false))
  }

  // MARK: A transaction

  /// Runs a transaction; `content` is nil where it is too long to be at hand.
  func start(
    _ machine: ClientTransaction, content: [UInt8]?, promise: EventLoopPromise<Progress>
  ) {
    if let failure { return promise.succeed(.done(.lost(failure, afterContent: false))) }
    run = Run(machine: machine, content: content, promise: promise)
    step { $0.begin() }
  }

  /// The content has been written by whoever had it; succeeds when the transaction is over.
  func contentSent(promise: EventLoopPromise<Progress>) {
    guard run != nil else {
      let failure = failure ?? .closed(during: "content")
      return promise.succeed(.done(.lost(failure, afterContent: true)))
    }
    run?.promise = promise
    run?.machine.contentSent()
    step { _ in .wait }
    takeReplies()
  }

  private func step(_ event: (inout ClientTransaction) -> ClientTransaction.Step) {
    guard var run else { return }
    self.run = nil  // moved, not copied
    let next = event(&run.machine)
    self.run = run
    switch next {
    case .wait: setDeadline(run.machine.stage.seconds, run.machine.stage.name)
    case .send(let bytes):
      write(ByteBuffer(bytes: bytes))
      setDeadline(run.machine.stage.seconds, run.machine.stage.name)
    case .sendContent(let coding): sendContent(run, coding)
    case .done(let result): finish(result)
    }
  }

  private func sendContent(_ run: Run, _ coding: ContentCoding) {
    guard let content = run.content else {
      deadline = .distantFuture
      self.run?.promise = nil
      run.promise?.succeed(.wantsContent(coding))
      return
    }
    switch coding {
    case .dotted:
      var encoder = ContentEncoder()
      var buffer = ByteBuffer()
      buffer.reserveCapacity(content.count + 64)
      encoder.encode(content) { buffer.writeBytes($0) }
      buffer.writeBytes(encoder.end())
      write(buffer)
    case .chunk:
      var buffer = ByteBuffer(string: ContentCoding.chunkCommand(size: content.count))
      buffer.writeBytes(content)
      write(buffer)
    }
    step {
      $0.contentSent()
      return .wait
    }
  }

  private func finish(_ result: TransactionResult) {
    guard let run else { return }
    self.run = nil
    deadline = .distantFuture
    run.promise?.succeed(.done(result))
  }

  private func write(_ buffer: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  // MARK: The channel's life

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.append(unwrapInboundIn(data).readableBytesView)
    while true {
      switch parser.next() {
      case .incomplete: return takeReplies()
      case .wrong:
        fail(.nonsense("not an SMTP reply"))
        return context.close(promise: nil)
      case .reply(let reply):
        replies.append(reply)
        if replies.count > Self.unaskedLimit {
          fail(.nonsense("more replies than commands"))
          return context.close(promise: nil)
        }
        takeReplies()
      }
    }
  }

  /// Hands what has come to the transaction, or to who waits.
  private func takeReplies() {
    while !replies.isEmpty {
      if let run, run.promise != nil {
        let reply = replies.removeFirst()
        step { $0.received(reply) }
      } else if !waiting.isEmpty {
        deadline = .distantFuture
        waiting.removeFirst().succeed(replies.removeFirst())
      } else {
        return
      }
    }
  }

  /// Replies kept that nobody asked for yet; a pipelined group is the most there should be.
  private static let unaskedLimit = 2000

  func channelInactive(context: ChannelHandlerContext) {
    fail(.closed(during: stage.isEmpty ? "the conversation" : stage))
    timer?.cancel()
    timer = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error is NIOSSLError ? .tlsFailed("\(error)") : .closed(during: "\(error)"))
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event {
      deadline = .distantFuture
      handshake?.succeed(())
      handshake = nil
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Time

  /// One timer a connection: a deadline that moves away only makes it start again when it rings.
  private func setDeadline(_ seconds: Int, _ stage: String) {
    deadline = .now() + .seconds(Int64(seconds))
    self.stage = stage
    startTimer()
  }

  private func startTimer() {
    guard let loop = context?.eventLoop else { return }
    if timer != nil, deadline >= timerDue { return }
    timer?.cancel()
    timerDue = deadline
    let bound = NIOLoopBound(self, eventLoop: loop)
    timer = loop.scheduleTask(deadline: deadline) { bound.value.timerRang() }
  }

  private var timerDue = NIODeadline.distantFuture

  private func timerRang() {
    timer = nil
    guard let context, deadline != .distantFuture else { return }
    guard NIODeadline.now() >= deadline else { return startTimer() }
    fail(.timedOut(during: stage))
    context.close(promise: nil)
  }
}
