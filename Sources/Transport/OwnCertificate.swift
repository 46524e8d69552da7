import Crypto
import Foundation
package import Mail
import SwiftASN1
import X509

/// The certificate that the gate makes for itself at its first start, so that STARTTLS works before
/// anyone has bought or fetched one. Nobody can verify it; it hides the mail from listeners, no more.
package struct OwnCertificate: Sendable {
  /// PEM texts.
  package let certificate: String
  package let key: String

  /// Days that it is valid: long, since nothing renews it and nobody verifies it.
  private static let validDays = 3650

  /// Makes a P-256 key and a self-signed certificate for a host name.
  package init(hostname: String, now: Timestamp) throws(TLSFault) {
    do {
      let today = Date(timeIntervalSince1970: Double(now.seconds))
      let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
      let name = try DistinguishedName { CommonName(hostname) }
      let made = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
        notValidBefore: today - 86_400, notValidAfter: today + Double(Self.validDays) * 86_400,
        issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
        extensions: try Certificate.Extensions {
          Critical(BasicConstraints.notCertificateAuthority)
          Critical(KeyUsage(digitalSignature: true))
          try ExtendedKeyUsage([.serverAuth])
          SubjectAlternativeNames([.dnsName(hostname)])
        },
        issuerPrivateKey: key)
      certificate = try made.serializeAsPEM().pemString + "\n"
      self.key = try key.serializeAsPEM().pemString + "\n"
    } catch {
      throw .unusable("\(error)")
    }
  }
}
