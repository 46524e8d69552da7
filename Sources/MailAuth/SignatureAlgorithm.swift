/// `a=` (RFC 6376 §3.3, RFC 8463 §3): a key's kind and a hash.
package enum SignatureAlgorithm: String, Codable, Hashable, Sendable {
  /// Known so that it can be named; RFC 8301 §3.1 forbids to verify with it.
  case rsaSHA1 = "rsa-sha1"
  case rsaSHA256 = "rsa-sha256"
  case ed25519SHA256 = "ed25519-sha256"

  /// As `k=` of a key record writes it.
  package var keyType: SignatureKeyType { self == .ed25519SHA256 ? .ed25519 : .rsa }

  /// As `h=` of a key record writes it.
  package var hashName: String { self == .rsaSHA1 ? "sha1" : "sha256" }
}

/// `k=` of a key record.
package enum SignatureKeyType: String, Codable, Hashable, Sendable {
  case rsa
  case ed25519

  package var algorithm: SignatureAlgorithm { self == .rsa ? .rsaSHA256 : .ed25519SHA256 }
}
