/// The little of DER that DANE needs: where a certificate's public key stands (RFC 5280 §4.1).
///
///     Certificate    ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }
///     TBSCertificate ::= SEQUENCE { version [0] OPTIONAL, serialNumber INTEGER,
///                                   signature SEQUENCE,
///                                   issuer SEQUENCE, validity SEQUENCE, subject SEQUENCE,
///                                   subjectPublicKeyInfo SEQUENCE, ... }
struct DER {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static let sequence: UInt8 = 0x30
  private static let integer: UInt8 = 0x02
  private static let version: UInt8 = 0xA0

  /// One element with its head.
  private struct Element {
    let tag: UInt8
    let whole: Range<Int>
    let content: Range<Int>
  }

  /// Whether the octets are one SEQUENCE and nothing else.
  var isOneSequence: Bool {
    guard let element = element(in: 0..<bytes.count) else { return false }
    return element.tag == Self.sequence && element.whole.upperBound == bytes.count
  }

  /// The SubjectPublicKeyInfo with its head; nil for what is no certificate.
  var subjectPublicKeyInfo: ArraySlice<UInt8>? {
    guard isOneSequence, let certificate = element(in: 0..<bytes.count),
      let signed = element(in: certificate.content), signed.tag == Self.sequence,
      var next = element(in: signed.content)
    else { return nil }
    var tags = [Self.integer] + Array(repeating: Self.sequence, count: 5)
    if next.tag == Self.version { tags.insert(Self.version, at: 0) }
    for (number, tag) in tags.enumerated() {
      guard next.tag == tag else { return nil }
      if number == tags.count - 1 { return bytes[next.whole] }
      guard let following = element(in: next.whole.upperBound..<signed.content.upperBound)
      else { return nil }
      next = following
    }
    return nil
  }

  /// The element at the front of a range, wholly within it.
  private func element(in range: Range<Int>) -> Element? {
    guard range.count >= 2 else { return nil }
    let (tag, first) = (bytes[range.lowerBound], Int(bytes[range.lowerBound + 1]))
    // Tags of more than one octet and lengths without an end stand in no certificate.
    guard tag & 0x1F != 0x1F, first != 0x80 else { return nil }
    var (length, start) = (first, range.lowerBound + 2)
    if first > 0x80 {
      let count = first & 0x7F
      guard count <= 4, start + count <= range.upperBound else { return nil }
      length = bytes[start..<(start + count)].reduce(0) { $0 << 8 | Int($1) }
      start += count
    }
    guard length <= range.upperBound - start else { return nil }
    return Element(
      tag: tag, whole: range.lowerBound..<(start + length), content: start..<(start + length))
  }
}
