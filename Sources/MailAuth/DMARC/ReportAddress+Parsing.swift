import Mail

extension ReportAddress {
  /// `dmarc-uri = URI [ "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] ]` (RFC 7489 §6.4). In a URI proper
  /// `,`, `!` and `;` stand percent-encoded.
  package init?(parsing bytes: ArraySlice<UInt8>) {
    let mark = bytes.firstIndex(of: 0x21)
    let octets = bytes[..<(mark ?? bytes.endIndex)]
    guard let uri = URIText(octets) else { return nil }
    var limit: UInt64?
    if let mark {
      guard let size = Self.size(bytes[(mark + 1)...]) else { return nil }
      limit = size
    }
    self.init(uri: uri.text, mailbox: uri.mailbox, sizeLimit: limit)
  }

  private static func size(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    let unit = bytes[digits.endIndex...].map { $0 | 0x20 }
    guard !digits.isEmpty, digits.count <= 9,
      let count = UInt64(String(decoding: digits, as: UTF8.self))
    else { return nil }
    switch unit {
    case []: return count
    case [0x6B]: return count << 10
    case [0x6D]: return count << 20
    case [0x67]: return count << 30
    case [0x74]: return count << 40
    default: return nil
    }
  }
}

/// A URI as records of report addresses hold it (RFC 3986 §3): checked as far as it decides who is
/// written to.
struct URIText {
  let text: String
  /// In lower case (RFC 3986 §3.1).
  let scheme: String
  private let rest: ArraySlice<UInt8>

  /// Octets of one URI.
  static let lengthLimit = 2000

  /// `scheme ":" 1*( unreserved / reserved / pct-encoded )`.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count <= Self.lengthLimit, let colon = bytes.firstIndex(of: 0x3A),
      let first = bytes.first, Self.isLetter(first)
    else { return nil }
    let name = bytes[..<colon]
    rest = bytes[(colon + 1)...]
    guard name.allSatisfy(Self.isSchemeByte), !rest.isEmpty, rest.allSatisfy(Self.isURIByte),
      Self.decoded(rest) != nil
    else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
    scheme = String(decoding: name.map { Self.isLetter($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// Whom a `mailto:` without header fields writes to, if it is exactly one (RFC 6068 §2). Fields
  /// behind `?` are dropped: nobody but us says what a report's header has.
  var mailbox: Mailbox? {
    guard scheme == "mailto" else { return nil }
    let address = rest.prefix { $0 != 0x3F }
    return Self.decoded(address).flatMap { String(validating: $0, as: UTF8.self) }
      .flatMap(Mailbox.init)
  }

  /// The host of an `https` URI; nil where it has a user or a port that is no number.
  var host: Domain? {
    guard scheme == "https", rest.starts(with: "//".utf8) else { return nil }
    let authority = rest.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
    let host = authority.prefix { $0 != 0x3A }
    let port = authority.dropFirst(host.count + 1)
    guard port.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return try? Domain(parsing: host)
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == 0x25 {
        guard index + 2 < bytes.endIndex, let high = hex(bytes[index + 1]),
          let low = hex(bytes[index + 2])
        else { return nil }
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isSchemeByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
  }

  private static let symbols = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)

  private static func isURIByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || symbols.contains(byte)
  }
}
