import Delivery
import Journal
import Mail
import Relay
import SMTP
import Synchronization

// RCPT: may it relay? The classes are found, the table decides; where the next hop knows the recipients
// it is asked.
extension GateSession {
  func recipient(
    _ recipient: Recipient, _ origin: Origin, _ envelope: Envelope?,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let policy = pipeline.policy
    let classifier = Classifier(policy: policy)
    let (identity, addresses) = identity(origin, policy)
    let situation = Situation(
      listener: origin.listener, client: classifier.client(origin.address),
      usesTLS: origin.tls != nil, identity: identity,
      sender: classifier.sender(envelope?.sender ?? .null, accountAddresses: addresses),
      recipient: classifier.recipient(recipient.path))
    switch RelayTable(policy: policy).decide(situation) {
    case .accept(let reason):
      unlessListed(recipient, origin, envelope, situation.recipient, answer) {
        self.take(recipient, origin, envelope, situation.recipient, reason.rawValue, answer)
      }
    case .refuse(let refusal):
      refuse(recipient, origin, envelope, refusal.reply, refusal.rawValue, answer)
    }
  }

  /// The table takes the recipient: does the next hop know it, where that is asked?
  private func take(
    _ recipient: Recipient, _ origin: Origin, _ envelope: Envelope?, _ kind: RecipientClass,
    _ reason: String, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    guard let (mailbox, own) = asked(recipient, kind, pipeline.policy) else {
      contents.withLock { $0.reasons.append(reason) }
      return answer(.proceed)
    }
    inquire(mailbox, own) { word in
      switch word {
      case .exists:
        self.contents.withLock { $0.reasons.append(reason + ", known to the next hop") }
        answer(.proceed)
      case .unknown(let said):
        let reply = Reply(550, .init(5, 1, 1), "No such recipient here")
        self.refuse(
          recipient, origin, envelope, reply, "the next hop says \(said.words)", answer)
      case .unreachable(let why):
        self.pipeline.log.write("inquiry", ["id": "\(self.currentID)", "why": why])
        guard case .ask(acceptsWhenUnreachable: true) = own.recipients else {
          let reply = Reply(451, .init(4, 4, 1), "Can't verify the recipient now, try again")
          return self.refuse(
            recipient, origin, envelope, reply, "the next hop can't be asked: \(why)", answer)
        }
        self.contents.withLock { $0.reasons.append(reason + ", unverified") }
        answer(.proceed)
      }
    }
  }

  func refuse(
    _ recipient: Recipient, _ origin: Origin, _ envelope: Envelope?, _ reply: Reply, _ why: String,
    _ answer: (Answer) -> Void
  ) {
    pipeline.counters.refused.add(1, ordering: .relaxed)
    let name = currentID
    pipeline.log.write(
      "refused",
      [
        "id": "\(name)", "client": "\(origin.address)", "from": envelope?.senderWords ?? "",
        "to": recipient.path.words, "why": why,
      ])
    let now = pipeline.clock.now()
    if pipeline.refusals.withLock({ $0.spend(origin.address, now: now) }) {
      pipeline.journal.note(
        .refused(
          Refusal(
            id: name, at: now, origin: origin, sender: envelope?.senderWords ?? "",
            recipient: recipient.path.words, reply: reply, reason: why)))
    } else {
      pipeline.counters.refusalsNotNoted.add(1, ordering: .relaxed)
    }
    var said = reply
    said.lines = ["\(reply.lines.joined(separator: " ")) [\(name)]"]
    answer(.refuse(said))
  }

  /// The mailbox and its domain where the next hop knows the recipients.
  private func asked(
    _ recipient: Recipient, _ kind: RecipientClass, _ policy: RelayPolicy
  ) -> (Mailbox, OwnDomain)? {
    guard kind == .ownUser, let mailbox = recipient.path.mailbox,
      let own = mailbox.domain.flatMap(policy.ownDomain), case .ask = own.recipients
    else { return nil }
    return (mailbox, own)
  }

  private func inquire(
    _ mailbox: Mailbox, _ own: OwnDomain,
    _ answer: @escaping @Sendable (RecipientInquiry.Word) -> Void
  ) {
    if let word = pipeline.inquiry.remembered(mailbox) { return answer(word) }
    // The session reads nothing until the answer comes, and every wait in it has its time limit.
    Task(executorPreference: pipeline.questions) {
      answer(await self.pipeline.inquiry.ask(mailbox, by: own.route))
    }
  }
}
