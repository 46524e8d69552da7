import Crypto
import Foundation
import SwiftASN1
import X509

/// An authority that certifies the peers of one test, in PEM for programs of others.
struct PeerAuthority {
  /// A certificate with its key, and what TLSA records would say of it.
  struct Identity {
    /// The key and then the certificate, as Postfix and Python take them.
    let pem: String
    /// The hexadecimal SHA-256 of its SubjectPublicKeyInfo, for `3 1 1`.
    let keyDigest: String
  }

  private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
  private let root: Certificate

  init() throws {
    root = try Self.make("Peer Root", [], key.publicKey, issuer: nil, by: key, days: -1...30)
  }

  var pem: String { get throws { try root.serializeAsPEM().pemString + "\n" } }

  /// The hexadecimal SHA-256 of the whole certificate, for `2 0 1`.
  var digest: String {
    get throws { Self.hex(SHA256.hash(data: try root.serializeAsPEM().derBytes)) }
  }

  /// What the authority certifies, the way to it included.
  func identity(_ names: [String], days: ClosedRange<Int> = -1...30) throws -> Identity {
    let own = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let certificate = try Self.make(
      "Peer", names, own.publicKey, issuer: root, by: key, days: days)
    return Identity(
      pem: try own.serializeAsPEM().pemString + "\n" + certificate.serializeAsPEM().pemString + "\n"
        + pem, keyDigest: try Self.keyDigest(own))
  }

  private static func keyDigest(_ key: Certificate.PrivateKey) throws -> String {
    var serializer = DER.Serializer()
    try serializer.serialize(key.publicKey)
    return hex(SHA256.hash(data: serializer.serializedBytes))
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func make(
    _ name: String, _ names: [String], _ publicKey: Certificate.PublicKey, issuer: Certificate?,
    by key: Certificate.PrivateKey, days: ClosedRange<Int>
  ) throws -> Certificate {
    let subject = try DistinguishedName { CommonName(name) }
    return try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: Date() + Double(days.lowerBound) * 86_400,
      notValidAfter: Date() + Double(days.upperBound) * 86_400,
      issuer: issuer?.subject ?? subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        if issuer == nil {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        } else {
          Critical(BasicConstraints.notCertificateAuthority)
        }
        if !names.isEmpty { SubjectAlternativeNames(names.map { .dnsName($0) }) }
      }, issuerPrivateKey: key)
  }
}
