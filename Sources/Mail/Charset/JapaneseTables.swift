import CCharset

/// JIS tables as flat arrays, made once from ICU: rows and cells of 94, 0 where nothing stands.
enum JapaneseTables {
  static let cellCount = 94
  /// Rows 1 to 94 of JIS X 0208 with NEC's row 13 and the extensions of Windows code page 932, whose
  /// lead octets reach to row 120. Mail labelled `iso-2022-jp` uses them since 1995.
  static let rowCount = 120

  static let jisX0208: [UInt16] = table(rows: rowCount, converter: "ibm-943_P15A-2003") {
    row, cell in
    let (lead, trail) = shiftJIS(row, cell)
    return [lead, trail]
  }

  /// The supplementary kanji.
  static let jisX0212: [UInt16] = table(rows: cellCount, converter: "EUC-JP") { row, cell in
    [0x8F, UInt8(0xA1 + row), UInt8(0xA1 + cell)]
  }

  /// Where row and cell (from 0) stand in Shift_JIS.
  private static func shiftJIS(_ row: Int, _ cell: Int) -> (UInt8, UInt8) {
    let lead = row / 2 + (row < 62 ? 0x81 : 0xC1)
    let offset = row % 2 == 0 ? cell + (cell < 63 ? 0x40 : 0x41) : cell + 0x9F
    return (UInt8(lead), UInt8(offset))
  }

  private static func table(
    rows: Int, converter: String, _ octets: (Int, Int) -> [UInt8]
  ) -> [UInt16] {
    var table = [UInt16](repeating: 0, count: rows * cellCount)
    for row in 0..<rows {
      for cell in 0..<cellCount {
        table[row * cellCount + cell] = unit(octets(row, cell), converter)
      }
    }
    return table
  }

  /// One character, 0 when there is none or it is no single scalar of the BMP.
  private static func unit(_ octets: [UInt8], _ converter: String) -> UInt16 {
    var output = [UInt8](repeating: 0, count: 16)
    let result = charset_decode(converter, octets, octets.count, &output, output.count)
    guard result.malformed == 0, (1...4).contains(result.written) else { return 0 }
    let scalars = String(decoding: output.prefix(Int(result.written)), as: UTF8.self).unicodeScalars
    guard let only = scalars.first, scalars.count == 1, only.value != 0x1A else { return 0 }
    return UInt16(exactly: only.value) ?? 0
  }

  /// Row and cell from 0; nil where nothing stands.
  @inline(__always)
  static func scalar(_ table: [UInt16], row: Int, cell: Int) -> UInt32? {
    let index = row * cellCount + cell
    guard row >= 0, cell >= 0, cell < cellCount, index < table.count, table[index] != 0 else {
      return nil
    }
    return UInt32(table[index])
  }

  /// JIS X 0201 half-width kana, from its octet in the right half (0xA1 to 0xDF).
  static func kana(_ byte: UInt8) -> UInt32 { 0xFF61 + UInt32(byte) - 0xA1 }
}
