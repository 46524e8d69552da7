import Mail

/// Pages within scripts: what `document.write(atob("…"))` and `unescape("%3Cform…")` would show. The
/// literals are decoded and read as mark-up again, a few times over.
enum PageUnwrapping {
  /// Layers that are undone.
  static let depth = 3
  /// Pages of one script that are read.
  private static let literalLimit = 20
  /// Octets below which a literal holds no page.
  private static let least = 40

  /// What the script's literals are when decoded, where that is mark-up, and whether there are more.
  static func pages(in script: [UInt8]) -> (pages: [[UInt8]], isCut: Bool) {
    var found: [[UInt8]] = []
    let percents = percentDecoded(script)
    if percents.count < script.count, isMarkup(percents) { found.append(percents) }
    var at = 0
    while let start = script[at...].firstIndex(where: isLiteral) {
      at = script[start...].firstIndex { !isLiteral($0) } ?? script.count
      guard at - start >= least else { continue }
      let decoded = BodyDecoder.decode(script[start..<at], .base64).octets
      guard isMarkup(decoded) else { continue }
      if found.count == literalLimit { return (found, true) }
      found.append(decoded)
    }
    return (found, false)
  }

  private static func isLiteral(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2B
      || byte == 0x2F || byte == 0x3D
  }

  /// Text with tags: mostly printable, and a `<` before a letter near its start.
  private static func isMarkup(_ octets: [UInt8]) -> Bool {
    let head = octets.prefix(4096)
    guard let open = head.firstIndex(of: 0x3C), open + 1 < octets.count else { return false }
    let strange = head.count { $0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    let next = octets[open + 1]
    return strange == 0 && ((0x61...0x7A).contains(next | 0x20) || next == 0x21 || next == 0x2F)
  }

  /// `%3C` and `\x3c` undone.
  static func percentDecoded(_ octets: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(octets.count)
    var at = 0
    while at < octets.count {
      let isPercent = octets[at] == 0x25
      let isEscape = octets[at] == 0x5C && at + 1 < octets.count && octets[at + 1] == 0x78
      let digits = at + (isPercent ? 1 : 2)
      if isPercent || isEscape, digits + 1 < octets.count, let high = value(octets[digits]),
        let low = value(octets[digits + 1])
      {
        output.append(high << 4 | low)
        at = digits + 2
      } else {
        output.append(octets[at])
        at += 1
      }
    }
    return output
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
