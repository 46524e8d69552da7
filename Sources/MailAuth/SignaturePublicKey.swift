import Crypto
import CryptoExtras

/// A key that verifies, as `p=` of a key record holds it.
package struct SignaturePublicKey: Sendable {
  private enum Key: Sendable {
    case rsa(_RSA.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
  }

  private let key: Key
  package let bits: Int

  /// RFC 8301 §3.2: less than 1024 bits is never valid; 4096 must be verified, beyond 8192 it is an
  /// attack on our time.
  package static let rsaBits = 1024...8192

  package init(_ octets: [UInt8], _ type: SignatureKeyType) throws(SignatureFault) {
    switch type {
    case .rsa:
      bits = try Self.rsaSize(octets)
      guard let rsa = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: octets) else {
        throw SignatureFault(.keySyntax, "the key in the DNS is no RSA key")
      }
      key = .rsa(rsa)
    case .ed25519:
      bits = 256
      guard let ed25519 = try? Curve25519.Signing.PublicKey(rawRepresentation: octets) else {
        throw SignatureFault(.keySyntax, "the key in the DNS is no Ed25519 key")
      }
      key = .ed25519(ed25519)
    }
  }

  private static func rsaSize(_ octets: [UInt8]) throws(SignatureFault) -> Int {
    guard let bits = SignatureDER.rsaModulusBits(octets) else {
      throw SignatureFault(.keySyntax, "the key in the DNS is no RSA key")
    }
    guard bits >= rsaBits.lowerBound else {
      throw SignatureFault(
        .keyTooSmall, "its RSA key of \(bits) bits is too small to prove anything")
    }
    guard bits <= rsaBits.upperBound else {
      throw SignatureFault(.keyTooLarge, "its RSA key of \(bits) bits is larger than we judge")
    }
    return bits
  }

  /// PKCS#1 v1.5 over the hash (RFC 6376 §3.3.2), or Ed25519 over the hash as a message (RFC 8463
  /// §3).
  func isValid(_ signature: [UInt8], for digest: SHA256.Digest) -> Bool {
    switch key {
    case .rsa(let rsa):
      rsa.isValidSignature(
        .init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
    case .ed25519(let ed25519):
      ed25519.isValidSignature(signature, for: Array(digest))
    }
  }
}
