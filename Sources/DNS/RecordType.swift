/// A type of records by its number (RFC 1035 §3.2.2 and the IANA registry).
package struct RecordType: Hashable, Sendable {
  package let number: UInt16

  package init(number: UInt16) { self.number = number }

  package static let a = RecordType(number: 1)
  package static let ns = RecordType(number: 2)
  package static let cname = RecordType(number: 5)
  package static let soa = RecordType(number: 6)
  package static let ptr = RecordType(number: 12)
  package static let mx = RecordType(number: 15)
  package static let txt = RecordType(number: 16)
  /// RFC 3596.
  package static let aaaa = RecordType(number: 28)
  /// RFC 6698, at `_25._tcp.` and the host's name.
  package static let tlsa = RecordType(number: 52)

  /// What zone files write; those that the table of `RecordLayout` can read, and those it passes over.
  static let numbers: [String: UInt16] = [
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "RP": 17,
    "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35, "CERT": 37, "DNAME": 39, "DS": 43, "SSHFP": 44,
    "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SMIMEA": 53,
    "CDS": 59, "CDNSKEY": 60, "OPENPGPKEY": 61, "CSYNC": 62, "ZONEMD": 63, "SVCB": 64,
    "HTTPS": 65, "SPF": 99, "URI": 256, "CAA": 257,
  ]

  private static let names = Dictionary(uniqueKeysWithValues: numbers.map { ($1, $0) })
}

extension RecordType: CustomStringConvertible {
  /// A mnemonic, or `TYPE52` (RFC 3597 §5).
  package init?(_ text: String) {
    let upper = text.uppercased()
    if let number = Self.numbers[upper] {
      self.init(number: number)
    } else if upper.hasPrefix("TYPE"), upper.utf8.dropFirst(4).allSatisfy(EscapedText.isDigit),
      let number = UInt16(upper.dropFirst(4))
    {
      self.init(number: number)
    } else {
      return nil
    }
  }

  package var description: String { Self.names[number] ?? "TYPE\(number)" }
}
