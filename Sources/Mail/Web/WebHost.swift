import CCharset

/// Where a URL leads (WHATWG URL §3).
package enum WebHost: Hashable, Sendable {
  /// Lower-case ASCII, `xn--` for what was not.
  case name(String)
  case ipv4(UInt32)
  case ipv6(high: UInt64, low: UInt64)
  /// Of a scheme that browsers do not know, percent-encoded.
  case opaque(String)
  /// `file:///`.
  case empty

  /// Octets of a name: 253 of the DNS, each percent-encoded and four octets of UTF-8 for a letter.
  private static let nameLimit = 4096

  /// Reads what stands between `//` (or `@`) and the port or path; nil when it is no host.
  static func parse(
    _ bytes: ArraySlice<UInt8>, isSpecial: Bool, _ oddities: inout Set<WebAddress.Oddity>
  ) -> WebHost? {
    if bytes.first == 0x5B { return bracketed(bytes) }
    guard isSpecial else { return opaque(bytes) }
    let plain = percentDecoded(bytes)
    if hidesName(bytes) { oddities.insert(.encodedHost) }
    guard let name = asciiName(plain, &oddities), !name.isEmpty,
      !name.contains(where: isForbiddenInName)
    else { return nil }
    guard endsInNumber(name) else { return .name(String(decoding: name, as: UTF8.self)) }
    guard let number = ipv4(name) else { return nil }
    if IPAddress(String(decoding: name, as: UTF8.self)) == nil { oddities.insert(.numericHost) }
    return .ipv4(number)
  }

  /// The domain that a name in any letters stands for once it is mapped; nil for none.
  package static func mapped(_ bytes: [UInt8]) -> Domain? {
    var oddities: Set<WebAddress.Oddity> = []
    return asciiName(bytes, &oddities).flatMap { try? Domain(parsing: $0) }
  }

  private static func bracketed(_ bytes: ArraySlice<UInt8>) -> WebHost? {
    guard bytes.count > 2, bytes.last == 0x5D else { return nil }
    let text = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    guard text.utf8.contains(0x3A) else { return nil }
    switch IPAddress(text) {
    case .v4(let number): return .ipv6(high: 0, low: 0xFFFF << 32 | UInt64(number))
    case .v6(let high, let low): return .ipv6(high: high, low: low)
    case nil: return nil
    }
  }

  private static func opaque(_ bytes: ArraySlice<UInt8>) -> WebHost? {
    guard !bytes.contains(where: isForbidden) else { return nil }
    return bytes.isEmpty ? .empty : .opaque(PercentEncoding.control.encode(bytes))
  }

  /// The name in lower-case ASCII (WHATWG "domain to ASCII", UTS #46).
  private static func asciiName(
    _ bytes: [UInt8], _ oddities: inout Set<WebAddress.Oddity>
  ) -> [UInt8]? {
    guard bytes.count <= nameLimit else { return nil }
    let lowered = bytes.map(\.lowered)
    if bytes.allSatisfy({ $0 < 0x80 }), !hasEncodedLabel(lowered) { return lowered }
    let text = String(decoding: lowered, as: UTF8.self)
    let name = Array(Self.remapped(text).utf8)
    var output = [UInt8](repeating: 0, count: 4 * name.count + 64)
    let count = name_to_ascii(name, name.count, &output, output.count)
    guard count >= 0, Int(count) <= output.count else {
      // What is ASCII already goes to the DNS even when its Punycode means nothing.
      return bytes.allSatisfy { $0 < 0x80 } ? lowered : nil
    }
    let isPlain = Domain(text)?.ascii.utf8.elementsEqual(output.prefix(Int(count))) == true
    if !isPlain || text.unicodeScalars.contains(where: { (0xFF01...0xFF5E).contains($0.value) }) {
      oddities.insert(.mappedHost)
    }
    return Array(output.prefix(Int(count)))
  }

  /// What later versions of UTS #46 map and ICU 72 still refuses: capitals without a partner in Unicode
  /// 3.2, marks that show nothing, and corrected ideographs. Clients are newer than our ICU.
  private static func remapped(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x206A...0x206F, 0x3164, 0xFFA0,
        0x1D173...0x1D17A:
        continue
      case 0x1E9E: scalars.append("ß")
      case 0x04C0, 0x2183, 0x2132, 0x10A0...0x10C5:
        scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      case 0x2F868: scalars.append("\u{36FC}")
      case 0x2F874: scalars.append("\u{5F53}")
      case 0x2F91F: scalars.append("\u{243AB}")
      case 0x2F95F: scalars.append("\u{7AEE}")
      case 0x2F9BF: scalars.append("\u{45D7}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func hasEncodedLabel(_ name: [UInt8]) -> Bool {
    name.split(separator: 0x2E).contains { $0.starts(with: [0x78, 0x6E, 0x2D, 0x2D]) }
  }

  static func percentDecoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.contains(0x25) else { return Array(bytes) }
    var output: [UInt8] = []
    var at = bytes.startIndex
    while at < bytes.endIndex {
      if bytes[at] == 0x25, at + 2 < bytes.endIndex, let high = bytes[at + 1].hexValue,
        let low = bytes[at + 2].hexValue
      {
        output.append(high << 4 | low)
        at += 3
      } else {
        output.append(bytes[at])
        at += 1
      }
    }
    return output
  }

  /// Whether a letter, digit or dot, or an octet beyond ASCII, is written as an escape. A template's braces
  /// (`$%7Bhost%7D`) hide nothing.
  private static func hidesName(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.indices.dropLast(2).contains { at in
      guard bytes[at] == 0x25, let high = bytes[at + 1].hexValue, let low = bytes[at + 2].hexValue
      else { return false }
      let octet = high << 4 | low
      return octet >= 0x80 || octet == 0x2D || octet == 0x2E || (0x30...0x39).contains(octet)
        || (0x61...0x7A).contains(octet | 0x20)
    }
  }

  /// WHATWG "forbidden host code point".
  private static func isForbidden(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00, 0x09, 0x0A, 0x0D, 0x20, 0x23, 0x2F, 0x3A, 0x3C, 0x3E, 0x3F, 0x40, 0x5B...0x5E, 0x7C:
      true
    default: false
    }
  }

  private static func isForbiddenInName(_ byte: UInt8) -> Bool {
    isForbidden(byte) || byte < 0x20 || byte == 0x25 || byte == 0x7F
  }

  // MARK: Numbers

  private static func parts(_ name: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts = name.split(separator: 0x2E, omittingEmptySubsequences: false)
    if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
    return parts
  }

  /// WHATWG "ends in a number checker": such a host is an IPv4 address or none at all.
  private static func endsInNumber(_ name: [UInt8]) -> Bool {
    guard let last = parts(name).last, !last.isEmpty else { return false }
    return last.allSatisfy { (0x30...0x39).contains($0) } || number(last) != nil
  }

  /// One to four numbers, the last filling what is left: `127.1`, `0x7f000001`.
  private static func ipv4(_ name: [UInt8]) -> UInt32? {
    let parts = parts(name)
    guard parts.count <= 4 else { return nil }
    var address: UInt64 = 0
    for (index, part) in parts.enumerated() {
      guard let value = number(part) else { return nil }
      let isLast = index == parts.count - 1
      let room = isLast ? 8 * UInt64(5 - parts.count) : 8
      guard value < 1 << room else { return nil }
      address += value << (isLast ? 0 : UInt64(24 - 8 * index))
    }
    return UInt32(exactly: address)
  }

  /// Decimal, `0x` and base 16, or `0` and base 8; more than 2³² is as good as 2³².
  private static func number(_ part: ArraySlice<UInt8>) -> UInt64? {
    guard !part.isEmpty else { return nil }
    var (digits, base): (ArraySlice<UInt8>, UInt64) = (part, 10)
    if part.count >= 2, part.first == 0x30 {
      let isHex = part[part.startIndex + 1].lowered == 0x78
      (digits, base) = (part.dropFirst(isHex ? 2 : 1), isHex ? 16 : 8)
    }
    var value: UInt64 = 0
    for digit in digits {
      guard let next = digit.hexValue, UInt64(next) < base else { return nil }
      value = min(value * base + UInt64(next), 1 << 32)
    }
    return value
  }
}

extension WebHost: CustomStringConvertible {
  package var description: String {
    switch self {
    case .name(let name), .opaque(let name): name
    case .ipv4(let number): "\(IPAddress.v4(number))"
    case .ipv6(let high, let low): "[" + Self.groups(high, low) + "]"
    case .empty: ""
    }
  }

  /// RFC 5952 §4, and a mapped IPv4 address stays in base 16.
  private static func groups(_ high: UInt64, _ low: UInt64) -> String {
    let groups = [high, low].flatMap { half in
      [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
    }
    var (longest, run) = (0..<0, 0..<0)
    for (index, group) in groups.enumerated() {
      run = group != 0 ? 0..<0 : (run.isEmpty ? index : run.lowerBound)..<(index + 1)
      if run.count > longest.count { longest = run }
    }
    let text = groups.map { String($0, radix: 16) }
    guard longest.count > 1 else { return text.joined(separator: ":") }
    return text[..<longest.lowerBound].joined(separator: ":") + "::"
      + text[longest.upperBound...].joined(separator: ":")
  }
}

/// Which octets a part of a URL can't hold as they are (WHATWG URL §1.3); all of them from 0x7F on.
struct PercentEncoding {
  private let marks: Set<UInt8>

  static let control = PercentEncoding("")
  static let fragment = PercentEncoding(" \"<>`")
  static let query = PercentEncoding(" \"#<>")
  static let specialQuery = PercentEncoding(" \"#<>'")
  static let path = PercentEncoding(" \"#<>?^`{}")
  static let userinfo = PercentEncoding(" \"#<>?^`{}/:;=@[\\]|")

  private init(_ marks: String) { self.marks = Set(marks.utf8) }

  func encode(_ bytes: some Sequence<UInt8>) -> String {
    var output: [UInt8] = []
    for byte in bytes {
      if byte < 0x20 || byte > 0x7E || marks.contains(byte) {
        output += [0x25, Self.digit(byte >> 4), Self.digit(byte & 15)]
      } else {
        output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
