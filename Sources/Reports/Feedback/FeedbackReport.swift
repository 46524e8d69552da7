/// A complaint about one message, or word of its failed authentication (RFC 5965, RFC 6591, RFC
/// 9991): the fields of the part `message/feedback-report`, and what the message itself was.
package struct FeedbackReport: Hashable, Sendable, Codable {
  /// `abuse`, `fraud`, `virus`, `not-spam`, `auth-failure`, `opt-out` or another, in lower case.
  package var type = ""
  package var userAgent: String?
  package var version: String?
  package var originalEnvelopeID: String?
  /// Without brackets.
  package var originalMailFrom: String?
  package var originalRecipients: [String] = []
  package var arrivalDate: String?
  package var reportingMTA: String?
  package var sourceAddress: String?
  package var sourcePort: Int?
  /// How many messages are meant; 1 where it is not said.
  package var incidents = 1
  package var authenticationResults: [String] = []
  package var reportedDomains: [String] = []
  package var reportedURIs: [String] = []
  /// RFC 6591 §3.
  package var authFailure: String?
  package var deliveryResult: String?
  package var identityAlignment: String?
  package var dkimDomain: String?
  package var dkimIdentity: String?
  package var dkimSelector: String?
  package var dkimSelectorDNS: String?
  package var dkimCanonicalizedHeader: String?
  package var dkimCanonicalizedBody: String?
  package var spfDNS: String?
  /// Of the message that is reported: From, Subject, Date and Message-ID as they stand.
  package var messageFrom: String?
  package var messageSubject: String?
  package var messageDate: String?
  package var messageID: String?

  package init() {}

  /// The report on one screen.
  package var summary: [String] {
    let about = authFailure.map { " (\(ShownText($0, limit: 20)))" } ?? ""
    var lines = [
      "Feedback: \(ShownText(type, limit: 30))\(about), \(incidents) message(s), by "
        + "\(ShownText(userAgent ?? "nobody"))"
    ]
    func add(_ name: String, _ value: String?) {
      if let value, lines.count < 20 { lines.append("  \(name): \(ShownText(value, limit: 100))") }
    }
    add("arrived", arrivalDate)
    add("from host", sourceAddress)
    add("MAIL FROM", originalMailFrom)
    for recipient in originalRecipients.prefix(3) { add("RCPT TO", recipient) }
    for domain in reportedDomains.prefix(3) { add("domain", domain) }
    for uri in reportedURIs.prefix(3) { add("URI", uri) }
    add("DKIM domain", dkimDomain)
    add("delivery", deliveryResult)
    add("From", messageFrom)
    add("Subject", messageSubject)
    add("Message-ID", messageID)
    return lines
  }
}
