import Mail

/// What the records of an Excel workbook (MS-XLS §2.4, BIFF 5 to 8) say of it: encrypted, macro sheets,
/// names that run by themselves, links to other programs.
enum WorkbookStream {
  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    // What is encrypted says nothing, whatever its octets look like.
    if lock(of: octets) != nil { return opening.note(.encrypted) }
    var at = 0
    while let type = octets.little(at, 2), let length = octets.little(at + 2, 2) {
      if telling.contains(type) { take(type, octets.part(at + 4, length), &opening) }
      at += 4 + length
    }
  }

  /// Records that `take` knows; a book has millions of others.
  private static let telling: [Int] = [0x2F, 0x85, 0x18, 0x1AE, 0xD3]

  /// The stream in plain, where it says that it is encrypted and a password fits.
  static func decrypted(_ octets: [UInt8], _ passwords: [String]) -> [UInt8]? {
    lock(of: octets).flatMap(WorkbookCipher.init)?.open(octets, passwords)
  }

  /// Records among which FILEPASS stands: behind BOF and at most a few that must be plain (MS-XLS §2.1.7.20.3).
  private static let lockLimit = 8

  /// The record FILEPASS (MS-XLS §2.4.117), behind which everything is encrypted.
  private static func lock(of octets: [UInt8]) -> [UInt8]? {
    guard octets.little(0, 2) == 0x809 else { return nil }
    var at = 0
    for _ in 0..<lockLimit {
      guard let type = octets.little(at, 2), let length = octets.little(at + 2, 2) else { break }
      if type == 0x2F { return octets.part(at + 4, length) }
      at += 4 + length
    }
    return nil
  }

  /// Whether every sheet is of a state and of a type that there are (MS-XLS §2.4.28), as after a wrong
  /// password they are not.
  static func isPlausible(_ octets: [UInt8]) -> Bool {
    var (at, sheets) = (0, 0)
    while let type = octets.little(at, 2), let length = octets.little(at + 2, 2) {
      if type == 0x85 {
        sheets += 1
        guard let state = octets.little(at + 8, 1), let kind = octets.little(at + 9, 1),
          state & 3 != 3, [0, 1, 2, 6].contains(kind)
        else { return false }
      }
      at += 4 + length
    }
    return sheets > 0
  }

  private static func take(_ type: Int, _ record: [UInt8], _ opening: inout Opening) {
    switch type {
    case 0x2F: opening.note(.encrypted)
    case 0x85: boundSheet(record, &opening)
    case 0x18: name(record, &opening)
    // A book that is another program: no count of sheets but 0x0401 or 0x3A01 behind it.
    case 0x1AE
    where record.count > 4 && record.little(2, 2).map { $0 != 0x0401 && $0 != 0x3A01 } == true:
      let path = String(
        decoding: record.dropFirst(4).filter { (0x20...0x7E).contains($0) || $0 == 3 },
        as: UTF8.self)
      // U+0003 parts program and topic of a link to another program.
      opening.note(path.utf8.contains(3) ? .dynamicDataExchange : .externalRelationship, path)
    // MS-XLS §2.4.111: a function of another program; SXStreamID and obj are left alone.
    case 0xD3: opening.note(.macros)
    default: break
    }
  }

  /// Place (4), hidden state, type of the sheet.
  private static func boundSheet(_ record: [UInt8], _ opening: inout Opening) {
    guard record.count > 6 else { return }
    let name = String(
      decoding: record.dropFirst(7).filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
    if record[5] == 1 { opening.note(.excel4Macros, name) }
    if record[4] & 3 != 0 { opening.note(.hiddenSheet, name) }
  }

  /// Flag 0x20: a name of Excel's own, of which 1 is Auto_Open and 2 Auto_Close.
  private static func name(_ record: [UInt8], _ opening: inout Opening) {
    guard let flags = record.little(0, 2), let length = record.little(3, 1) else { return }
    let start = record.count > 14 && record[14] <= 1 ? 15 : 14
    let name = record.part(start, length)
    if flags & 0x20 != 0 {
      let known = [1: "Auto_Open", 2: "Auto_Close", 10: "Auto_Activate", 11: "Auto_Deactivate"]
      if let code = name.first, let word = known[Int(code)] { opening.note(.autoExec, word) }
    } else if name.map(\.lowered).starts(with: Array("auto_".utf8)) {
      opening.note(.autoExec, String(decoding: name, as: UTF8.self))
    }
  }
}
