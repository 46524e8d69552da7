import Mail
import NIOCore
import NIOSSL
import NIOTLS
import SMTP

/// Carries one SMTP session over one socket: bytes to lines and content, steps to writes and closes.
///
/// A plain channel handler and no task: it costs 2–4 KB and a third of the CPU of an async sequence.
/// Everything runs on the channel's event loop and nothing here waits; the guard answers from
/// wherever it likes and is brought back to the loop.
///
/// Reading is pulled: while a question is open, a sink is full or the client does not take its
/// replies, `read` is withheld, so TCP pushes back and memory stays bounded.
final class ServerHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What the octets that come are.
  enum Mode {
    /// The first octets are a PROXY header.
    case proxyHeader
    /// We wait before the greeting: any octet is too early.
    case greeting
    case line(limit: Int)
    /// A line grew beyond its limit: dropped up to its end.
    case overlong(dropped: Int)
    case content(any ContentSink)
    case chunk(any ContentSink, size: Int, remaining: Int, last: Bool)
    case skip(remaining: Int, Reply)
    case asking
    case handshake
    /// Our last reply is out; what still comes is dropped until the client closes.
    case lingering(dropped: Int)
    case closed
  }

  let plan: ListenerPlan
  let gatekeeper: any Gatekeeper
  let register: SessionRegister
  let reading: ReadingSize
  var registration: Int?
  var session: ServerSession?
  var mode = Mode.closed
  var context: ChannelHandlerContext?
  var input = ByteBuffer()
  /// Octets at the front of `input` known to hold no LF, so that a trickle is not scanned again.
  var scanned = 0
  var contentDecoder: ContentDecoder?
  var chunkDecoder: ChunkDecoder?
  var isSinkFull = false
  var isProcessing = false
  var answerInHand: Answer?
  var isReadWithheld = false
  var deadline = NIODeadline.distantFuture
  var sessionDeadline = NIODeadline.distantFuture
  var contentDeadline = NIODeadline.distantFuture
  var timer: Scheduled<Void>?
  /// When the timer rings.
  var timerDue = NIODeadline.distantFuture
  var isDraining = false
  var hasUnflushedReplies = false

  init(
    plan: ListenerPlan, gatekeeper: any Gatekeeper, register: SessionRegister, reading: ReadingSize
  ) {
    self.reading = reading
    self.plan = plan
    self.gatekeeper = gatekeeper
    self.register = register
  }

  // MARK: The channel's life

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    guard let peer = context.remoteAddress?.address else { return context.close(promise: nil) }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let loop = context.eventLoop
    registration = register.add(
      drain: { loop.execute { bound.value.drain() } }, cut: { loop.execute { bound.value.cut() } })
    isDraining = register.isDraining
    sessionDeadline = .now() + .seconds(Int64(plan.times.sessionSeconds))
    let port = UInt16(context.remoteAddress?.port ?? 0)
    if plan.proxies.contains(where: { $0.contains(peer) }) {
      mode = .proxyHeader
      setDeadline(seconds: plan.times.handshakeSeconds)
    } else {
      begin(from: peer, port: port)
    }
  }

  /// The client's address is known: TLS first where it is implicit, then the session.
  func begin(from peer: IPAddress, port: UInt16) {
    guard let context else { return }
    session = newSession(from: peer, port: port)
    if plan.implicitTLS {
      startHandshake()
    } else {
      waitBeforeGreeting(context)
    }
  }

  private func newSession(from peer: IPAddress, port: UInt16) -> ServerSession {
    let origin = Origin(listener: plan.profile.listener, address: peer, port: port)
    return ServerSession(
      profile: plan.profile, origin: origin, guard: gatekeeper.guardSession(from: origin),
      trustsClientAttributes: plan.clientAttributePeers.contains { $0.contains(peer) })
  }

  /// A named load balancer did not say whom it speaks for. It hears nothing, the log does.
  func endWithoutHeader(_ why: String) {
    guard let context else { return }
    if let peer = context.remoteAddress?.address {
      session = newSession(from: peer, port: UInt16(context.remoteAddress?.port ?? 0))
      session?.noteFault(why)
    }
    mode = .closed
    context.close(promise: nil)
  }

  /// Listens for a moment before the greeting: a client that follows RFC 5321 §4.3.1 is silent.
  /// Without a delay only one turn of the event loop is waited.
  func waitBeforeGreeting(_ context: ChannelHandlerContext) {
    mode = .greeting
    deadline = .distantFuture
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let delay = TimeAmount.milliseconds(Int64(plan.times.greetingDelayMilliseconds))
    context.eventLoop.scheduleTask(in: delay) { bound.value.greet() }
  }

  private func greet() {
    guard case .greeting = mode, context != nil else { return }
    run { $0.connected() }
    process()
  }

  func channelInactive(context: ChannelHandlerContext) {
    mode = .closed
    timer?.cancel()
    timer = nil
    input = ByteBuffer()
    contentDecoder = nil
    chunkDecoder = nil
    session?.disconnected()
    if let registration { register.remove(registration) }
    registration = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    session?.noteFault("\(error)")
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event { handshakeDone(context) }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Reading and pushing back

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var piece = unwrapInboundIn(data)
    if input.readableBytes == 0 {
      input = piece
      scanned = 0
    } else {
      input.writeBuffer(&piece)
    }
    process()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { process() }
    context.fireChannelWritabilityChanged()
  }

  func read(context: ChannelHandlerContext) {
    if wantsInput { context.read() } else { isReadWithheld = true }
  }

  /// Whether more octets are of use now.
  private var wantsInput: Bool {
    switch mode {
    case .asking: input.readableBytes < readAheadLimit
    case .content, .chunk: !isSinkFull
    case .closed: false
    default: context?.channel.isWritable ?? false
    }
  }

  func resumeReading() {
    guard isReadWithheld, wantsInput, let context else { return }
    isReadWithheld = false
    context.read()
  }
}

/// Octets buffered behind an open question before reading stops: a pipelined group of commands.
private let readAheadLimit = 16_384
