import Journal
import Mail
import MailAuth
import SMTP
import Settings
import Spool
import Synchronization

// What the log and the journal hear of a message that was judged.
extension Acceptance {
  func logEvidence(_ outcome: Outcome) {
    guard let identity = outcome.evidence.identity else { return }
    pipeline.log.write(
      "identity",
      [
        "id": "\(draft.id)", "client": "\(origin.address)", "what": identity.summary,
        "ruling": outcome.identityRuling?.action.rawValue ?? "accept",
        "why": outcome.identityRuling?.reason ?? "",
      ])
  }

  /// One line in the log, one row a recipient in the journal, few words to the client.
  func refused(_ reply: Reply, _ reason: String, _ answer: @Sendable (Answer) -> Void) {
    pipeline.counters.refused.add(envelope.recipients.count, ordering: .relaxed)
    pipeline.log.write(
      "refused",
      [
        "id": "\(draft.id)", "client": "\(origin.address)", "from": envelope.senderWords,
        "to": envelope.recipients.map(\.path.words).joined(separator: ","), "why": reason,
      ])
    let now = pipeline.clock.now()
    for recipient in envelope.recipients {
      guard pipeline.refusals.withLock({ $0.spend(origin.address, now: now) }) else {
        pipeline.counters.refusalsNotNoted.add(1, ordering: .relaxed)
        continue
      }
      pipeline.journal.note(
        .refused(
          Refusal(
            id: draft.id, at: now, origin: origin, sender: envelope.senderWords,
            recipient: recipient.path.words, reply: reply, reason: reason)))
    }
    var said = reply
    said.lines = ["\(reply.lines.joined(separator: " ")) [\(draft.id)]"]
    answer(.refuse(said))
  }
}

extension MailAuth.Identity {
  /// Every proof in one line: `spf pass a.example; dkim none; dmarc pass a.example; …`.
  var summary: String {
    let signed = dkim.signatures.prefix(Self.shownSignatures).map {
      "\($0.status.rawValue) \($0.domain ?? "?")"
    }
    let name = clientName.sentence(of: client)
    return [
      "helo \(heloSPF.result.rawValue) \(heloSPF.domain)",
      "spf \(spf.result.rawValue) \(spf.domain)",
      "dkim " + (signed.isEmpty ? dkim.status.rawValue : signed.joined(separator: ", ")),
      "dmarc \(dmarc.outcome.rawValue) \(dmarc.authorDomain?.ascii ?? "")",
      "arc \(arc.status.rawValue)", "client \(clientName.result.rawValue): \(name)",
    ].joined(separator: "; ")
  }

  private static let shownSignatures = 4
}
