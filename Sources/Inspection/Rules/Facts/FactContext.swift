package import Mail
package import MailAuth

/// What is known of a message beyond its octets; everything may be missing.
package struct FactContext: Sendable {
  /// What other checks know of one attachment, or of a file within one.
  package struct Attachment: Sendable {
    package var name: String
    /// What its octets are: `pdf`, `portableExecutable`.
    package var kinds: [String]

    package init(name: String, kinds: [String]) {
      self.name = name
      self.kinds = kinds
    }
  }

  package var clientAddress: IPAddress?
  package var helo: String?
  /// Only where name and address confirm each other.
  package var clientName: String?
  /// Empty for the null sender, nil where there is no envelope.
  package var mailFrom: String?
  package var recipients: [String] = []
  /// Passwords of a person, or of the sender's other mail, that are tried on what is encrypted.
  package var passwords: [String] = []
  /// Whether a person gave them; else the sender's other mail did.
  package var passwordsAreGiven = false
  /// Whether somebody remembers the passwords that the message speaks of.
  package var wantsPasswords = false
  /// Facts `auth.…` and others that only the gate knows, by name.
  package var authentication: [String: [String]] = [:]
  /// Rules that other checks found.
  package var findings: [String] = []
  package var attachments: [Attachment] = []
  /// Below which names anybody may register; without it domains are cut by their shape.
  package var suffixes: PublicSuffixList?

  package init() {}

  /// What somebody registered: `example.co.jp` of `a.b.example.co.jp`.
  func organization(_ domain: Domain) -> String {
    if let found = suffixes?.registrableDomain(of: domain) { return found.ascii }
    let labels = domain.labels
    // `co.jp`, `com.br`: a short word before a country.
    let isShort =
      labels.count > 2 && labels[labels.count - 1].utf8.count == 2
      && labels[labels.count - 2].utf8.count <= 3
    return labels.suffix(isShort ? 3 : 2).joined(separator: ".")
  }

  func organizations(_ domains: [String]) -> [String] {
    domains.compactMap { Domain($0) }.map(organization)
  }
}
