/// A string of a PDF (ISO 32000 §7.3.4): in brackets with escapes, or digits of base 16; UTF-16 where its
/// mark is in front.
enum PDFString {
  private static let limit = 1024

  /// The string that begins at `place`, behind white space; nil where none does.
  static func text(_ octets: [UInt8], _ place: Int) -> ArtefactName? {
    self.octets(octets, place).flatMap(name)
  }

  /// The same as it stands there.
  static func octets(_ octets: [UInt8], _ place: Int, limit: Int = limit) -> [UInt8]? {
    var at = place
    while at < octets.count, octets[at].isSpace { at += 1 }
    guard at < octets.count else { return nil }
    switch octets[at] {
    case 0x28: return literal(octets, at + 1, limit)
    case 0x3C where octets.little(at + 1, 1) != 0x3C:
      // What is no digit has no place here; another name, or string, least of all.
      let digits = octets[(at + 1)...].prefix(2 * limit).prefix {
        ![0x3E, 0x3C, 0x2F].contains($0)
      }
      .compactMap(\.hex)
      return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    default: return nil
    }
  }

  static func name(_ octets: [UInt8]) -> ArtefactName? {
    guard !octets.isEmpty else { return nil }
    guard octets.starts(with: [0xFE, 0xFF]) else { return ArtefactName(octets) }
    let units = stride(from: 2, to: octets.count - 1, by: 2).map {
      UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
    }
    return ArtefactName(String(decoding: units, as: UTF16.self))
  }

  private static let escapes: [UInt8: UInt8] = [
    0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0C,
  ]

  private static func literal(_ octets: [UInt8], _ start: Int, _ limit: Int) -> [UInt8] {
    var (text, at, depth): ([UInt8], Int, Int) = ([], start, 0)
    while at < octets.count, text.count < limit {
      let byte = octets[at]
      at += 1
      switch byte {
      case 0x5C:
        guard at < octets.count else { return text }
        let digits = octets[at...].prefix(3).prefix { (0x30...0x37).contains($0) }
        if digits.isEmpty {
          text.append(escapes[octets[at]] ?? octets[at])
          at += 1
        } else {
          text.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 & 7) }))
          at += digits.count
        }
      case 0x28:
        depth += 1
        text.append(byte)
      case 0x29:
        depth -= 1
        if depth < 0 { return text }
        text.append(byte)
      default: text.append(byte)
      }
    }
    return text
  }
}
