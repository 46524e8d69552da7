/// Sheets as text: SYLK with its macro names, and cells of CSV that start another program
/// (`=cmd|'/k calc'!A0`).
enum SheetText {
  private static let lineLimit = 100_000
  private static let cellLimit = 1000

  /// SYLK: `O;E` says that macros are in it, `NN;N` names a range.
  static func readSYLK(_ octets: [UInt8], _ opening: inout Opening) {
    for line in octets.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(lineLimit) {
      let words = line.prefix(200).map(\.lower)
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
    guard octets.place(of: [0x7C], in: 0..<octets.count) != nil else { return }
    for bar in octets.places(of: [0x7C], in: 0..<octets.count, limit: cellLimit) {
      let before = octets[max(0, bar - 200)..<bar]
      let start =
        before.lastIndex { [0x0A, 0x0D, 0x2C, 0x09, 0x3B].contains($0) }.map { $0 + 1 }
        ?? before.startIndex
      let cell = octets[start..<bar].drop { $0 == 0x20 || $0 == 0x22 }
      let rest = octets[bar...].prefix(300).prefix { $0 != 0x0A && $0 != 0x0D }
      guard let first = cell.first, [0x3D, 0x2B, 0x2D, 0x40].contains(first), cell.count > 2,
        cell.dropFirst().allSatisfy({
          $0.isWord || [0x2E, 0x5C, 0x3A, 0x28, 0x2B, 0x2D, 0x2A, 0x2F].contains($0)
        }),
        rest.contains(0x21)
      else { continue }
      opening.note(.dynamicDataExchange, ArtefactName(Array(cell + rest)).shown)
    }
  }
}
