import Mail
package import MailAuth

// What rules may ask of who sent a message: the facts `auth.…`, and what the envelope said.
extension FactContext {
  package init(_ identity: Identity, recipients: [String]) {
    self.init()
    suffixes = PublicSuffixList.installed
    clientAddress = identity.client
    helo = identity.helo
    if case .confirmed(let names) = identity.clientName { clientName = "\(names[0])" }
    mailFrom = identity.sender.map { "\($0)" } ?? ""
    self.recipients = recipients
    let dmarc = identity.dmarc
    authentication = [
      "auth.spf": [identity.spf.result.rawValue],
      "auth.dkim": identity.dkim.signatures.map(\.toldStatus.rawValue),
      "auth.dkim.domain": identity.dkim.passedDomains.map(\.ascii),
      "auth.dmarc": [dmarc.outcome.rawValue],
      "auth.dmarc.policy": [dmarc.publishedPolicy?.rawValue].compactMap { $0 },
      "auth.arc": [identity.arc.status.rawValue],
    ]
    let proven =
      identity.dkim.passedDomains.map(\.ascii)
      + (identity.spf.result == .pass ? [identity.spf.domain] : [])
    authentication["auth.organization"] = proven.compactMap { Domain($0) }.map(organization)
  }
}
