import Mail

// Names as zone files write them (RFC 1035 §5.1): a backslash before an octet takes its meaning, three
// digits behind it are an octet's number.

extension DNSName: CustomStringConvertible {
  /// Reads a whole text; a missing dot at its end is thought there.
  package init?(_ text: String) {
    guard let name = try? DNSName(text: Array(text.utf8)[...], origin: .root) else { return nil }
    self = name
  }

  /// `@` is the origin, and so is what a name without a dot at its end lacks.
  init(text: ArraySlice<UInt8>, origin: DNSName) throws(SyntaxError) {
    if text.elementsEqual([0x40]) {
      self = origin
      return
    }
    if text.elementsEqual([0x2E]) {
      self = .root
      return
    }
    let (labels, isWhole) = try Self.labels(text)
    let tail = isWhole ? [] : origin.labels.map(Array.init)
    guard let name = DNSName(labels: labels + tail) else {
      throw SyntaxError(expected: "a name of labels of 1 to 63 octets, 255 in all", at: 0)
    }
    self = name
  }

  private static func labels(
    _ text: ArraySlice<UInt8>
  ) throws(SyntaxError) -> (labels: [[UInt8]], isWhole: Bool) {
    var labels: [[UInt8]] = []
    var label: [UInt8] = []
    var at = text.startIndex
    while at < text.endIndex {
      if text[at] == 0x2E {
        labels.append(label)
        label = []
        at += 1
      } else {
        label.append(try EscapedText.next(text, &at))
      }
    }
    if label.isEmpty, !labels.isEmpty { return (labels, true) }
    return (labels + [label], false)
  }

  /// Without the dot at the end; the root as `.`.
  package var description: String {
    let labels = labels
    if labels.isEmpty { return "." }
    return labels.map(EscapedText.escape).joined(separator: ".")
  }
}

/// The escapes of zone files.
enum EscapedText {
  /// The octet at `at`, which moves behind it.
  static func next(_ text: ArraySlice<UInt8>, _ at: inout Int) throws(SyntaxError) -> UInt8 {
    let start = at
    at += 1
    guard text[start] == 0x5C else { return text[start] }
    let wrong = SyntaxError(
      expected: "an octet's number of three digits or one octet behind the backslash",
      at: start - text.startIndex)
    guard at < text.endIndex else { throw wrong }
    guard isDigit(text[at]) else {
      at += 1
      return text[at - 1]
    }
    guard at + 3 <= text.endIndex, text[at..<(at + 3)].allSatisfy(isDigit) else { throw wrong }
    let number = text[at..<(at + 3)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard let octet = UInt8(exactly: number) else { throw wrong }
    at += 3
    return octet
  }

  static func octets(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> [UInt8] {
    var octets: [UInt8] = []
    var at = text.startIndex
    while at < text.endIndex { octets.append(try next(text, &at)) }
    return octets
  }

  static func escape(_ label: ArraySlice<UInt8>) -> String {
    var text = ""
    for byte in label {
      switch byte {
      case 0x22, 0x24, 0x28, 0x29, 0x2E, 0x3B, 0x40, 0x5C:
        text += "\\"
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x21...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte)
        text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      }
    }
    return text
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
