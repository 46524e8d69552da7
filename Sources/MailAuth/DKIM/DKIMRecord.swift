package import DNS
package import Mail

/// A key's record as it must stand in the DNS, and whether it stands there (RFC 6376 §3.6.1).
package struct DKIMRecord: Hashable, Sendable {
  /// Where: `selector._domainkey.domain`.
  package let name: Domain
  /// What: `v=DKIM1; k=rsa; p=…`.
  package let text: String
  private let keyType: SignatureKeyType
  private let publicKey: [UInt8]

  /// Nil when selector and domain together make no name.
  package init?(domain: Domain, selector: Domain, key: SignaturePrivateKey) {
    guard let name = Domain("\(selector)._domainkey.\(domain)") else { return nil }
    self.name = name
    keyType = key.type
    publicKey = key.publicKey
    text = "v=DKIM1; k=\(key.type.rawValue); p=\(Base64.encode(key.publicKey))"
  }

  /// A <character-string> holds 255 octets (RFC 1035 §3.3); a long record is several, which a
  /// verifier joins.
  package var strings: [String] {
    var rest = text.utf8[...]
    var strings: [String] = []
    while !rest.isEmpty {
      strings.append(String(Substring(rest.prefix(255))))
      rest = rest.dropFirst(255)
    }
    return strings
  }

  /// As a line of a zone file.
  package var zoneLine: String {
    let quoted = strings.map { "\"\($0)\"" }
    return "\(name). IN TXT "
      + (quoted.count == 1 ? quoted[0] : "( " + quoted.joined(separator: "\n    ") + " )")
  }

  /// What the DNS has under the name.
  package enum Standing: String, Codable, Hashable, Sendable {
    /// This key, alone.
    case stands
    /// This key beside others: verifiers may pick the wrong one (RFC 6376 §3.6.2.2).
    case ambiguous
    /// Another key, or something that is no key.
    case differs
    case revoked
    case absent
    /// The DNS gives no answer now.
    case unknown
  }

  /// Asks the DNS.
  package func standing(in resolver: any Resolver) async -> Standing {
    switch await resolver.texts(of: DNSName(name)) {
    case .failure(let failure): return failure.isTemporary ? .unknown : .absent
    case .success(let answer):
      let records = answer.records.compactMap { try? SignatureKeyRecord($0) }
      if records.contains(where: { $0.keyType == keyType && $0.publicKey == publicKey }) {
        return records.count == 1 ? .stands : .ambiguous
      }
      return !records.isEmpty && records.allSatisfy(\.isRevoked) ? .revoked : .differs
    }
  }
}
