package import Mail

/// Reads the data of records as they stand in an answer, names uncompressed (RFC 1035 §3.3). What does
/// not fit gives nil, and the record is passed over.
package enum RecordData {
  static func address(_ bytes: [UInt8]) -> IPAddress? {
    bytes.count == 4 || bytes.count == 16 ? IPAddress(bytes: bytes) : nil
  }

  static func mailExchanger(_ bytes: [UInt8]) -> MailExchanger? {
    guard bytes.count > 2, let host = DNSName(wire: bytes[2...]) else { return nil }
    let preference = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    return MailExchanger(preference: preference, host: host == .root ? nil : host)
  }

  /// <character-string>s, each behind its length.
  static func text(_ bytes: [UInt8]) -> [UInt8]? {
    var text: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let end = at + 1 + Int(bytes[at])
      guard end <= bytes.count else { return nil }
      text += bytes[(at + 1)..<end]
      at = end
    }
    return text
  }

  static func name(_ bytes: [UInt8]) -> DNSName? { DNSName(wire: bytes) }

  static func certificateAssociation(_ bytes: [UInt8]) -> CertificateAssociation? {
    guard bytes.count > 3 else { return nil }
    return CertificateAssociation(
      usage: bytes[0], selector: bytes[1], matchingType: bytes[2], octets: Array(bytes[3...]))
  }

  /// The reverse of `text`: the data of a TXT record, cut into strings of 255 octets.
  package static func text(of octets: some Collection<UInt8>) -> [UInt8] {
    let octets = Array(octets)
    var bytes: [UInt8] = octets.isEmpty ? [0] : []
    for start in stride(from: 0, to: octets.count, by: 255) {
      let piece = octets[start..<min(start + 255, octets.count)]
      bytes.append(UInt8(piece.count))
      bytes += piece
    }
    return bytes
  }
}

extension IPAddress {
  /// The name below which PTR records stand (RFC 1035 §3.5, RFC 3596 §2.5).
  var reverseName: DNSName {
    let isFour = octets.count == 4
    let labels = reverseLabels + (isFour ? ["in-addr", "arpa"] : ["ip6", "arpa"])
    return DNSName(labels: labels.map(\.utf8)) ?? .root
  }

  /// Octets of IPv4 or nibbles of IPv6 from the last to the first, as PTR records and blocklists
  /// (RFC 5782 §2.1, §2.4) are asked.
  package var reverseLabels: [String] {
    if octets.count == 4 { return octets.reversed().map { "\($0)" } }
    return octets.flatMap { [$0 >> 4, $0 & 15] }.reversed().map { String($0, radix: 16) }
  }
}
