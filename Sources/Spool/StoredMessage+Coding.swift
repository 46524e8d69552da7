import Mail
import SMTP

// A message's record: who, from where, to whom, in which state. The body stands behind it or in a file.
extension StoredMessage {
  func write(_ writer: inout RecordWriter) {
    writer.id(id)
    writer.time(acceptedAt)
    writer.write(origin)
    writer.write(envelope)
    writer.number(storedSize)
    writer.optional(facts.messageID) { $0.text($1) }
    writer.optional(facts.from) { $0.text($1) }
    writer.list(recipients) { $0.write($1) }
    writer.optional(hold) { $0.write($1) }
    // Two flags in an octet: records without an amendment are what they were before there was any.
    writer.byte((delayReported ? 1 : 0) | (amendment.isEmpty ? 0 : 2))
    if !amendment.isEmpty { writer.write(amendment) }
  }

  init(_ reader: inout RecordReader) throws(RecordDamage) {
    let id = try reader.id()
    let acceptedAt = try reader.time()
    let origin = try reader.origin()
    let envelope = try reader.envelope()
    let size = Int(truncatingIfNeeded: try reader.number())
    let messageID = try reader.optional { (r) throws(RecordDamage) in try r.text() }
    let from = try reader.optional { (r) throws(RecordDamage) in try r.text() }
    self.init(
      id: id, acceptedAt: acceptedAt, origin: origin, envelope: envelope, size: size,
      facts: HeaderFacts(messageID: messageID, from: from))
    recipients = try reader.list { (r) throws(RecordDamage) in try r.recipientState() }
    hold = try reader.optional { (r) throws(RecordDamage) in try r.hold() }
    let flags = try reader.byte()
    delayReported = flags & 1 != 0
    guard flags <= 3, recipients.count == envelope.recipients.count,
      amend(flags & 2 != 0 ? try reader.amendment() : .none)
    else { throw RecordDamage() }
  }
}

extension RecordWriter {
  mutating func write(_ origin: Origin) {
    text(origin.listener.rawValue)
    text("\(origin.address)")
    number(origin.port)
    optional(origin.hello) { writer, name in
      switch name {
      case .host(let host): writer.text("\(host)")
      case .other(let text): writer.text(" " + text)
      }
    }
    flag(origin.isExtended)
    optional(origin.tls) { $0.write($1) }
    optional(origin.account) { $0.text($1) }
  }

  /// Local part and host apart, so that nothing must be parsed again to be read.
  mutating func write(_ mailbox: Mailbox) {
    text(mailbox.localPart)
    text("\(mailbox.host)")
  }

  mutating func write(_ tls: TLSFacts) {
    text(tls.version)
    byte(Self.number(of: tls.proof))
  }

  /// 0 and 1 were all there was before proofs had kinds.
  private static func number(of proof: PeerProof?) -> UInt8 {
    switch proof {
    case nil: 0
    case .pkix: 1
    case .daneEE: 2
    case .daneTA: 3
    case .mtaSTS: 4
    }
  }

  mutating func write(_ envelope: Envelope) {
    optional(envelope.sender.mailbox) { $0.write($1) }
    let parameters = envelope.parameters
    optional(parameters.size) { $0.number($1) }
    optional(parameters.body) { $0.text($1.rawValue) }
    flag(parameters.utf8)
    optional(parameters.returnContent) { $0.text($1.rawValue) }
    optional(parameters.envelopeID) { $0.text($1) }
    byte(parameters.requireTLS ? 1 : parameters.isTLSOptional ? 2 : 0)
    optional(parameters.authenticated) { $0.text($1) }
    list(envelope.recipients) { writer, recipient in
      writer.optional(recipient.path.mailbox) { $0.write($1) }
      writer.list(recipient.path.sourceRoute) { $0.text($1.ascii) }
      writer.optional(recipient.notify) { $0.byte($1.rawValue) }
      writer.optional(recipient.original) {
        $0.text($1.addressType)
        $0.text($1.address)
      }
    }
  }

  mutating func write(_ state: RecipientState) {
    switch state {
    case .queued(let attempts, let next):
      byte(0)
      number(attempts)
      time(next)
    case .delivered: byte(1)
    case .failed: byte(2)
    case .removed: byte(3)
    }
  }

  mutating func write(_ hold: Hold) {
    text(hold.reason)
    text(hold.by)
    time(hold.at)
  }
}

extension RecordReader {
  mutating func mailbox() throws(RecordDamage) -> Mailbox {
    let localPart = try text()
    let host = try text()
    if host.hasPrefix("[") {
      guard let address = MailboxParser.literal(String(host.dropFirst().dropLast())) else {
        throw RecordDamage()
      }
      return Mailbox(localPart: localPart, host: .literal(address))
    }
    guard let domain = Domain(host) else { throw RecordDamage() }
    return Mailbox(localPart: localPart, host: .domain(domain))
  }

  mutating func origin() throws(RecordDamage) -> Origin {
    guard let listener = ListenerKind(rawValue: try text()), let address = IPAddress(try text())
    else { throw RecordDamage() }
    let port = UInt16(truncatingIfNeeded: try number())
    let hello = try optional { (r) throws(RecordDamage) in try r.helloName() }
    let isExtended = try flag()
    let tls = try optional { (r) throws(RecordDamage) in try r.tlsFacts() }
    let account = try optional { (r) throws(RecordDamage) in try r.text() }
    return Origin(
      listener: listener, address: address, port: port, hello: hello, isExtended: isExtended,
      tls: tls, account: account)
  }

  private mutating func helloName() throws(RecordDamage) -> HelloName {
    let name = try text()
    if name.hasPrefix(" ") { return .other(String(name.dropFirst())) }
    if name.hasPrefix("["), let address = MailboxParser.literal(String(name.dropFirst().dropLast()))
    {
      return .host(.literal(address))
    }
    return Domain(name).map { .host(.domain($0)) } ?? .other(name)
  }

  mutating func tlsFacts() throws(RecordDamage) -> TLSFacts {
    let version = try text()
    let proofs: [PeerProof?] = [nil, .pkix, .daneEE, .daneTA, .mtaSTS]
    let number = Int(try byte())
    guard proofs.indices.contains(number) else { throw RecordDamage() }
    return TLSFacts(version: version, proof: proofs[number])
  }

  mutating func envelope() throws(RecordDamage) -> Envelope {
    let sender = try optional { (r) throws(RecordDamage) in try r.mailbox() }
    var parameters = MailParameters()
    let size = try optional { (r) throws(RecordDamage) in try r.number() }
    parameters.size = size.map { Int(truncatingIfNeeded: $0) }
    let body = try optional { (r) throws(RecordDamage) in try r.text() }
    parameters.body = body.flatMap(BodyKind.init)
    parameters.utf8 = try flag()
    let content = try optional { (r) throws(RecordDamage) in try r.text() }
    parameters.returnContent = content.flatMap(ReturnContent.init)
    parameters.envelopeID = try optional { (r) throws(RecordDamage) in try r.text() }
    let tag = try byte()
    (parameters.requireTLS, parameters.isTLSOptional) = (tag == 1, tag == 2)
    parameters.authenticated = try optional { (r) throws(RecordDamage) in try r.text() }
    let recipients = try list { (r) throws(RecordDamage) in try r.recipient() }
    return Envelope(
      sender: sender.map(ReversePath.mailbox) ?? .null, parameters: parameters,
      recipients: recipients)
  }

  private mutating func recipient() throws(RecordDamage) -> Recipient {
    let mailbox = try optional { (r) throws(RecordDamage) in try r.mailbox() }
    let route = try list { (r) throws(RecordDamage) in try r.text() }.compactMap { Domain($0) }
    let notify = try optional { (r) throws(RecordDamage) in try r.byte() }
    let original = try optional { (r) throws(RecordDamage) in
      OriginalRecipient(addressType: try r.text(), address: try r.text())
    }
    return Recipient(
      path: ForwardPath(mailbox: mailbox, sourceRoute: route),
      notify: notify.map(NotifyConditions.init), original: original)
  }

  mutating func recipientState() throws(RecordDamage) -> RecipientState {
    switch try byte() {
    case 0: .queued(attempts: Int(truncatingIfNeeded: try number()), next: try time())
    case 1: .delivered
    case 2: .failed
    case 3: .removed
    default: throw RecordDamage()
    }
  }

  mutating func hold() throws(RecordDamage) -> Hold {
    Hold(reason: try text(), by: try text(), at: try time())
  }
}
