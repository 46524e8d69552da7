import Inspection
import MailAuth
import Policy
import SMTP
import Spool

// What a message becomes in the spool.
extension Acceptance {
  /// One copy for each share of the recipients; nil when there is more to take out than a message may have.
  func copies(_ outcome: Outcome) async throws -> [AcceptedCopy]? {
    let all = Array(envelope.recipients.indices)
    var shares = [Decision.Share(.accept, all)]
    if outcome.ruling.holdReason != nil {
      shares = [Decision.Share(.hold, all)]
    } else if case .take(let wanted) = outcome.decision {
      shares = wanted
    }
    var copies: [AcceptedCopy] = []
    for share in shares {
      // The last that takes the draft itself; until then twins are made of it.
      let draft = copies.isEmpty ? draft : draft.twin(id: pipeline.newID())
      let added =
        share.action == .strip
        ? try await stripped(draft, share, outcome)
        : try await copy(draft, share.action, share.recipients, outcome).map { [$0] }
      guard let added else { return nil }
      copies += added
    }
    return copies
  }

  private func copy(
    _ draft: Draft, _ action: Action, _ recipients: [Int], _ outcome: Outcome
  ) async throws -> AcceptedCopy? {
    var (front, edits): ([UInt8], [Amendment.Edit]) = ([], [])
    if action > .accept, let report = outcome.inspection, report.isNotable {
      (front, edits) = mark(report, id: draft.id)
    }
    let made = try await amendment(outcome.evidence, for: recipients, front: front, edits: edits)
    guard let amendment = made else { return nil }
    let reason = outcome.ruling.holdReason ?? outcome.inspection?.summary ?? ""
    return AcceptedCopy(
      draft: draft, action: action, recipients: recipients, amendment: amendment,
      hold: action == .hold ? reason : nil)
  }

  /// Without its attachments for the recipients at once, and as it came, held for who asks for it. Where
  /// nothing can be taken out it is held only.
  private func stripped(
    _ draft: Draft, _ share: Decision.Share, _ outcome: Outcome
  ) async throws -> [AcceptedCopy]? {
    let recipients = share.recipients
    guard let report = outcome.inspection else {
      return try await copy(draft, .hold, recipients, outcome).map { [$0] }
    }
    let original = pipeline.newID()
    guard let body = try await stripping(share.removed, original: original) else {
      return try await copy(draft, .hold, recipients, outcome).map { [$0] }
    }
    let (front, edits) = mark(report, id: draft.id)
    let made = try await amendment(
      outcome.evidence, for: recipients, front: front, edits: edits, body: body)
    let kept = try await copy(draft.twin(id: original), .hold, recipients, outcome)
    guard let amendment = made, let held = kept else { return nil }
    let delivered = AcceptedCopy(
      draft: draft, action: .strip, recipients: recipients, amendment: amendment, hold: nil)
    return [delivered, held]
  }

  /// Hashes of the body that is left, for our signatures.
  func hashes(without body: [Amendment.Edit]) async throws -> SignatureBodyHashes {
    var octets: [UInt8] = []
    let content = draft.content
    while let piece = try await content.next() { octets += piece }
    for edit in body.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      let range =
        (edit.range.lowerBound - draft.prefixSize)..<(edit.range.upperBound - draft.prefixSize)
      octets.replaceSubrange(range, with: edit.replacement)
    }
    var hasher = SignatureBodyHasher([DKIMSigner.bodyHash])
    hasher.append(octets[min(header.bodyStart, octets.count)...])
    return hasher.finish()
  }
}
