import Crypto
package import DNS
import Foundation

/// What the numbers of a TLSA record mean (RFC 6698 §2.1, RFC 7218 §2):
///
///     usage          0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE
///     selector       0 the whole certificate, 1 its SubjectPublicKeyInfo
///     matching type  0 the octets themselves, 1 SHA-256, 2 SHA-512
extension CertificateAssociation {
  /// Whether SMTP can do anything with it (RFC 7672 §3.1): the PKIX usages are not for SMTP, and
  /// what is unknown or of the wrong length can match nothing.
  package var isUsable: Bool {
    guard usage == 2 || usage == 3, selector <= 1 else { return false }
    switch matchingType {
    case 0: return DER(octets).isOneSequence
    case 1: return octets.count == 32
    case 2: return octets.count == 64
    default: return false
    }
  }

  /// Whether a certificate (DER) is what the record says.
  package func matches(_ certificate: [UInt8]) -> Bool {
    guard isUsable else { return false }
    let selected =
      selector == 0 ? certificate[...] : DER(certificate).subjectPublicKeyInfo
    guard let selected else { return false }
    switch matchingType {
    case 0: return selected.elementsEqual(octets)
    case 1: return SHA256.hash(data: selected).elementsEqual(octets)
    default: return SHA512.hash(data: selected).elementsEqual(octets)
    }
  }
}
