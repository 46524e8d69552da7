import Mail
import MailAuth
import Relay
import SMTP
import Settings
import Spool

// What we say of a message and what we take from it.
extension Acceptance {
  /// Nil when there is more to take out than a message may have. `marks` are fields and edits of the header,
  /// `body` is what is taken out of the body, with the hashes of what is left of it.
  func amendment(
    _ evidence: Evidence, front marks: [UInt8] = [], edits others: [Amendment.Edit] = [],
    body: [Amendment.Edit] = []
  ) -> Amendment? {
    let edits = reading.removals + others
    guard let cleaned = Amendment(edits: edits) else { return nil }
    var front = marks
    if let identity = evidence.identity { front = identity.results.field() + front }
    front = signatures(cleaned, front, evidence) + front
    return Amendment(front: front, edits: edits + body)
  }

  /// Signatures over the message as it leaves: what is in front of it already, our Received field, and
  /// what the client sent without what was taken out.
  private func signatures(
    _ cleaned: Amendment, _ front: [UInt8], _ evidence: Evidence
  ) -> [UInt8] {
    guard signingDomain != nil || isSealed else { return [] }
    let leaving = SignatureHeader(front + cleaned.applied(to: draft.head))
    if let domain = signingDomain { return signed(leaving, domain, evidence) }
    return sealed(leaving, evidence)
  }

  // MARK: Signing

  /// Where a domain may not send unsigned and has no key.
  var signingRuling: Ruling {
    guard let domain = signingDomain, settings.identity.domain(domain).signing == .require,
      pipeline.keys.signers(for: domain).isEmpty
    else { return .accept }
    return .putOff(
      Reply(451, .init(4, 3, 5), "Can't sign mail now, try again later"),
      reason: "\(domain) has no active DKIM key, and its mail may not go unsigned")
  }

  private func signed(
    _ leaving: SignatureHeader, _ domain: Domain, _ evidence: Evidence
  ) -> [UInt8] {
    let signers = pipeline.keys.signers(for: domain)
    if signers.isEmpty, pipeline.keys.isNewsThatNone(domain) {
      pipeline.log.write(
        "unsigned",
        [
          "id": "\(draft.id)", "domain": domain.ascii,
          "why": "no active key, and so until there is one: kadomori dkim keygen \(domain.ascii)",
        ])
    }
    do throws(SigningFailure) {
      let now = pipeline.clock.now()
      var fields: [UInt8] = []
      for signer in signers { fields += try signer.sign(leaving, evidence.hashes, now: now) }
      return fields
    } catch {
      pipeline.log.write(
        "unsigned", ["id": "\(draft.id)", "domain": domain.ascii, "why": error.description])
      return []
    }
  }

  // MARK: Sealing

  /// Whether strangers' mail is handed on to hosts that shall believe what we found.
  var isSealed: Bool {
    guard arrival.isJudged, settings.identity.sealer != nil else { return false }
    return envelope.recipients.contains { recipient in
      guard let domain = recipient.path.mailbox?.domain else { return false }
      return settings.identity.domain(domain).seals
    }
  }

  private func sealed(_ leaving: SignatureHeader, _ evidence: Evidence) -> [UInt8] {
    guard let domain = settings.identity.sealer, let identity = evidence.identity else { return [] }
    guard let sealer = pipeline.keys.sealer(for: domain) else {
      if pipeline.keys.isNewsThatNone(domain) {
        pipeline.log.write(
          "unsealed", ["id": "\(draft.id)", "domain": domain.ascii, "why": "no active key"])
      }
      return []
    }
    let found = String(decoding: identity.results.field().drop { $0 != 0x20 }, as: UTF8.self)
    do throws(SigningFailure) {
      return try sealer.seal(
        leaving, evidence.hashes, arrived: identity.arc.status, results: found,
        now: pipeline.clock.now())
    } catch {
      pipeline.log.write(
        "unsealed", ["id": "\(draft.id)", "domain": domain.ascii, "why": error.description])
      return []
    }
  }
}
