import Mail

/// A check for people and programs: what was asked, what came out, and why.
package struct SPFReport: Codable, Hashable, Sendable {
  package let result: SPFResult
  package let identity: SPFIdentity
  package let client: String
  package let helo: String
  package let sender: String
  /// Whose record was asked first.
  package let domain: String
  /// One sentence.
  package let reason: String
  /// The directive that decided, and the domain in whose record it stands.
  package let directive: String?
  package let directiveDomain: String?
  /// The refusing domain's own words.
  package let explanation: String?
  package let lookups: Int
  package let voidLookups: Int
  /// The header field, unfolded.
  package let receivedSPF: String

  package init(_ outcome: SPFOutcome, of request: SPFRequest, receiver: String) {
    result = outcome.result
    identity = outcome.identity
    client = "\(request.client)"
    helo = SPFText.shown(request.helo.utf8)
    sender = SPFText.shown(request.sender.utf8)
    domain = outcome.domain
    reason = outcome.reason.sentence
    if case .matched(let term, let place) = outcome.reason {
      (directive, directiveDomain) = (term, place)
    } else {
      (directive, directiveDomain) = (nil, nil)
    }
    explanation = outcome.explanation
    lookups = outcome.lookups
    voidLookups = outcome.voids
    let field = ReceivedSPF(outcome, of: request, receiver: receiver).field
    receivedSPF = String(decoding: field.filter { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
  }

  /// For a terminal.
  package var lines: [String] {
    var lines = ["\(result.rawValue): \(reason)"]
    lines.append("  client \(client), HELO \(helo), \(identity.rawValue) \(sender)")
    lines.append(
      "  look-ups: \(lookups) of \(SPFLimits.lookups), "
        + "without an answer: \(voidLookups) of \(SPFLimits.voids)")
    if let explanation { lines.append("  \(domain) says: \(explanation)") }
    lines.append("  \(receivedSPF)")
    return lines
  }
}
