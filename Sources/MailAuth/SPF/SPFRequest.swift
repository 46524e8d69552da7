package import Mail

/// What is asked about one client: the words it said, as it said them.
package struct SPFRequest: Hashable, Sendable {
  package let client: IPAddress
  package let helo: String
  /// Without a sender mail comes from `postmaster` of the HELO name (RFC 7208 §2.4).
  let localPart: [UInt8]
  let senderDomain: [UInt8]
  package let identity: SPFIdentity

  /// The MAIL FROM identity; nil for a null sender.
  package init(client: IPAddress, helo: String, sender: Mailbox?) {
    let domain = sender.map { "\($0.host)" }
    self.init(client, helo, sender?.localPart ?? "", domain ?? helo, .mailFrom)
  }

  /// The MAIL FROM identity from text; an empty one is a null sender.
  package init(client: IPAddress, helo: String, sender: String) {
    // The last @ is the one: a local part may have others.
    let at = sender.utf8.lastIndex(of: 0x40)
    let localPart = at.map { String(sender[..<$0]) } ?? ""
    let domain = at.map { String(sender[sender.utf8.index(after: $0)...]) } ?? sender
    self.init(client, helo, localPart, sender.isEmpty ? helo : domain, .mailFrom)
  }

  /// The HELO identity.
  package init(client: IPAddress, helo: String) {
    self.init(client, helo, "", helo, .helo)
  }

  private init(
    _ client: IPAddress, _ helo: String, _ localPart: String, _ domain: String,
    _ identity: SPFIdentity
  ) {
    self.client = client
    self.helo = helo
    // RFC 7208 §4.3: without a local part it is postmaster.
    self.localPart = localPart.isEmpty ? Array("postmaster".utf8) : Array(localPart.utf8)
    // U-labels are asked as A-labels (RFC 8616 §4).
    let isPlain = domain.utf8.allSatisfy { $0 < 0x80 }
    let ascii = isPlain ? nil : Domain(domain)?.ascii
    senderDomain = Array((ascii ?? domain).utf8)
    self.identity = identity
  }

  /// `local@domain`, for a header field or a report.
  package var sender: String {
    String(decoding: localPart + [0x40] + senderDomain, as: UTF8.self)
  }
}
