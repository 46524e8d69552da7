/// A domain name as the DNS sees it: lower-case ASCII, IDN labels as `xn--`, no trailing dot.
///
/// Two spellings of one name (`EXAMPLE.jp`, `例え.jp` and its `xn--` form) are equal here, so nothing
/// that compares domains can be fooled by spelling.
package struct Domain: Hashable, Sendable {
  /// At most 253 bytes, labels of 1…63 (RFC 1035 §2.3.4).
  package let ascii: String

  package static let lengthLimit = 253
  package static let labelLimit = 63

  /// Reads `sub-domain *("." sub-domain)` (RFC 5321 §4.1.2) with U-labels (RFC 6531 §3.3).
  /// A trailing dot, an empty label and a leading or trailing hyphen are errors.
  package init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
    let bytes = Array(bytes)
    if let plain = Self.plain(bytes) {
      ascii = plain
      return
    }
    guard !bytes.isEmpty, bytes.count <= 4 * Self.lengthLimit,
      let text = String(validating: bytes, as: UTF8.self)
    else { throw SyntaxError(expected: "a domain", at: 0) }
    var offset = 0
    var labels: [String] = []
    for raw in Self.folded(text).split(separator: ".", omittingEmptySubsequences: false) {
      labels.append(try Self.label(raw, at: offset))
      offset += raw.utf8.count + 1
    }
    ascii = labels.joined(separator: ".")
    guard ascii.utf8.count <= Self.lengthLimit else {
      throw SyntaxError(expected: "at most \(Self.lengthLimit) octets of domain", at: 0)
    }
  }

  package init?(_ text: String) {
    guard let domain = try? Domain(parsing: Array(text.utf8)) else { return nil }
    self = domain
  }

  package var labels: [Substring] { ascii.split(separator: ".") }

  /// `b.c` of `a.b.c`; nil for a single label.
  package var parent: Domain? {
    ascii.firstIndex(of: ".").map { Domain(checked: String(ascii[ascii.index(after: $0)...])) }
  }

  /// Whether this is `other` or a name below it.
  package func isWithin(_ other: Domain) -> Bool {
    ascii == other.ascii || ascii.hasSuffix("." + other.ascii)
  }

  private init(checked: String) { ascii = checked }

  /// Nearly every name is letters, digits and single hyphens of ASCII: it is read in one pass. Nil for what
  /// needs a closer look, wrong names among them.
  private static func plain(_ bytes: [UInt8]) -> String? {
    let count = bytes.count
    guard count <= lengthLimit else { return nil }
    var isPlain = true
    let name = String(unsafeUninitializedCapacity: count) { room in
      // The dot before the first label.
      var (at, labelStart, previous) = (0, 0, UInt8(0x2E))
      for byte in bytes {
        let lower = byte.lowered
        if lower == 0x2E {
          isPlain = at > labelStart && previous != 0x2D
          labelStart = at + 1
        } else if lower == 0x2D {
          // Two in a row may be an A-label's.
          isPlain = at > labelStart && previous != 0x2D
        } else {
          isPlain = lower &- 0x61 < 26 || lower &- 0x30 < 10 || lower == 0x5F
        }
        guard isPlain, at - labelStart < labelLimit else {
          isPlain = false
          return 0
        }
        room[at] = lower
        previous = lower
        at += 1
      }
      isPlain = at > labelStart && previous != 0x2D
      return at
    }
    return isPlain ? name : nil
  }

  private static func label(_ raw: Substring, at offset: Int) throws(SyntaxError) -> String {
    let wrong = SyntaxError(expected: "a domain label", at: offset)
    guard !raw.isEmpty else { throw wrong }
    if raw.utf8.allSatisfy({ $0 < 0x80 }) {
      guard isLetDigHyphen(raw) else { throw wrong }
      if raw.hasPrefix("xn--") { try checkEncoded(raw, or: wrong) }
      return String(raw)
    }
    guard raw.unicodeScalars.allSatisfy(isLabelScalar), !beginsWithMark(raw),
      let code = Punycode.encode(Array(raw.unicodeScalars))
    else { throw wrong }
    let encoded = "xn--" + String(decoding: code, as: UTF8.self)
    guard encoded.utf8.count <= labelLimit, isLetDigHyphen(encoded[...]) else { throw wrong }
    return encoded
  }

  /// `Let-dig [Ldh-str]` of 1…63 octets, lower case by now. An underscore is let through: mail from
  /// hosts that have one is common, and it disguises nothing.
  private static func isLetDigHyphen(_ label: Substring) -> Bool {
    guard label.utf8.count <= labelLimit, label.utf8.first != 0x2D, label.utf8.last != 0x2D
    else { return false }
    return label.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
    }
  }

  /// An A-label must be what its own decoding encodes to, or two spellings would be one name.
  private static func checkEncoded(_ label: Substring, or wrong: SyntaxError) throws(SyntaxError) {
    let code = Array(label.utf8.dropFirst(4))
    guard let scalars = Punycode.decode(code), scalars.contains(where: { !$0.isASCII }),
      scalars.allSatisfy(isLabelScalar), Punycode.encode(scalars) == code
    else { throw wrong }
  }

  /// Lower case, full-width forms and ideographic full stops as ASCII (UTS #46 §4, IDNA mapping).
  private static func folded(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x3002, 0xFF0E, 0xFF61: scalars.append(".")
      case 0xFF01...0xFF5E: scalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
      default: scalars.append(scalar)
      }
    }
    return String(scalars).lowercased()
  }

  /// A label never begins with a combining mark (RFC 5891 §4.2.3.2).
  private static func beginsWithMark(_ label: Substring) -> Bool {
    switch label.unicodeScalars.first?.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// Letters, digits and marks; nothing invisible, no controls, no symbols (RFC 5892 in short).
  private static func isLabelScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isLetDigHyphen(Substring("a" + String(scalar) + "a")) }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
      .spacingMark:
      return !scalar.properties.isDefaultIgnorableCodePoint
    default: return scalar.value == 0x30FB || scalar.value == 0x00B7  // RFC 5892 A.7, A.3
    }
  }
}

extension Domain: CustomStringConvertible {
  package var description: String { ascii }
}
