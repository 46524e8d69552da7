import Mail

/// Sheets as text: SYLK with its macro names, and cells of CSV that start another program
/// (`=cmd|'/k calc'!A0`).
enum SheetText {
  /// Octets of a cell before its bar, and of the rest of its line behind it.
  private static let (cellSize, restSize) = (200, 300)

  /// SYLK: `O;E` says that macros are in it, `NN;N` names a range.
  static func readSYLK(_ octets: [UInt8], _ opening: inout Opening) {
    var at = 0
    while at < octets.count {
      let line = octets[at...].prefix { $0 != 0x0A && $0 != 0x0D }
      at = line.endIndex + 1
      guard let first = line.first, first.lowered == 0x6F || first.lowered == 0x6E else { continue }
      let words = line.prefix(200).map(\.lowered)
      let fields = words.split(separator: 0x3B)
      if words.starts(with: Array("o;".utf8)), fields.contains([0x65]) {
        opening.note(.excel4Macros)
      }
      if words.starts(with: Array("nn;nauto_".utf8)) {
        opening.note(.excel4Macros)
        opening.note(
          .autoExec, String(decoding: words.dropFirst(4).prefix { $0 != 0x3B }, as: UTF8.self))
      }
    }
    noteCells(octets, &opening)
  }

  /// A cell that begins with `=`, `+`, `-` or `@`, then a program, `|`, what to ask it, `!`.
  static func noteCells(_ octets: [UInt8], _ opening: inout Opening) {
    var at = 0
    while let bar = octets.place(of: [0x7C], in: at..<octets.count) {
      at = bar + 1
      // Back to where the cell begins; what is looked at holds no bar, so all together it is linear.
      var start = bar
      while start > 0, bar - start < cellSize, isFormula(octets[start - 1]) { start -= 1 }
      let cell = octets[start..<bar]
      guard let first = cell.first, [0x3D, 0x2B, 0x2D, 0x40].contains(first), cell.count > 2,
        isCellStart(octets, start)
      else { continue }
      let rest = octets[bar...].prefix(restSize).prefix { $0 != 0x0A && $0 != 0x0D }
      guard rest.contains(0x21) else { continue }
      opening.note(.dynamicDataExchange, ArtefactName(Array(cell + rest)).shown)
    }
  }
  /// What stands between the mark of a formula and its bar: a program with its path.
  private static func isFormula(_ byte: UInt8) -> Bool {
    byte.isWord
      || [0x2E, 0x5C, 0x3A, 0x28, 0x29, 0x2B, 0x2D, 0x2A, 0x2F, 0x3D, 0x40].contains(byte)
  }

  /// Whether nothing but blanks and a quote stands between `place` and the cell before.
  private static func isCellStart(_ octets: [UInt8], _ place: Int) -> Bool {
    let before = octets[max(0, place - cellSize)..<place].last { $0 != 0x20 && $0 != 0x22 }
    guard let before else { return place < cellSize }
    return [0x0A, 0x0D, 0x2C, 0x09, 0x3B].contains(before)
  }
}
