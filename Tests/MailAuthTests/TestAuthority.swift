import Crypto
import Foundation
import SwiftASN1
import X509

/// An authority of the test's own, and what it certifies.
struct TestAuthority {
  /// A certificate with its key.
  struct Identity {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    var der: [UInt8] {
      var serializer = DER.Serializer()
      // What was made a moment ago serializes.
      try? serializer.serialize(certificate)
      return serializer.serializedBytes
    }

    /// The SubjectPublicKeyInfo.
    var publicKey: [UInt8] {
      (try? certificate.publicKey.subjectPublicKeyInfoBytes).map(Array.init) ?? []
    }
  }

  let root: Identity

  init(_ name: String = "Test Root") throws {
    root = try Self.make(name, isAuthority: true, issuer: nil)
  }

  func authority(_ name: String) throws -> Identity {
    try Self.make(name, isAuthority: true, issuer: root)
  }

  /// Days are counted from now.
  static func make(
    _ name: String, names: [String] = [], isAuthority: Bool = false, issuer: Identity?,
    days: ClosedRange<Int> = -1...30, purpose: ExtendedKeyUsage.Usage? = nil
  ) throws -> Identity {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName { CommonName(name) }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: Date() + Double(days.lowerBound) * 86_400,
      notValidAfter: Date() + Double(days.upperBound) * 86_400,
      issuer: issuer?.certificate.subject ?? subject, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        if isAuthority {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        } else {
          Critical(BasicConstraints.notCertificateAuthority)
        }
        if !names.isEmpty { SubjectAlternativeNames(names.map { .dnsName($0) }) }
        if let purpose { try ExtendedKeyUsage([purpose]) }
      }, issuerPrivateKey: issuer?.key ?? key)
    return Identity(certificate: certificate, key: key)
  }
}

extension Certificate.PublicKey {
  var subjectPublicKeyInfoBytes: ArraySlice<UInt8> {
    get throws {
      var serializer = DER.Serializer()
      try serializer.serialize(self)
      return serializer.serializedBytes[...]
    }
  }
}
