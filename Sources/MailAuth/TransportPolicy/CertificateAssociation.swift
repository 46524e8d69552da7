import Crypto
import Foundation

/// A TLSA record: what a host's certificate must be (RFC 6698 §2.1).
///
///     usage (1 octet)  selector (1 octet)  matching type (1 octet)  association
package struct CertificateAssociation: Hashable, Sendable {
  /// 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 §2.1).
  package let usage: UInt8
  /// 0 the whole certificate, 1 its SubjectPublicKeyInfo.
  package let selector: UInt8
  /// 0 the octets themselves, 1 SHA-256, 2 SHA-512.
  package let matchingType: UInt8
  package let association: [UInt8]

  package init(usage: UInt8, selector: UInt8, matchingType: UInt8, association: [UInt8]) {
    self.usage = usage
    self.selector = selector
    self.matchingType = matchingType
    self.association = association
  }

  /// Nil for data too short to be a record.
  package init?(rdata: some Collection<UInt8>) {
    let bytes = Array(rdata)
    guard bytes.count > 3 else { return nil }
    self.init(
      usage: bytes[0], selector: bytes[1], matchingType: bytes[2], association: Array(bytes[3...]))
  }

  /// Whether SMTP can do anything with it (RFC 7672 §3.1): the PKIX usages are not for SMTP, and what
  /// is unknown or of the wrong length can match nothing.
  package var isUsable: Bool {
    guard usage == 2 || usage == 3, selector <= 1 else { return false }
    switch matchingType {
    case 0: return DER(association).isOneSequence
    case 1: return association.count == 32
    case 2: return association.count == 64
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
    case 0: return selected.elementsEqual(association)
    case 1: return SHA256.hash(data: selected).elementsEqual(association)
    default: return SHA512.hash(data: selected).elementsEqual(association)
    }
  }
}
