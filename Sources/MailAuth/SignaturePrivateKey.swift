import Crypto
import CryptoExtras
package import Mail

/// Why nothing was signed.
package struct SigningFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
}

/// A key that signs: RSA or Ed25519, made here or read from PEM or DER.
///
/// Read are PKCS#8 (RFC 5208, RFC 8410) and PKCS#1 (RFC 8017 appendix A.1.2); encrypted keys are
/// not.
package struct SignaturePrivateKey: Sendable {
  private enum Key: Sendable {
    case rsa(_RSA.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
  }

  /// How a key is written down.
  package enum Form: Sendable {
    case pkcs8
    /// RSA only; an Ed25519 key is written as PKCS#8 all the same.
    case pkcs1
  }

  private let key: Key

  /// Bits of a new RSA key: what RFC 8301 §3.2 recommends, and its record still goes through every
  /// resolver.
  package static let newRSABits = 2048
  /// Octets of a key file: an 8192-bit key takes 6,400.
  package static let sizeLimit = 16_384

  /// Makes a key.
  package init(generating type: SignatureKeyType) throws(SigningFailure) {
    switch type {
    case .ed25519: key = .ed25519(Curve25519.Signing.PrivateKey())
    case .rsa:
      guard let rsa = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: Self.newRSABits)) else {
        throw SigningFailure(description: "no RSA key could be made")
      }
      key = .rsa(rsa)
    }
  }

  package init(der: [UInt8]) throws(SyntaxError) {
    if let seed = SignatureDER.ed25519Seed(der),
      let ed25519 = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    {
      key = .ed25519(ed25519)
    } else if let rsa = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: der) {
      key = .rsa(rsa)
    } else {
      throw SyntaxError(expected: "an RSA key of 1024 bits or more, or an Ed25519 key", at: 0)
    }
  }

  /// Reads the first private key of a text; what stands before it is passed over (RFC 7468 §2).
  package init(pem: [UInt8]) throws(SyntaxError) {
    guard pem.count <= Self.sizeLimit else {
      throw SyntaxError(expected: "a key of at most \(Self.sizeLimit) octets", at: Self.sizeLimit)
    }
    let lines = pem.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    let begin = lines.firstIndex { Self.isLine($0, "BEGIN") }
    let end = lines.firstIndex { Self.isLine($0, "END") }
    guard let begin, let end, begin < end else {
      throw SyntaxError(expected: "-----BEGIN PRIVATE KEY-----", at: 0)
    }
    guard let der = Base64.decode(Array(lines[(begin + 1)..<end].joined())) else {
      throw SyntaxError(expected: "a key that is not encrypted", at: lines[begin].endIndex)
    }
    try self.init(der: der)
  }

  private static func isLine(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
    ["PRIVATE KEY", "RSA PRIVATE KEY"].contains { label in
      line.elementsEqual("-----\(word) \(label)-----".utf8)
    }
  }

  package var type: SignatureKeyType {
    if case .rsa = key { .rsa } else { .ed25519 }
  }

  package var bits: Int {
    if case .rsa(let rsa) = key { rsa.keySizeInBits } else { 256 }
  }

  /// As `p=` of a key record holds it: a SubjectPublicKeyInfo, or the 32 octets of Ed25519 (RFC
  /// 8463 §4).
  package var publicKey: [UInt8] {
    switch key {
    case .rsa(let rsa): Array(rsa.publicKey.derRepresentation)
    case .ed25519(let ed25519): Array(ed25519.publicKey.rawRepresentation)
    }
  }

  package func der(_ form: Form = .pkcs8) -> [UInt8] {
    switch key {
    case .rsa(let rsa):
      Array(form == .pkcs8 ? rsa.pkcs8DERRepresentation : rsa.derRepresentation)
    case .ed25519(let ed25519): SignatureDER.ed25519PKCS8(Array(ed25519.rawRepresentation))
    }
  }

  package func pem(_ form: Form = .pkcs8) -> String {
    let label = form == .pkcs1 && type == .rsa ? "RSA PRIVATE KEY" : "PRIVATE KEY"
    var text = "-----BEGIN \(label)-----\n"
    var rest = Base64.encode(der(form)).utf8[...]
    while !rest.isEmpty {
      text += "\(Substring(rest.prefix(64)))\n"
      rest = rest.dropFirst(64)
    }
    return text + "-----END \(label)-----\n"
  }

  /// Signs the SHA-256 of octets, as `SignaturePublicKey` verifies.
  package func sign(_ octets: [UInt8]) throws(SigningFailure) -> [UInt8] {
    let digest = SHA256.hash(data: octets)
    do {
      switch key {
      case .rsa(let rsa):
        return Array(
          try rsa.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
      case .ed25519(let ed25519): return Array(try ed25519.signature(for: Array(digest)))
      }
    } catch {
      throw SigningFailure(description: "the key can't sign")
    }
  }
}
