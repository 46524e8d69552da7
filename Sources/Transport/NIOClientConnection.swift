import Mail
import NIOCore
import NIOSSL
import SMTP
import Synchronization

/// One connection to another server: greeting, EHLO, STARTTLS, then any number of transactions.
///
/// Used by one attempt at a time. Commands of a transaction go out together where the server offers
/// PIPELINING (RFC 2920), and their replies are read one after the other.
final class NIOClientConnection: ClientConnection {
  private struct Session {
    var extensions = ServerExtensions()
    var tls: TLSFacts?
    var fault: CertificateFault?
  }

  private let channel: any Channel
  private let handler: NIOLoopBound<ClientHandler>
  private let request: ConnectionRequest
  private let security: ClientTLS
  private let session = Mutex(Session())

  init(
    channel: any Channel, handler: NIOLoopBound<ClientHandler>, request: ConnectionRequest,
    security: ClientTLS
  ) {
    self.security = security
    self.channel = channel
    self.handler = handler
    self.request = request
  }

  var tls: TLSFacts? { session.withLock { $0.tls } }
  var certificateFault: CertificateFault? { session.withLock { $0.fault } }
  var extensions: ServerExtensions { session.withLock { $0.extensions } }

  // MARK: Opening

  /// Greeting, EHLO and, as the request asks, STARTTLS and EHLO once more.
  func greet() async throws(ClientFailure) {
    let greeting = try await reply(during: "greeting", seconds: helloSeconds)
    guard greeting.isPositive else { throw .rejected(greeting, during: "greeting") }
    try await hello()
    guard request.tls != .never else { return }
    guard extensions.startTLS else {
      if request.tls == .opportunistic { return }
      throw .tlsNotOffered
    }
    try await startTLS()
    try await hello()
  }

  /// RFC 5321 §4.5.3.2.1: five minutes.
  private var helloSeconds: Int { request.patienceSeconds ?? 300 }

  private func hello() async throws(ClientFailure) {
    let verb = request.speaks == .lmtp ? "LHLO" : "EHLO"
    try await write("\(verb) \(request.hello)\r\n")
    var answer = try await reply(during: verb, seconds: helloSeconds)
    if answer.isPermanent, request.speaks == .smtp {
      // A server of before 1995 (RFC 5321 §3.2).
      try await write("HELO \(request.hello)\r\n")
      answer = try await reply(during: "HELO", seconds: helloSeconds)
      guard answer.isPositive else { throw .rejected(answer, during: "HELO") }
      return session.withLock { $0.extensions = ServerExtensions() }
    }
    guard answer.isPositive else { throw .rejected(answer, during: verb) }
    let extensions = ServerExtensions(helloLines: answer.lines.dropFirst())
    session.withLock {
      $0.extensions = extensions
      // RFC 8689 §2: promised within TLS only, or anybody on the way may have said it.
      if $0.tls == nil { $0.extensions.requireTLS = false }
    }
  }

  private func startTLS() async throws(ClientFailure) {
    try await write("STARTTLS\r\n")
    let answer = try await reply(during: "STARTTLS", seconds: 120)
    guard answer.isPositive else { throw .tlsFailed("STARTTLS refused: \(answer.code)") }
    let (handler, channel, request, security) = (handler, channel, request, security)
    let ruling = ChainRuling()
    do {
      let done = try await channel.eventLoop.submit {
        guard !handler.value.hasUnaskedReplies else {
          throw ClientFailure.tlsFailed("replies injected behind STARTTLS")
        }
        let done = handler.value.handshakeDone(seconds: 60, on: channel.eventLoop)
        let tls = try security.handler(request, ruling)
        try channel.pipeline.syncOperations.addHandler(tls, position: .first)
        return done
      }.get()
      try await awaited(done, during: "TLS handshake")
      let version = try await channel.nioSSL_tlsVersion().get()
      let name = version.map(ServerHandler.name) ?? "TLS"
      let isSystemJudged = request.tls == .verified && request.judge == nil
      session.withLock {
        $0.tls = TLSFacts(version: name, proof: isSystemJudged ? .pkix : ruling.proof)
        $0.fault = ruling.fault
      }
    } catch {
      if let fault = ruling.fault, request.judge?.isAdvisory == false { throw .untrusted(fault) }
      throw error as? ClientFailure ?? .tlsFailed("\(error)")
    }
  }

  // MARK: A question

  /// Seconds that each reply to a question may take: a client of ours waits meanwhile.
  private static let probeSeconds = 20

  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure> {
    do throws(ClientFailure) {
      let utf8 = extensions.utf8 && mailbox.needsUTF8 ? " SMTPUTF8" : ""
      try await write("MAIL FROM:<>\(utf8)\r\n")
      let mail = try await reply(
        during: "MAIL", seconds: request.patienceSeconds ?? Self.probeSeconds)
      guard mail.isPositive else { throw .rejected(mail, during: "MAIL") }
      try await write("RCPT TO:<\(mailbox)>\r\n")
      return .success(
        try await reply(during: "RCPT", seconds: request.patienceSeconds ?? Self.probeSeconds))
    } catch {
      return .failure(error)
    }
  }

  // MARK: A transaction

  func send(_ transaction: OutboundTransaction) async -> TransactionResult {
    let machine = ClientTransaction(
      envelope: transaction.envelope, size: transaction.size, extensions: extensions,
      speaks: request.speaks)
    let result: TransactionResult
    switch transaction.body {
    case .bytes(let bytes):
      result = await end(of: progress { $0.start(machine, content: bytes, promise: $1) })
    case .pieces(let body):
      let first = await progress { $0.start(machine, content: nil, promise: $1) }
      guard case .wantsContent(let coding) = first else { result = end(of: first); break }
      do throws(ClientFailure) {
        switch coding {
        case .dotted: try await sendContent(body())
        case .chunk(let size): try await sendChunk(body(), size: size)
        }
        result = end(of: await progress { $0.contentSent(promise: $1) })
      } catch {
        result = .lost(error, afterContent: false)
      }
    }
    if case .lost = result { channel.close(promise: nil) }
    return result
  }

  /// Does something on the event loop and waits for the transaction to come further.
  private func progress(
    _ action: @escaping @Sendable (ClientHandler, EventLoopPromise<ClientHandler.Progress>) -> Void
  ) async -> ClientHandler.Progress {
    let (loop, handler) = (channel.eventLoop, handler)
    let promise = loop.makePromise(of: ClientHandler.Progress.self)
    if loop.inEventLoop {
      action(handler.value, promise)
    } else {
      loop.execute { action(handler.value, promise) }
    }
    do {
      return try await promise.futureResult.get()
    } catch {
      return .done(.lost(.closed(during: "\(error)"), afterContent: false))
    }
  }

  private func end(of progress: ClientHandler.Progress) -> TransactionResult {
    guard case .done(let result) = progress else {
      return .lost(.nonsense("content asked for twice"), afterContent: false)
    }
    return result
  }

  private func sendContent(_ body: any BodyReader) async throws(ClientFailure) {
    var encoder = ContentEncoder()
    while let piece = try await next(of: body) {
      var encoded: [UInt8] = []
      encoded.reserveCapacity(piece.count + 64)
      encoder.encode(piece, into: &encoded)
      try await writeContent(encoded)
    }
    try await write(String(decoding: encoder.end(), as: UTF8.self))
  }

  /// Where the stored bytes can't be read the server keeps nothing: it gets no final dot.
  private func next(of body: any BodyReader) async throws(ClientFailure) -> [UInt8]? {
    do {
      return try await body.next()
    } catch {
      if let damage = error as? UnreadableBody { throw .unreadable("\(damage)") }
      throw .ours("\(error)")
    }
  }

  private func writeContent(_ bytes: [UInt8]) async throws(ClientFailure) {
    do {
      try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    } catch {
      throw error as? ClientFailure ?? .closed(during: "content: \(error)")
    }
  }

  /// The stored octets as they are; a count other than the one promised would put both sides out of step.
  private func sendChunk(
    _ body: any BodyReader, size: Int
  ) async throws(ClientFailure) {
    var left = size
    try await write(ContentCoding.chunkCommand(size: size))
    while let piece = try await next(of: body) {
      left -= piece.count
      guard left >= 0 else { break }
      try await writeContent(piece)
    }
    guard left == 0 else { throw .closed(during: "content: its size is not what was promised") }
  }

  // MARK: The wire

  private func write(_ text: String) async throws(ClientFailure) {
    do {
      try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    } catch {
      throw error as? ClientFailure ?? .closed(during: "writing")
    }
  }

  private func reply(during stage: String, seconds: Int) async throws(ClientFailure) -> Reply {
    let (handler, loop) = (handler, channel.eventLoop)
    let future = loop.flatSubmit {
      handler.value.nextReply(during: stage, seconds: seconds, on: loop)
    }
    let reply = try await awaited(future, during: stage)
    if reply.code == 421 { throw .rejected(reply, during: stage) }
    return reply
  }

  private func awaited<Value: Sendable>(
    _ future: EventLoopFuture<Value>, during stage: String
  ) async throws(ClientFailure) -> Value {
    do {
      return try await future.get()
    } catch {
      throw error as? ClientFailure ?? .closed(during: stage)
    }
  }

  func close() async {
    try? await channel.writeAndFlush(ByteBuffer(string: "QUIT\r\n")).get()
    try? await channel.close()
  }
}
