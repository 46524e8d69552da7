import Mail
import SMTP
import Spool

/// Makes the messages that tell senders what became of theirs.
struct NoticeMaker: Sendable {
  let hostname: String
  /// Who notices come from; `mailer-daemon` of the host where the settings name nobody.
  let postmaster: Mailbox?
  let spool: Spool
  let clock: any Clock
  let rules: NoticeRules
  let expirySeconds: Int
  let random: @Sendable () -> UInt64
  /// Signs a notice as a domain; nil where nobody does.
  let signatures: (@Sendable ([UInt8], Domain) -> [UInt8])?
  let blocking: BlockingPool

  /// The notices for an attempt as entries to commit with it, all or none.
  func entries(for message: StoredMessage, _ outcome: CourierOutcome) async -> [SpoolEntry] {
    let wanted = rules.wanted(message, outcome)
    guard !wanted.isEmpty, let sender = message.envelope.sender.mailbox else { return [] }
    var entries: [SpoolEntry] = []
    for (kind, about) in wanted {
      let now = clock.now()
      let notice = Notice(
        kind: kind, about: message, entries: about, hostname: hostname,
        from: postmaster.map { "\($0)" } ?? "mailer-daemon@\(hostname)", now: now,
        expiresAt: message.acceptedAt + expirySeconds)
      let original = await original(message, isFull: notice.returnsFull)
      entries.append(await store(notice, original, to: sender, now))
      if kind == .delayed { entries.append(.change(message.id, .delayReported(at: now))) }
    }
    return entries
  }

  private func store(
    _ notice: Notice, _ original: [UInt8], to sender: Mailbox, _ now: Timestamp
  ) async -> SpoolEntry {
    var generator = NumberSource(random: random)
    let id = spool.newID(at: now)
    let bytes = await signed(notice.bytes(id: id, original: original, seed: generator.next()))
    var envelope = Envelope(
      sender: .null,
      recipients: [Recipient(path: ForwardPath(mailbox: sender), notify: NotifyConditions.never)])
    envelope.parameters.body = .eightBitMIME
    envelope.parameters.utf8 = notice.about.envelope.parameters.utf8
    // RFC 8689 §5: what tells of a protected message is protected alike.
    envelope.parameters.requireTLS = notice.about.envelope.parameters.requireTLS
    let draft = spool.draft(id: id, prefix: bytes)
    let stored = StoredMessage(
      id: id, acceptedAt: now, origin: Self.ourselves, envelope: envelope, size: draft.size,
      facts: HeaderFacts(messageID: "<\(id)@\(hostname)>", from: "mailer-daemon@\(hostname)"))
    return .message(stored, draft)
  }

  /// As the domain of From: a notice that can't be signed is still a notice.
  private func signed(_ bytes: [UInt8]) async -> [UInt8] {
    guard let signatures, let domain = postmaster?.domain ?? Domain(hostname) else { return bytes }
    return await blocking.run { signatures(bytes, domain) } + bytes
  }

  /// Notices come from no client.
  private static let ourselves = Origin(
    listener: .internal, address: .v6(high: 0, low: 1), port: 0)

  /// The stored bytes, or as much of them as holds the header section.
  private func original(_ message: StoredMessage, isFull: Bool) async -> [UInt8] {
    var bytes: [UInt8] = []
    let body = spool.body(of: message.id)
    let limit = isFull ? Notice.fullLimit : Notice.headerLimit
    // A body that can't be read any more is no reason to keep silent about it.
    while bytes.count < limit, let piece = try? await body.next() { bytes += piece }
    return bytes
  }
}
