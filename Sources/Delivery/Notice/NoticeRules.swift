import Mail
import SMTP
import Spool

/// Who is told what (RFC 3461 §4.1, §5.2; RFC 3464 §2): a pure function of the message and an attempt.
struct NoticeRules: Sendable {
  /// Seconds after which the sender is told of a delay.
  let warningSeconds: Int

  /// The notices that an attempt calls for, none to a null sender (RFC 5321 §4.5.5).
  func wanted(
    _ message: StoredMessage, _ outcome: CourierOutcome
  ) -> [(kind: Notice.Kind, entries: [Notice.Entry])] {
    guard message.envelope.sender.mailbox != nil else { return [] }
    var entries: [Notice.Kind: [Notice.Entry]] = [:]
    for result in outcome.attempt.results {
      let recipient = message.envelope.recipients[result.recipient]
      guard let kind = kind(result.state, recipient.notify, message, outcome) else { continue }
      entries[kind, default: []].append(
        Notice.Entry(
          recipient: recipient, status: outcome.status(of: result), reply: result.reply,
          remote: outcome.attempt.remote, text: result.text))
    }
    let order: [Notice.Kind] = [.failed, .delayed, .delivered, .relayed]
    return order.compactMap { kind in entries[kind].map { (kind, $0) } }
  }

  private func kind(
    _ state: RecipientState, _ notify: NotifyConditions?, _ message: StoredMessage,
    _ outcome: CourierOutcome
  ) -> Notice.Kind? {
    switch state {
    case .failed: return notify?.contains(.failure) ?? true ? .failed : nil
    case .delivered:
      guard notify?.contains(.success) == true else { return nil }
      // RFC 3461 §5.2.2: a next hop that knows DSN has taken the duty over.
      if outcome.isFinalDelivery { return .delivered }
      return outcome.nextHopNotifies ? nil : .relayed
    case .queued:
      let isLate = outcome.attempt.endedAt >= message.acceptedAt + warningSeconds
      guard isLate, !message.delayReported else { return nil }
      return notify?.contains(.delay) ?? true ? .delayed : nil
    case .removed: return nil
    }
  }
}

/// What an attempt came to, with what only a notice needs to know.
struct CourierOutcome: Sendable {
  var attempt: Attempt
  /// Our own status codes for recipients that no server replied about, by index.
  var statuses: [Int: EnhancedStatus] = [:]
  /// Maildir, LMTP, discard: nobody behind it could notify.
  var isFinalDelivery = false
  /// The next hop offered DSN and was given NOTIFY.
  var nextHopNotifies = false
  /// Why the destination as a whole could not be reached.
  var trouble: String?
  /// What we lacked to make the attempt: nothing of the destination's doing, and it passes.
  var ourTrouble: String?
  /// Why the stored content can't be read: the message is then held for a person.
  var unreadable: String?

  /// The status to report: the server's own, ours, or one made of the reply's first digit.
  func status(of result: RecipientResult) -> EnhancedStatus {
    let category: UInt8 =
      switch result.state {
      case .delivered: 2
      case .failed, .removed: 5
      case .queued: 4
      }
    if let status = result.reply?.status, status.category == category { return status }
    if let own = statuses[result.recipient] { return own }
    if let status = result.reply?.status {
      return EnhancedStatus(category, status.subject, status.detail)
    }
    return EnhancedStatus(category, 0, 0)
  }
}
