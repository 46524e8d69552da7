/// ISO-2022-JP (RFC 1468) with everything that mail under its name holds: JIS X 0201 roman and kana by
/// `ESC ( J` and `ESC ( I`, kana by SO and SI or as 8-bit octets (JIS7, JIS8), JIS X 0212 (RFC 2237,
/// `ESC $ ( D`), both planes of JIS X 0213 (`ESC $ ( O` and `ESC $ ( Q`, `ESC $ ( P`), NEC's row 13,
/// GB 2312, KS C 5601 and the upper halves of ISO 8859-1 and -7 (RFC 1554).
///
/// Control characters pass in every state: a line that forgets its `ESC ( B` loses no line end.
enum ISO2022JP {
  private enum State {
    case ascii, roman, kana, jisX0208, jisX0212, firstPlane, secondPlane, gb2312, ksc5601
  }

  /// Escape sequences behind their ESC.
  private static let escapes: [(StaticString, State)] = [
    ("(B", .ascii), ("(H", .roman), ("(J", .roman), ("(I", .kana), ("$@", .jisX0208),
    ("$B", .jisX0208), ("$(@", .jisX0208), ("$(B", .jisX0208), ("$(D", .jisX0212),
    ("$(O", .firstPlane), ("$(Q", .firstPlane), ("$(P", .secondPlane), ("$A", .gb2312),
    ("$(A", .gb2312), ("$(C", .ksc5601), ("&@", .jisX0208),
  ]

  static func decode(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count * 3 / 2 + 8)
    var state = State.ascii
    var isShiftedOut = false
    var upperHalf: Charset?
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case 0x1B:
        at =
          upper(bytes, at, &upperHalf, &sink)
          ?? escape(bytes, at, &state, &sink)
      case 0x0E, 0x0F:
        isShiftedOut = byte == 0x0E
        at += 1
      case ..<0x21, 0x7F:
        sink.append(ascii: byte)
        at += 1
      default:
        at = character(bytes, at, isShiftedOut ? .kana : state, &sink)
      }
    }
    return sink.decoded("iso-2022-jp")
  }

  /// `ESC . A` and `ESC . F` name an upper half, `ESC N` takes one letter of it.
  private static func upper(
    _ bytes: [UInt8], _ at: Int, _ half: inout Charset?, _ sink: inout TextSink
  ) -> Int? {
    guard at + 2 < bytes.count else { return nil }
    switch (bytes[at + 1], bytes[at + 2]) {
    case (0x2E, 0x41): half = Charset(label: "iso-8859-1")
    case (0x2E, 0x46): half = Charset(label: "iso-8859-7")
    case (0x4E, 0x20...0x7F):
      guard let decoded = half?.decode([bytes[at + 2] | 0x80]), decoded.malformedCount == 0 else {
        return nil
      }
      sink.append(utf8: decoded.text.utf8)
    default: return nil
    }
    return at + 3
  }

  private static func escape(
    _ bytes: [UInt8], _ at: Int, _ state: inout State, _ sink: inout TextSink
  ) -> Int {
    let rest = bytes[(at + 1)...]
    for (sequence, next) in escapes where rest.begins(with: sequence) {
      state = next
      return at + 1 + sequence.utf8CodeUnitCount
    }
    sink.malformed(at: at)
    return at + 1
  }

  /// One character, of one octet or two.
  private static func character(
    _ bytes: [UInt8], _ at: Int, _ state: State, _ sink: inout TextSink
  ) -> Int {
    let byte = bytes[at]
    guard byte < 0x80 else {
      if (0xA1...0xDF).contains(byte) {
        sink.append(JapaneseTables.kana(byte))
      } else {
        sink.malformed(at: at)
      }
      return at + 1
    }
    switch state {
    case .ascii: sink.append(ascii: byte)
    case .roman: sink.append(byte == 0x5C ? 0xA5 : byte == 0x7E ? 0x203E : UInt32(byte))
    case .kana where byte <= 0x5F: sink.append(JapaneseTables.kana(byte | 0x80))
    case .kana: sink.malformed(at: at)
    default: return pair(bytes, at, state, &sink)
    }
    return at + 1
  }

  private static func pair(
    _ bytes: [UInt8], _ at: Int, _ state: State, _ sink: inout TextSink
  ) -> Int {
    guard at + 1 < bytes.count, (0x21...0x7E).contains(bytes[at + 1]) else {
      sink.malformed(at: at)
      return at + 1
    }
    let (row, cell) = (Int(bytes[at]) - 0x21, Int(bytes[at + 1]) - 0x21)
    switch state {
    case .gb2312, .ksc5601:
      let charset = Charset(label: state == .gb2312 ? "gb18030" : "euc-kr")
      let decoded = charset?.decode([bytes[at] | 0x80, bytes[at + 1] | 0x80])
      if let decoded, decoded.malformedCount == 0 {
        sink.append(utf8: decoded.text.utf8)
      } else {
        sink.malformed(at: at)
      }
    case .firstPlane, .secondPlane:
      let plane = state == .firstPlane ? 1 : 2
      if !JISX0213.append(plane: plane, row: row, cell: cell, to: &sink) { sink.malformed(at: at) }
    default:
      let table = state == .jisX0212 ? JapaneseTables.jisX0212 : JapaneseTables.jisX0208
      if let scalar = JapaneseTables.scalar(table, row: row, cell: cell) {
        sink.append(scalar)
      } else {
        sink.malformed(at: at)
      }
    }
    return at + 2
  }
}
