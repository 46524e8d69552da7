import Mail

/// Reads the data of records as they stand in an answer, names uncompressed (RFC 1035 §3.3). What does
/// not fit gives nil, and the record is passed over.
enum RecordData {
  static func address(_ bytes: [UInt8]) -> IPAddress? {
    bytes.count == 4 || bytes.count == 16 ? IPAddress(bytes: bytes) : nil
  }

  static func mailExchanger(_ bytes: [UInt8]) -> MailExchanger? {
    guard bytes.count > 2 else { return nil }
    let preference = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    if bytes.dropFirst(2).elementsEqual([0]) {
      return MailExchanger(preference: preference, host: nil)
    }
    return domain(Array(bytes[2...])).map { MailExchanger(preference: preference, host: $0) }
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

  /// A name of labels, ended by the root; nil for one that is no host name.
  static func domain(_ bytes: [UInt8]) -> Domain? {
    var name: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let length = Int(bytes[at])
      if length == 0 { return at + 1 == bytes.count ? try? Domain(parsing: name) : nil }
      let end = at + 1 + length
      guard length <= Domain.labelLimit, end < bytes.count else { return nil }
      if !name.isEmpty { name.append(0x2E) }
      name += bytes[(at + 1)..<end]
      at = end
    }
    return nil
  }
}

extension IPAddress {
  /// The name below which PTR records stand.
  var reverseName: String {
    let octets = octets
    if octets.count == 4 {
      return octets.reversed().map { "\($0)" }.joined(separator: ".") + ".in-addr.arpa"
    }
    let digits = octets.flatMap { [$0 >> 4, $0 & 15] }.reversed()
    return digits.map { String($0, radix: 16) }.joined(separator: ".") + ".ip6.arpa"
  }
}
