import CCharset

/// JIS X 0213 with its two planes, from glibc: the tables are made once, before a process is locked in.
enum JISX0213 {
  /// Plane 1, then plane 2: rows and cells of 94, 0 where nothing stands. Empty where glibc lacks it.
  static let table: [UInt32] = {
    let count = 2 * JapaneseTables.cellCount * JapaneseTables.cellCount
    var table = [UInt32](repeating: 0, count: count)
    return charset_jisx0213(&table) ? table : []
  }()

  /// Row and cell from 0; `plane` is 1 or 2. False where nothing stands.
  static func append(
    plane: Int, row: Int, cell: Int, to sink: inout TextSink
  ) -> Bool {
    let count = JapaneseTables.cellCount
    let index = ((plane - 1) * count + row) * count + cell
    guard (0..<count).contains(row), (0..<count).contains(cell), index < table.count,
      table[index] != 0
    else { return fallback(plane, row, cell, &sink) }
    let unit = table[index]
    // A base and what combines with it, or one character.
    if unit >> 16 > 2 {
      sink.append(unit & 0xFFFF)
      sink.append(unit >> 16)
    } else {
      sink.append(unit)
    }
    return true
  }

  /// Most of plane 1 is JIS X 0208, which is there without glibc's help.
  private static func fallback(_ plane: Int, _ row: Int, _ cell: Int, _ sink: inout TextSink)
    -> Bool
  {
    guard plane == 1,
      let scalar = JapaneseTables.scalar(JapaneseTables.jisX0208, row: row, cell: cell)
    else { return false }
    sink.append(scalar)
    return true
  }

  // MARK: EUC

  /// EUC-JIS-2004: plane 1 in two octets, plane 2 behind 0x8F, half-width kana behind 0x8E.
  static func decodeEUC(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count * 3 / 2 + 8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x80 {
        sink.append(ascii: byte)
        at += 1
      } else if byte == 0x8E, at + 1 < bytes.count, (0xA1...0xDF).contains(bytes[at + 1]) {
        sink.append(JapaneseTables.kana(bytes[at + 1]))
        at += 2
      } else {
        let first = byte == 0x8F ? at + 1 : at
        at = eucPair(bytes, at, first, &sink)
      }
    }
    return sink.decoded("euc-jis-2004")
  }

  private static func eucPair(
    _ bytes: [UInt8], _ start: Int, _ first: Int, _ sink: inout TextSink
  ) -> Int {
    guard first + 1 < bytes.count else {
      sink.malformed(at: start)
      return first < bytes.count && bytes[first] < 0x80 ? first : bytes.count
    }
    let (row, cell) = (Int(bytes[first]) - 0xA1, Int(bytes[first + 1]) - 0xA1)
    if append(plane: first > start ? 2 : 1, row: row, cell: cell, to: &sink) { return first + 2 }
    sink.malformed(at: start)
    // ASCII behind a wrong lead stands for itself.
    if bytes[first] < 0x80 { return first }
    return bytes[first + 1] < 0x80 ? first + 1 : first + 2
  }

  // MARK: Shift_JIS

  /// Shift_JIS-2004: leads from 0xF0 on are plane 2, whose rows are few and not in a line.
  static func decodeShiftJIS(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count * 3 / 2 + 8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case ..<0x80:
        sink.append(ascii: byte)
        at += 1
      case 0xA1...0xDF:
        sink.append(JapaneseTables.kana(byte))
        at += 1
      default: at = shiftPair(bytes, at, &sink)
      }
    }
    return sink.decoded("shift_jis-2004")
  }

  /// Rows of plane 2, from 1, by its leads from 0xF0 on: one for each half of the trails.
  private static let secondPlane = [
    (1, 8), (3, 4), (5, 12), (13, 14), (15, 78), (79, 80), (81, 82), (83, 84), (85, 86), (87, 88),
    (89, 90), (91, 92), (93, 94),
  ]

  private static func shiftPair(_ bytes: [UInt8], _ at: Int, _ sink: inout TextSink) -> Int {
    guard at + 1 < bytes.count else {
      sink.malformed(at: at)
      return at + 1
    }
    let (lead, trail) = (Int(bytes[at]), Int(bytes[at + 1]))
    if (0x40...0xFC).contains(trail), trail != 0x7F, lead > 0x80, lead <= 0xFC {
      let isUpper = trail >= 0x9F
      let cell = isUpper ? trail - 0x9F : trail - (trail < 0x7F ? 0x40 : 0x41)
      let isFound =
        if lead >= 0xF0 {
          append(
            plane: 2, row: (isUpper ? secondPlane[lead - 0xF0].1 : secondPlane[lead - 0xF0].0) - 1,
            cell: cell, to: &sink)
        } else {
          append(
            plane: 1, row: (lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 2 + (isUpper ? 1 : 0), cell: cell,
            to: &sink)
        }
      if isFound { return at + 2 }
    }
    sink.malformed(at: at)
    return trail < 0x80 ? at + 1 : at + 2
  }
}
