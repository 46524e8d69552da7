import Mail
import MailAuth
import Policy
import Settings
import Spool
import Synchronization

/// The header section of a message that is accepted, read once for all its stages and copies.
struct HeaderReading: Sendable {
  /// What the client sent, its header section at least.
  let header: SignatureHeader
  /// Fields that claim to be our words (RFC 8601 §5) and go, whole, as places in the draft.
  let removals: [Amendment.Edit]
  /// Where the text of the subject begins in the draft; nil without one.
  let subject: Int?
  /// Who signs; nil for nobody.
  let signingDomain: Domain?

  init(_ arrival: Arrival) {
    let (draft, settings) = (arrival.draft, arrival.settings)
    let header = SignatureHeader(draft.headerSection)
    let forged = arrival.pipeline.forgery.withLock { $0 }.ranges(in: header)
    let imitated = Mark.imitations(in: header.fields, of: header.bytes)
    removals = (forged + imitated).map { place in
      .init((place.lowerBound + draft.prefixSize)..<(place.upperBound + draft.prefixSize))
    }
    subject = header.places(of: "subject").first.map {
      header.fields[$0].value.lowerBound + draft.prefixSize
    }
    signingDomain = arrival.standing.signingDomain(of: header, settings)
    self.header = header
  }
}

extension Draft {
  /// The header section as the client sent it, and what follows only where no empty line ends it.
  fileprivate var headerSection: [UInt8] {
    let head = head
    let start = min(prefixSize, head.count)
    let section = HeaderFields(head, in: start..<head.count)
    let end = section.end == .emptyLine ? section.bodyStart : head.count
    return Array(head[start..<end])
  }
}
