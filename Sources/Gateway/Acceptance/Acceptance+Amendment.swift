import Mail
import MailAuth
import Relay
import SMTP
import Settings
import Spool

// What we say of a message and what we take from it.
extension Acceptance {
  /// For some of the recipients; nil when there is more to take out than a message may have. `marks` are
  /// fields and `others` edits of the header, `body` is what is taken out of the body.
  func amendment(
    _ evidence: Evidence, for recipients: [Int], front marks: [UInt8] = [],
    edits others: [Amendment.Edit] = [], body: [Amendment.Edit] = []
  ) async throws -> Amendment? {
    let edits = reading.removals + others
    guard let cleaned = Amendment(edits: edits) else { return nil }
    var front = marks
    if let identity = evidence.identity { front = identity.results.field() + front }
    let isChanged = !edits.isEmpty || !body.isEmpty
    if signingDomain != nil || sealer(for: recipients, isChanged) != nil {
      var evidence = evidence
      evidence.hashes = try await hashes(evidence, without: body)
      let leaving = SignatureHeader(front + cleaned.applied(to: draft.head))
      front = signatures(leaving, evidence, sealer(for: recipients, isChanged)) + front
    }
    return Amendment(front: front, edits: edits + body)
  }

  /// Over the message as it leaves: what is in front of it already, our Received field, and what the client
  /// sent without what was taken out.
  private func signatures(
    _ leaving: SignatureHeader, _ evidence: Evidence, _ sealer: Domain?
  ) -> [UInt8] {
    if let domain = signingDomain { return signed(leaving, domain, evidence) }
    return sealer.map { sealed(leaving, $0, evidence) } ?? []
  }

  /// The hash of the body as it leaves; that of the whole one may be known.
  private func hashes(
    _ evidence: Evidence, without body: [Amendment.Edit]
  ) async throws -> SignatureBodyHashes {
    guard body.isEmpty else { return try await hashes(without: body) }
    guard evidence.hashes.digest(DKIMSigner.bodyHash) == nil else { return evidence.hashes }
    return try await EvidenceDesk.hashes(
      of: draft, bodyStart: header.bodyStart, [DKIMSigner.bodyHash])
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

  /// Who seals a copy of a stranger's mail (RFC 8617 §5.1): that it is changed breaks its signatures, so
  /// what we found when it came is sealed wherever there is a key for it; else only for domains whose hosts
  /// shall believe us. Where nobody is judged nothing is sealed, changed or not: a seal says what was found,
  /// and of a chain before it whether it held (`cv=`), and we know neither.
  private func sealer(for recipients: [Int], _ isChanged: Bool) -> Domain? {
    guard arrival.isJudged else { return nil }
    let domains = recipients.compactMap { envelope.recipients[$0].path.mailbox?.domain }
    let identity = settings.identity
    guard isChanged else {
      return domains.contains { identity.domain($0).seals } ? identity.sealer : nil
    }
    if let sealer = identity.sealer { return sealer }
    return domains.lazy.compactMap { settings.policy.ownDomain($0) == nil ? nil : $0 }
      .first { !pipeline.keys.signers(for: $0).isEmpty }
  }

  private func sealed(
    _ leaving: SignatureHeader, _ domain: Domain, _ evidence: Evidence
  ) -> [UInt8] {
    guard let identity = evidence.identity else { return [] }
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
