import NIOCore
import NIOSSL
import SMTP

// Steps out: replies, questions, TLS, time limits and the end.
extension ServerHandler {
  /// Runs one event on the session and does what it wants.
  func run(_ event: (inout ServerSession) -> Step) {
    guard var session else { return }
    self.session = nil  // moved, not copied
    let step = event(&session)
    self.session = session
    perform(step)
  }

  private func perform(_ step: Step) {
    for reply in step.replies { send(reply) }
    switch step.next {
    case .readLine where isDraining && session?.isInTransaction == false:
      run { $0.shuttingDown() }
    case .readLine(let limit):
      mode = .line(limit: limit)
      reading.expectCommands()
      setDeadline(seconds: plan.times.commandSeconds)
    case .readContent(let sink):
      reading.expectContent()
      contentDecoder = ContentDecoder(
        rules: plan.profile.wire, sizeLimit: plan.profile.limits.messageSize)
      isSinkFull = false
      contentDeadline = .now() + .seconds(Int64(plan.times.contentSeconds))
      mode = .content(sink)
      setContentDeadline()
      flushReplies()
    case .readChunk(let sink, let size, let last, let binary, let isFirst):
      if isFirst { beginChunks(binary: binary) }
      reading.expectContent()
      mode = .chunk(sink, size: size, remaining: size, last: last)
      setContentDeadline()
    case .skipChunk(let size, let reply):
      mode = .skip(remaining: size, reply)
      setDeadline(seconds: plan.times.contentPieceSeconds)
    case .ask(let question): ask(question)
    case .startTLS:
      input = ByteBuffer()  // what was said in clear behind STARTTLS is dropped (CVE-2011-0411)
      flushReplies()
      startHandshake()
    case .close: close()
    }
  }

  /// A message begins: nothing of the one before, finished or given up, may speak in this one.
  private func beginChunks(binary: Bool) {
    chunkDecoder = ChunkDecoder(rules: plan.profile.wire, binary: binary)
    isSinkFull = false
    contentDeadline = .now() + .seconds(Int64(plan.times.contentSeconds))
  }

  /// Puts the question. An answer given at once is taken up by `process`, so that a thousand
  /// pipelined commands do not nest a thousand calls.
  private func ask(_ question: Question) {
    guard let session, let loop = context?.eventLoop else { return }
    mode = .asking
    deadline = .distantFuture
    let bound = NIOLoopBound(self, eventLoop: loop)
    session.sessionGuard.ask(question, origin: session.origin, envelope: session.envelope) {
      answer in
      if loop.inEventLoop {
        bound.value.take(answer)
      } else {
        loop.execute { bound.value.take(answer) }
      }
    }
  }

  private func take(_ answer: Answer) {
    guard case .asking = mode else { return }
    answerInHand = answer
    process()
  }

  func send(_ reply: Reply) {
    guard let context else { return }
    context.write(wrapOutboundOut(ByteBuffer(bytes: reply.wire)), promise: nil)
    hasUnflushedReplies = true
  }

  func flushReplies() {
    guard hasUnflushedReplies else { return }
    hasUnflushedReplies = false
    context?.flush()
  }

  // MARK: TLS

  func startHandshake() {
    guard let context, let identity = plan.identity else { return close() }
    mode = .handshake
    setDeadline(seconds: plan.times.handshakeSeconds)
    do {
      let handler = NIOSSLServerHandler(context: identity.current.context)
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
      // What came behind a PROXY header in its segment is the client's first flight. Behind STARTTLS
      // nothing is left here.
      let early = input
      input = ByteBuffer()
      scanned = 0
      guard early.readableBytes > 0 else { return }
      context.pipeline.syncOperations.fireChannelRead(NIOAny(early))
      context.pipeline.syncOperations.fireChannelReadComplete()
    } catch {
      context.close(promise: nil)
    }
  }

  func handshakeDone(_ context: ChannelHandlerContext) {
    guard case .handshake = mode else { return }
    input = ByteBuffer()
    let version = try? context.pipeline.syncOperations.nioSSL_tlsVersion()
    let facts = TLSFacts(version: version.flatMap { $0 }.map(Self.name) ?? "TLS")
    let isFirst = plan.implicitTLS
    run { $0.tlsStarted(facts) }
    if isFirst, case .line = mode { waitBeforeGreeting(context) }
  }

  static func name(of version: TLSVersion) -> String {
    switch version {
    case .tlsv1: "TLSv1"
    case .tlsv11: "TLSv1.1"
    case .tlsv12: "TLSv1.2"
    case .tlsv13: "TLSv1.3"
    }
  }

  // MARK: Time

  func setDeadline(seconds: Int) {
    deadline = min(.now() + .seconds(Int64(seconds)), sessionDeadline)
    startTimer()
  }

  /// The next piece of content must come soon, and all of it before `contentDeadline`.
  func setContentDeadline() {
    let piece = NIODeadline.now() + .seconds(Int64(plan.times.contentPieceSeconds))
    deadline = min(piece, contentDeadline, sessionDeadline)
    startTimer()
  }

  /// One timer a connection. A deadline that moves away only makes it start again when it rings; one
  /// that comes closer (a handshake after a command, the end) needs a new one.
  private func startTimer() {
    guard let loop = context?.eventLoop else { return }
    if timer != nil, deadline >= timerDue { return }
    timer?.cancel()
    timerDue = deadline
    let bound = NIOLoopBound(self, eventLoop: loop)
    timer = loop.scheduleTask(deadline: deadline) { bound.value.timerRang() }
  }

  private func timerRang() {
    timer = nil
    guard context != nil, deadline != .distantFuture else { return }
    guard NIODeadline.now() >= deadline else { return startTimer() }
    timedOut()
  }

  private func timedOut() {
    switch mode {
    case .closed: break
    case .proxyHeader: endWithoutHeader("timed out: no PROXY header from a peer of proxies")
    case .lingering, .handshake:
      session?.noteFault("timed out")
      context?.close(promise: nil)
    case .content, .chunk, .skip: run { $0.timedOut("content") }
    default: run { $0.timedOut("command") }
    }
    flushReplies()
  }

  /// The gate closes down: who is not in a transaction is told at once, others when theirs is over.
  func drain() {
    isDraining = true
    guard let session, !session.isInTransaction else { return }
    if case .line = mode { run { $0.shuttingDown() } }
    flushReplies()
  }

  /// The time for draining is over. 421 may be said at any moment (RFC 5321 §3.8), so also in the middle
  /// of content, but not where the client expects TLS.
  func cut() {
    switch mode {
    case .proxyHeader, .handshake:
      mode = .closed
      context?.close(promise: nil)
    case .lingering, .closed: break
    case .greeting, .line, .overlong, .content, .chunk, .skip, .asking:
      run { $0.shuttingDown() }
      flushReplies()
    }
  }

  // MARK: The end

  /// Sends what is written, says no more, and lets the client read it: closing at once with octets
  /// unread would reset the connection and lose the reply.
  private func close() {
    guard let context else { return }
    contentDecoder = nil
    chunkDecoder = nil
    let plain =
      (try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)) == nil
    guard plain, mayStillTalk else {
      mode = .closed
      flushReplies()
      context.close(promise: nil)
      return
    }
    mode = .lingering(dropped: 0)
    setDeadline(seconds: lingerSeconds)
    flushReplies()
    context.close(mode: .output, promise: nil)
  }

  /// Whether the client is likely to have written what we have not read, or to be writing still.
  private var mayStillTalk: Bool {
    switch mode {
    case .content, .chunk, .skip, .overlong: true
    default: input.readableBytes > 0 || isReadWithheld
    }
  }
}

/// How long we wait for a client to read our last reply.
private let lingerSeconds = 5
