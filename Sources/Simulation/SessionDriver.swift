import SMTP

/// Carries one session as Transport does: octets to lines and content, steps to replies.
///
/// `@unchecked Sendable`: the scheduler runs all of a life on one thread.
final class SessionDriver: @unchecked Sendable {
  private enum Mode {
    case line
    case content(any ContentSink)
    case chunk(any ContentSink, size: Int, remaining: Int, last: Bool)
    case skip(Int, Reply)
    case asking
    case closed
  }

  private let scheduler: Scheduler
  private let rules: WireRules
  private let sizeLimit: Int
  private var session: ServerSession
  private var mode = Mode.asking
  private var input: [UInt8] = []
  private var isSinkFull = false
  private var contentDecoder: ContentDecoder?
  private var chunkDecoder: ChunkDecoder?
  private var replies: [Reply] = []
  private var waiter: CheckedContinuation<Reply?, Never>?

  init(
    _ scheduler: Scheduler, profile: ServerProfile, origin: Origin, guard asked: any SessionGuard
  ) {
    self.scheduler = scheduler
    rules = profile.wire
    sizeLimit = profile.limits.messageSize
    session = ServerSession(profile: profile, origin: origin, guard: asked)
  }

  func start() {
    run { $0.connected() }
    process()
  }

  // MARK: The client's end

  func feed(_ bytes: some Sequence<UInt8>) {
    input += bytes
    process()
  }

  /// The next reply; nil when the connection is gone.
  func reply() async -> Reply? {
    if !replies.isEmpty { return replies.removeFirst() }
    if case .closed = mode { return nil }
    return await withCheckedContinuation { waiter = $0 }
  }

  func disconnect() {
    session.disconnected()
    end()
  }

  private func end() {
    mode = .closed
    waiter?.resume(returning: nil)
    waiter = nil
  }

  // MARK: The server's end

  private func process() { while advance() {} }

  private func run(_ event: (inout ServerSession) -> Step) {
    let step = event(&session)
    for reply in step.replies { send(reply) }
    switch step.next {
    case .readLine: mode = .line
    case .readContent(let sink):
      contentDecoder = ContentDecoder(rules: rules, sizeLimit: sizeLimit)
      isSinkFull = false
      mode = .content(sink)
    case .readChunk(let sink, let size, let last, let binary, let isFirst):
      if isFirst {
        chunkDecoder = ChunkDecoder(rules: rules, binary: binary)
        isSinkFull = false
      }
      mode = .chunk(sink, size: size, remaining: size, last: last)
    case .skipChunk(let size, let reply): mode = .skip(size, reply)
    case .ask(let question): ask(question)
    case .startTLS, .close:
      session.disconnected()
      end()
    }
  }

  private func ask(_ question: Question) {
    mode = .asking
    let (origin, envelope) = (session.origin, session.envelope)
    session.sessionGuard.ask(question, origin: origin, envelope: envelope) { answer in
      self.scheduler.add {
        guard case .asking = self.mode else { return }
        self.run { $0.answered(answer) }
        self.process()
      }
    }
  }

  private func send(_ reply: Reply) {
    guard let waiter else { return replies.append(reply) }
    self.waiter = nil
    waiter.resume(returning: reply)
  }

  /// One step; false when there is nothing to do before more octets or an answer come.
  private func advance() -> Bool {
    switch mode {
    case .line:
      guard let end = input.firstIndex(of: 0x0A) else { return false }
      let line = Array(input[..<end].dropLast())
      input.removeFirst(end + 1)
      let more = !input.isEmpty
      run { $0.received(line[...], moreFollows: more) }
      return true
    case .content(let sink): return readContent(sink)
    case .chunk(let sink, let size, let remaining, let last):
      return readChunk(sink, size, remaining, last)
    case .skip(let remaining, let reply):
      let take = min(remaining, input.count)
      input.removeFirst(take)
      guard take == remaining else {
        mode = .skip(remaining - take, reply)
        return false
      }
      send(reply)
      mode = .line
      return true
    case .asking, .closed: return false
    }
  }

  private func readContent(_ sink: any ContentSink) -> Bool {
    guard !isSinkFull, !input.isEmpty, var decoder = contentDecoder else { return false }
    var decoded: [UInt8] = []
    let (consumed, end) = input.withUnsafeBytes { decoder.decode($0, into: &decoded) }
    input.removeFirst(consumed)
    contentDecoder = decoder
    write(decoded, sink)
    guard let end else { return false }
    run { $0.contentEnded(end) }
    return true
  }

  private func readChunk(
    _ sink: any ContentSink, _ size: Int, _ remaining: Int, _ last: Bool
  ) -> Bool {
    guard !isSinkFull, var decoder = chunkDecoder, !input.isEmpty || remaining == 0 else {
      return false
    }
    let take = min(remaining, input.count)
    var decoded: [UInt8] = []
    input[..<take].withUnsafeBytes { decoder.decode($0, into: &decoded) }
    input.removeFirst(take)
    write(decoded, sink)
    guard take == remaining else {
      mode = .chunk(sink, size: size, remaining: remaining - take, last: last)
      chunkDecoder = decoder
      return false
    }
    let end = decoder.chunkEnded(last: last)
    chunkDecoder = last ? nil : decoder
    run { $0.chunkEnded(size: size, last: last, end) }
    return true
  }

  private func write(_ bytes: [UInt8], _ sink: any ContentSink) {
    guard !bytes.isEmpty else { return }
    let takesMore = sink.write(bytes) {
      self.scheduler.add {
        self.isSinkFull = false
        self.process()
      }
    }
    if !takesMore { isSinkFull = true }
  }
}
