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
  }

  private let channel: any Channel
  private let handler: NIOLoopBound<ClientHandler>
  private let request: ConnectionRequest
  private let session = Mutex(Session())

  init(channel: any Channel, handler: NIOLoopBound<ClientHandler>, request: ConnectionRequest) {
    self.channel = channel
    self.handler = handler
    self.request = request
  }

  var tls: TLSFacts? { session.withLock { $0.tls } }
  var extensions: ServerExtensions { session.withLock { $0.extensions } }

  // MARK: Opening

  /// Greeting, EHLO and, as the request asks, STARTTLS and EHLO once more.
  func greet() async throws(ClientFailure) {
    let greeting = try await reply(during: "greeting", seconds: 300)
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

  private func hello() async throws(ClientFailure) {
    let verb = request.speaks == .lmtp ? "LHLO" : "EHLO"
    try await write("\(verb) \(request.hello)\r\n")
    var answer = try await reply(during: verb, seconds: 300)
    if answer.isPermanent, request.speaks == .smtp {
      // A server of before 1995 (RFC 5321 §3.2).
      try await write("HELO \(request.hello)\r\n")
      answer = try await reply(during: "HELO", seconds: 300)
      guard answer.isPositive else { throw .rejected(answer, during: "HELO") }
      return session.withLock { $0.extensions = ServerExtensions() }
    }
    guard answer.isPositive else { throw .rejected(answer, during: verb) }
    let extensions = ServerExtensions(helloLines: answer.lines.dropFirst())
    session.withLock { $0.extensions = extensions }
  }

  private func startTLS() async throws(ClientFailure) {
    try await write("STARTTLS\r\n")
    let answer = try await reply(during: "STARTTLS", seconds: 120)
    guard answer.isPositive else { throw .tlsFailed("STARTTLS refused: \(answer.code)") }
    let (handler, channel, request) = (handler, channel, request)
    do {
      let done = try await channel.eventLoop.submit {
        guard !handler.value.hasUnaskedReplies else {
          throw ClientFailure.tlsFailed("replies injected behind STARTTLS")
        }
        let done = handler.value.handshakeDone(on: channel.eventLoop)
        let tls = try NIOSSLClientHandler(
          context: Self.context(verifying: request.tls == .verified),
          serverHostname: request.tlsName)
        try channel.pipeline.syncOperations.addHandler(tls, position: .first)
        return done
      }.get()
      try await withDeadline(done, seconds: 60, during: "TLS handshake")
      let version = try await channel.nioSSL_tlsVersion().get()
      let name = version.map(ServerHandler.name) ?? "TLS"
      session.withLock { $0.tls = TLSFacts(version: name, verified: request.tls == .verified) }
    } catch let failure as ClientFailure {
      throw failure
    } catch {
      throw .tlsFailed("\(error)")
    }
  }

  private static func context(verifying: Bool) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    // RFC 7435: an unproved key still keeps the passive listener out.
    configuration.certificateVerification = verifying ? .fullVerification : .none
    return try NIOSSLContext(configuration: configuration)
  }

  // MARK: A question

  /// Seconds that each reply to a question may take: a client of ours waits meanwhile.
  private static let probeSeconds: Int64 = 20

  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure> {
    do throws(ClientFailure) {
      let utf8 = extensions.utf8 && mailbox.needsUTF8 ? " SMTPUTF8" : ""
      try await write("MAIL FROM:<>\(utf8)\r\n")
      let mail = try await reply(during: "MAIL", seconds: Self.probeSeconds)
      guard mail.isPositive else { throw .rejected(mail, during: "MAIL") }
      try await write("RCPT TO:<\(mailbox)>\r\n")
      return .success(try await reply(during: "RCPT", seconds: Self.probeSeconds))
    } catch {
      return .failure(error)
    }
  }

  // MARK: A transaction

  func send(_ transaction: OutboundTransaction) async -> TransactionResult {
    var isAfterContent = false
    do throws(ClientFailure) {
      return try await run(transaction, &isAfterContent)
    } catch {
      channel.close(promise: nil)
      return .lost(error, afterContent: isAfterContent)
    }
  }

  private func run(
    _ transaction: OutboundTransaction, _ isAfterContent: inout Bool
  ) async throws(ClientFailure) -> TransactionResult {
    let envelope = transaction.envelope
    if let incapable = incapability(envelope) {
      return .answered(envelope.recipients.map { _ in incapable })
    }
    let commands = TransactionCommands(
      envelope: envelope, size: transaction.size, extensions: extensions)
    let isPipelined = extensions.pipelining
    if isPipelined {
      try await write(commands.mail + commands.recipients.joined() + "DATA\r\n")
    } else {
      try await write(commands.mail)
    }
    let mail = try await reply(during: "MAIL", seconds: 300)
    var outcomes: [ClientOutcome?] = []
    for command in commands.recipients {
      guard isPipelined || mail.isPositive else { break }
      if !isPipelined { try await write(command) }
      let answer = try await reply(during: "RCPT", seconds: 300)
      outcomes.append(answer.isPositive ? nil : .refused(answer, to: "RCPT"))
    }
    if !mail.isPositive { outcomes = envelope.recipients.map { _ in .refused(mail, to: "MAIL") } }
    let hasRecipient = outcomes.contains { $0 == nil }
    if !isPipelined {
      guard hasRecipient else { return try await reset(outcomes) }
      try await write("DATA\r\n")
    }
    let data = try await reply(during: "DATA", seconds: 120)
    guard data.code == 354 else {
      let refusal = ClientOutcome.refused(data, to: "DATA")
      return try await reset(outcomes.map { $0 ?? refusal })
    }
    guard hasRecipient else {
      // RFC 2920 §3.1: DATA was accepted without a recipient; nothing but the dot is sent.
      try await write(".\r\n")
      _ = try await reply(during: "end of data", seconds: 600)
      return .answered(outcomes.compactMap { $0 })
    }
    try await sendContent(transaction.body())
    isAfterContent = true
    return .answered(try await answers(outcomes))
  }

  /// LMTP answers once for each accepted recipient (RFC 2033 §4.2), SMTP once for all.
  private func answers(_ outcomes: [ClientOutcome?]) async throws(ClientFailure) -> [ClientOutcome]
  {
    var last: ClientOutcome?
    var result: [ClientOutcome] = []
    for outcome in outcomes {
      if let outcome {
        result.append(outcome)
        continue
      }
      if last == nil || request.speaks == .lmtp {
        let answer = try await reply(during: "end of data", seconds: 600)
        last = answer.isPositive ? .accepted(answer) : .refused(answer, to: "end of data")
      }
      if let last { result.append(last) }
    }
    return result
  }

  private func reset(_ outcomes: [ClientOutcome?]) async throws(ClientFailure) -> TransactionResult
  {
    try await write("RSET\r\n")
    _ = try await reply(during: "RSET", seconds: 300)
    return .answered(outcomes.compactMap { $0 })
  }

  private func incapability(_ envelope: Envelope) -> ClientOutcome? {
    let needsUTF8 =
      envelope.parameters.utf8
      && (envelope.sender.mailbox?.needsUTF8 == true
        || envelope.recipients.contains { $0.path.mailbox?.needsUTF8 == true })
    if needsUTF8, !extensions.utf8 { return .incapable("the server does not offer SMTPUTF8") }
    if envelope.parameters.body == .binaryMIME {
      return .incapable("BINARYMIME content can't be sent by DATA")
    }
    return nil
  }

  private func sendContent(_ body: any BodyReader) async throws(ClientFailure) {
    var encoder = ContentEncoder()
    do {
      while let piece = try await body.next() {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(piece.count + 64)
        encoder.encode(piece, into: &encoded)
        try await channel.writeAndFlush(ByteBuffer(bytes: encoded)).get()
      }
    } catch {
      // The stored bytes can't be read: without the final dot the server keeps nothing.
      throw .closed(during: "content: \(error)")
    }
    try await write(String(decoding: encoder.end(), as: UTF8.self))
  }

  // MARK: The wire

  private func write(_ text: String) async throws(ClientFailure) {
    do {
      try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    } catch {
      throw error as? ClientFailure ?? .closed(during: "writing")
    }
  }

  private func reply(during stage: String, seconds: Int64) async throws(ClientFailure) -> Reply {
    let (handler, loop) = (handler, channel.eventLoop)
    let future = loop.flatSubmit { handler.value.nextReply(on: loop) }
    let reply = try await withDeadline(future, seconds: seconds, during: stage)
    if reply.code == 421 { throw .rejected(reply, during: stage) }
    return reply
  }

  /// Waits, at most so long; then every wait on this connection fails.
  private func withDeadline<Value: Sendable>(
    _ future: EventLoopFuture<Value>, seconds: Int64, during stage: String
  ) async throws(ClientFailure) -> Value {
    let handler = handler
    let timer = channel.eventLoop.scheduleTask(in: .seconds(seconds)) {
      handler.value.fail(.timedOut(during: stage))
    }
    defer { timer.cancel() }
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

extension ConnectionRequest {
  /// The name for SNI and the certificate; an address has none.
  fileprivate var tlsName: String? {
    guard case .tcp(_, _, let name) = endpoint, IPAddress(name) == nil else { return nil }
    return name
  }
}
