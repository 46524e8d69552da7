import Mail
import SMTP
import Spool
import Synchronization

/// A guard that keeps half of the messages with an amendment, which the gate itself has for mail whose
/// sender was judged. Some sessions have it; the others have the gate's own.
final class SimulatedGuard: SessionGuard {
  private struct Contents {
    var transaction: TraceID?
    var draft: Draft?
  }

  private let life: Life
  private let contents = Mutex(Contents())

  init(_ life: Life) { self.life = life }

  func ask(
    _ question: Question, origin: Origin, envelope: Envelope?,
    answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch question {
    case .connection: answer(.proceed)
    case .sender:
      let id = TraceID(
        milliseconds: UInt64(max(0, life.scheduler.now().milliseconds)),
        random: UInt32(truncatingIfNeeded: life.scheduler.draw()))
      contents.withLock { $0.transaction = id }
      answer(.transaction(id))
    case .recipient(let recipient):
      let name = recipient.path.mailbox.map { "\($0)" } ?? ""
      let isRefused = life.scheduler.happens(30) || name.hasSuffix(SimulatedClient.stranger)
      answer(isRefused ? .refuse(Reply(550, .init(5, 1, 1), "No such recipient")) : .proceed)
    case .content: answer(content(origin, envelope))
    case .acceptance: accept(origin, envelope, answer)
    default: answer(.refuse(Reply(504, .init(5, 5, 4), "Not offered")))
    }
  }

  private func content(_ origin: Origin, _ envelope: Envelope?) -> Answer {
    guard let envelope, let id = contents.withLock({ $0.transaction }) else {
      return .refuse(Reply(503, .init(5, 5, 1), "Say MAIL first"))
    }
    let received = ReceivedField(
      origin: origin, hostname: "gate.example", id: id, envelope: envelope,
      at: life.scheduler.now())
    let draft = life.spool.draft(id: id, prefix: received.bytes)
    contents.withLock { $0.draft = draft }
    return .sink(draft)
  }

  private func accept(
    _ origin: Origin, _ envelope: Envelope?, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let draft = contents.withLock { contents in
      defer { (contents.draft, contents.transaction) = (nil, nil) }
      return contents.draft
    }
    guard let draft, let envelope else {
      return answer(.refuse(Reply(451, .init(4, 3, 0), "Internal error, try again")))
    }
    let name = HeaderFields(draft.head).first("Message-ID") ?? ""
    let ledger = life.ledger
    ledger.names(draft.id, name)
    let message = StoredMessage(
      id: draft.id, acceptedAt: life.scheduler.now(), origin: origin, envelope: envelope,
      size: draft.size, facts: HeaderFacts(messageID: name), amendment: Self.amendment(draft))
    if !message.amendment.isEmpty { ledger.amends(name) }
    life.spool.commit([.message(message, draft)]) { [life] result in
      switch result {
      case .success: answer(.accepted(Reply(250, .init(2, 0, 0), "Kept as \(message.id)")))
      case .failure(let failure):
        if failure.mayBeKept { ledger.isUnknown(message.id) } else { draft.discard() }
        life.scheduler.note("gate: \(name) was not kept: \(failure)")
        answer(.refuse(Reply(451, .init(4, 3, 1), "Can't keep mail now, try again")))
      }
    }
  }

  /// For every second message another Received field in the place of ours: one in front, one left out.
  private static func amendment(_ draft: Draft) -> Amendment {
    guard draft.id.random % 2 == 0 else { return .none }
    return Amendment(front: Ledger.amendedFront, edits: [.init(0..<draft.prefixSize)]) ?? .none
  }

  func transactionEnded() {
    let draft = contents.withLock { contents in
      defer { (contents.draft, contents.transaction) = (nil, nil) }
      return contents.draft
    }
    draft?.discard()
  }

  func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {}
}
