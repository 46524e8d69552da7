/// A TLSA record (RFC 6698 §2.1): which certificate a service will show. The numbers are kept as they
/// come; who uses the record says which of them it understands (RFC 7672 §3.1).
package struct CertificateAssociation: Hashable, Sendable {
  package let usage: UInt8
  package let selector: UInt8
  package let matchingType: UInt8
  /// A certificate, a key, or the hash of one.
  package let octets: [UInt8]

  package init(usage: UInt8, selector: UInt8, matchingType: UInt8, octets: [UInt8]) {
    self.usage = usage
    self.selector = selector
    self.matchingType = matchingType
    self.octets = octets
  }
}
