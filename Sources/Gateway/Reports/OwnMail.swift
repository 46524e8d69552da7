import Mail
import MailAuth
import SMTP
import Settings
import Spool

// Mail of the gate's own making: reports.
extension Pipeline {
  /// Puts a whole message into the spool, signed as its sender's domain where there is a key. Nobody is
  /// told what becomes of it, least of all by another message.
  func send(
    _ bytes: [UInt8], id: TraceID, from sender: Mailbox, to recipient: Mailbox, messageID: String,
    isTLSOptional: Bool = false
  ) async -> SpoolFailure? {
    let now = clock.now()
    let signers = sender.domain.map { keys.signers(for: $0) } ?? []
    // A report that can't be signed is still a report.
    let signatures = (try? DKIMSigner.sign(bytes, with: signers, now: now)) ?? []
    var envelope = Envelope(
      sender: .mailbox(sender),
      recipients: [
        Recipient(path: ForwardPath(mailbox: recipient), notify: NotifyConditions.never)
      ])
    envelope.parameters.isTLSOptional = isTLSOptional
    let draft = spool.draft(id: id, prefix: signatures + bytes)
    let message = StoredMessage(
      id: id, acceptedAt: now, origin: Self.ourselves, envelope: envelope, size: draft.size,
      facts: HeaderFacts(messageID: "<\(messageID)>", from: "<\(sender)>"))
    guard case .failure(let failure) = await spool.commit([.message(message, draft)]) else {
      return nil
    }
    if !failure.mayBeKept { draft.discard() }
    return failure
  }

  private static let ourselves = Origin(
    listener: .internal, address: .v6(high: 0, low: 1), port: 0)
}
