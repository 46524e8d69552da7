import Mail
import MailAuth
import SMTP
import Settings
import Spool

// Mail of the gate's own making: reports, notices.
extension Pipeline {
  /// DKIM-Signature fields for a message of our own from somebody of a domain: with its keys, else with those
  /// of the nearest domain above, which relaxed alignment takes for the same (RFC 7489 §3.1.1). What can't be
  /// signed is sent all the same.
  func signatures(in bytes: [UInt8], as domain: Domain) -> [UInt8] {
    var next: Domain? = domain
    while let domain = next {
      let signers = keys.signers(for: domain)
      if !signers.isEmpty {
        return (try? DKIMSigner.sign(bytes, with: signers, now: clock.now())) ?? []
      }
      next = domain.parent
    }
    return []
  }

  /// Puts a whole message into the spool, signed as its sender's domain. Nobody is told what becomes
  /// of it, least of all by another message.
  func send(
    _ bytes: [UInt8], id: TraceID, from sender: Mailbox, to recipient: Mailbox, messageID: String,
    isTLSOptional: Bool = false
  ) async -> SpoolFailure? {
    let now = clock.now()
    let signatures = sender.domain.map { self.signatures(in: bytes, as: $0) } ?? []
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
