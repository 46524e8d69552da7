import Mail

/// The client's side of one transaction, as a value: it knows no socket and no clock.
///
///     PIPELINING (RFC 2920):  mail+recipients+DATA ──▶ replies … ──▶ content ──▶ answers
///     without:                mail ──▶ recipient … ──▶ data ──▶ content ──▶ answers
///     BINARYMIME (RFC 3030):  as above without DATA; BDAT goes in front of the content
///     nobody accepted:        … ──▶ reset, or where DATA was taken all the same, nothing ──▶ done
///
/// Invariants:
/// 1. One reply is waited for at a time; a group that was piped is read one after the other.
/// 2. Content is sent only with at least one accepted recipient, and behind a 354 unless it is a chunk.
/// 3. Every recipient has exactly one outcome, in the envelope's order.
package struct ClientTransaction: Sendable {
  /// What is to be done next.
  package enum Step: Sendable {
    /// Wait for a reply.
    case wait
    /// Write this, then wait for a reply.
    case send([UInt8])
    /// Write the content, coded like this, say `contentSent`, then wait for a reply.
    case sendContent(ContentCoding)
    case done(TransactionResult)
  }

  private enum State: Sendable {
    case mail
    case recipients
    case data
    case content
    case answers
    /// DATA was taken though no recipient was: a lone dot ends it (RFC 2920 §3.1).
    case emptyContent
    case reset
  }

  private let envelope: Envelope
  private let commands: TransactionCommands
  private let isPipelined: Bool
  private let answersEach: Bool
  private let incapable: ClientOutcome?
  private var state = State.mail
  private var mail: Reply?
  private var replied: [ClientOutcome?] = []
  private var answers: [ClientOutcome] = []
  /// Whether all content was sent, so that the message may have arrived.
  package private(set) var isAfterContent = false

  package init(
    envelope: Envelope, size: Int, extensions: ServerExtensions, speaks: ClientProtocol
  ) {
    precondition(!envelope.recipients.isEmpty, "a transaction has a recipient")
    self.envelope = envelope
    commands = TransactionCommands(envelope: envelope, size: size, extensions: extensions)
    isPipelined = extensions.pipelining
    answersEach = speaks == .lmtp
    incapable = Self.incapability(envelope, extensions)
  }

  /// What is waited for, for the log, and how long it may take (RFC 5321 §4.5.3.2).
  package var stage: (name: String, seconds: Int) {
    switch state {
    case .mail: ("MAIL", 300)
    case .recipients: ("RCPT", 300)
    case .data: ("DATA", 120)
    case .content: ("content", 600)
    case .answers, .emptyContent: ("end of data", 600)
    case .reset: ("RSET", 300)
    }
  }

  package mutating func begin() -> Step {
    if let incapable { return .done(.answered(envelope.recipients.map { _ in incapable })) }
    guard isPipelined else { return .send(Array(commands.mail.utf8)) }
    var group = Array(commands.mail.utf8)
    for command in commands.recipients { group += command.utf8 }
    if commands.coding == .dotted { group += "DATA\r\n".utf8 }
    return .send(group)
  }

  package mutating func received(_ reply: Reply) -> Step {
    if reply.code == 421 {
      return .done(
        .lost(.rejected(reply, during: stage.name), afterContent: false, answers: answersSoFar))
    }
    switch state {
    case .mail: return mailAnswered(reply)
    case .recipients: return recipientAnswered(reply)
    case .data: return dataAnswered(reply)
    case .content:
      // It answers what it has not got: nothing it says now is about the whole message.
      return .done(.lost(.rejected(reply, during: stage.name), afterContent: false))
    case .answers: return contentAnswered(reply)
    case .emptyContent, .reset: return .done(.answered(replied.compactMap { $0 }))
    }
  }

  /// The content's last octet and its end are written.
  package mutating func contentSent() {
    isAfterContent = true
    state = .answers
  }

  /// The connection broke.
  package func lost(_ failure: ClientFailure) -> TransactionResult {
    .lost(failure, afterContent: isAfterContent, answers: answersSoFar)
  }

  /// RFC 2033 §4.2: whoever was answered for has the message, whatever becomes of the connection.
  private var answersSoFar: [ClientOutcome?] {
    guard !answers.isEmpty else { return [] }
    var next = answers.makeIterator()
    return replied.map { $0 ?? next.next() }
  }

  private mutating func mailAnswered(_ reply: Reply) -> Step {
    mail = reply
    state = .recipients
    if isPipelined { return .wait }
    guard reply.isPositive else { return reset() }
    return .send(Array(commands.recipients[0].utf8))
  }

  private mutating func recipientAnswered(_ reply: Reply) -> Step {
    replied.append(reply.isPositive ? nil : .refused(reply, to: "RCPT"))
    if replied.count < commands.recipients.count {
      return isPipelined ? .wait : .send(Array(commands.recipients[replied.count].utf8))
    }
    guard commands.coding == .dotted else {
      // A refused BDAT would have to be swallowed all the same, so it waits for the first 250.
      guard hasRecipient else { return reset() }
      return content()
    }
    if isPipelined {
      state = .data
      return .wait
    }
    guard hasRecipient else { return reset() }
    state = .data
    return .send(Array("DATA\r\n".utf8))
  }

  private mutating func dataAnswered(_ reply: Reply) -> Step {
    guard reply.code == 354 else {
      replied = replied.map { $0 ?? .refused(reply, to: "DATA") }
      return reset()
    }
    guard hasRecipient else {
      fillRefusals()
      state = .emptyContent
      return .send(Array(".\r\n".utf8))
    }
    return content()
  }

  private mutating func content() -> Step {
    state = .content
    return .sendContent(commands.coding)
  }

  /// LMTP answers once for each accepted recipient (RFC 2033 §4.2), SMTP once for all.
  private mutating func contentAnswered(_ reply: Reply) -> Step {
    let outcome: ClientOutcome =
      reply.isPositive ? .accepted(reply) : .refused(reply, to: "end of data")
    answers.append(outcome)
    let accepted = replied.count { $0 == nil }
    guard !answersEach || answers.count == accepted else { return .wait }
    var next = answers.makeIterator()
    let outcomes = replied.map { refusal in
      refusal ?? (answersEach ? next.next() ?? outcome : outcome)
    }
    return .done(.answered(outcomes))
  }

  private var hasRecipient: Bool {
    mail?.isPositive == true && replied.contains { $0 == nil }
  }

  private mutating func reset() -> Step {
    fillRefusals()
    state = .reset
    return .send(Array("RSET\r\n".utf8))
  }

  /// A refused MAIL is what every recipient hears.
  private mutating func fillRefusals() {
    guard let mail, !mail.isPositive else { return }
    replied = envelope.recipients.map { _ in .refused(mail, to: "MAIL") }
  }

  private static func incapability(
    _ envelope: Envelope, _ extensions: ServerExtensions
  ) -> ClientOutcome? {
    let needsUTF8 =
      envelope.parameters.utf8
      && (envelope.sender.mailbox?.needsUTF8 == true
        || envelope.recipients.contains { $0.path.mailbox?.needsUTF8 == true })
    if needsUTF8, !extensions.utf8 {  // RFC 6531 §3.6
      return .incapable("the server does not offer SMTPUTF8", EnhancedStatus(5, 6, 7))
    }
    // RFC 3030 §3: without it the message goes back, unless it is converted, which breaks signatures.
    if envelope.parameters.body == .binaryMIME, !extensions.takesBinary {
      return .incapable(
        "the server does not take binary content (CHUNKING and BINARYMIME)",
        EnhancedStatus(5, 6, 1))
    }
    return nil
  }
}
