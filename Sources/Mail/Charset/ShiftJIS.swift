/// Shift_JIS as Windows writes it (code page 932), after the WHATWG encoding standard.
enum ShiftJIS {
  /// Where the user-defined rows 95 to 114 stand in the private use area.
  private static let userRows = 94..<114

  static func decode(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count * 3 / 2 + 8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case ..<0x81:
        sink.append(byte == 0x80 ? 0x80 : UInt32(byte))
        at += 1
      case 0xA1...0xDF:
        sink.append(JapaneseTables.kana(byte))
        at += 1
      case 0x81...0x9F, 0xE0...0xFC: at = pair(bytes, at, &sink)
      default:
        sink.malformed(at: at)
        at += 1
      }
    }
    return sink.decoded("shift_jis")
  }

  private static func pair(_ bytes: [UInt8], _ at: Int, _ sink: inout TextSink) -> Int {
    guard at + 1 < bytes.count else {
      sink.malformed(at: at)
      return at + 1
    }
    let (lead, trail) = (Int(bytes[at]), Int(bytes[at + 1]))
    if (0x40...0xFC).contains(trail), trail != 0x7F {
      let pair = (lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 2
      let row = trail < 0x9F ? pair : pair + 1
      let cell = trail < 0x9F ? trail - (trail < 0x7F ? 0x40 : 0x41) : trail - 0x9F
      if userRows.contains(row) {
        sink.append(0xE000 + UInt32((row - userRows.lowerBound) * JapaneseTables.cellCount + cell))
        return at + 2
      }
      if let scalar = JapaneseTables.scalar(JapaneseTables.jisX0208, row: row, cell: cell) {
        sink.append(scalar)
        return at + 2
      }
    }
    // An ASCII octet behind a wrong lead stands for itself, or a quote could be swallowed.
    sink.malformed(at: at)
    return trail < 0x80 ? at + 1 : at + 2
  }
}

/// EUC-JP with JIS X 0212 and half-width kana, after the WHATWG encoding standard.
enum EUCJP {
  static func decode(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count * 3 / 2 + 8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case ..<0x80:
        sink.append(ascii: byte)
        at += 1
      case 0x8E where at + 1 < bytes.count && (0xA1...0xDF).contains(bytes[at + 1]):
        sink.append(JapaneseTables.kana(bytes[at + 1]))
        at += 2
      case 0x8F where at + 2 < bytes.count:
        at = pair(bytes, at, at + 1, JapaneseTables.jisX0212, &sink)
      case 0xA1...0xFE: at = pair(bytes, at, at, JapaneseTables.jisX0208, &sink)
      default:
        sink.malformed(at: at)
        at += 1
      }
    }
    return sink.decoded("euc-jp")
  }

  private static func pair(
    _ bytes: [UInt8], _ start: Int, _ at: Int, _ table: [UInt16], _ sink: inout TextSink
  ) -> Int {
    guard at + 1 < bytes.count else {
      sink.malformed(at: start)
      return bytes.count
    }
    if bytes[at] >= 0xA1, bytes[at + 1] >= 0xA1, bytes[at + 1] < 0xFF,
      let scalar = JapaneseTables.scalar(
        table, row: Int(bytes[at]) - 0xA1, cell: Int(bytes[at + 1]) - 0xA1)
    {
      sink.append(scalar)
      return at + 2
    }
    sink.malformed(at: start)
    return bytes[at + 1] < 0x80 ? at + 1 : at + 2
  }
}
