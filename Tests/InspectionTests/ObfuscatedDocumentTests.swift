import Mail
import Testing

@testable import Inspection

/// Documents of before 2007 that XOR hides (MS-OFFCRYPTO §2.3.7). What passwords come to was made by another
/// implementation (msoffcrypto-tool 6.1, from the specification's tables), so what is
/// hidden here is hidden by octets that our code did not make.
@Suite struct ObfuscatedDocumentTests {
  private struct Password {
    let word: String
    let key, verifier: Int
    let pad: [UInt8]
  }

  private static let excelsOwn = Password(
    word: "VelvetSweatshop", key: 0xB359, verifier: 0x9A0A,
    pad: [
      0x87, 0x6B, 0x9A, 0xE2, 0x1E, 0xE3, 0x05, 0x62, 0x1E, 0x69, 0x96, 0x60, 0x98, 0x6E, 0x94,
      0x04,
    ])
  private static let odd = Password(
    word: "abc", key: 0x514A, verifier: 0xCC1A,
    pad: [
      0x95, 0x99, 0x94, 0x75, 0xDA, 0x57, 0x78, 0x57, 0xDA, 0x74, 0x65, 0xA8, 0x7A, 0x2F, 0x25,
      0x77,
    ])
  private static let even = Password(
    word: "Test1234", key: 0xF7FF, verifier: 0xEC87,
    pad: [
      0xD5, 0x49, 0x46, 0xC1, 0x67, 0xE2, 0x66, 0xE1, 0x22, 0x04, 0x00, 0xA6, 0x00, 0x04, 0x23,
      0xBB,
    ])

  private func rules(_ document: [UInt8], _ name: String, text: String) -> Set<String> {
    Set(LockedDocumentTests.report(document, name, text: text).findings.map(\.rule))
  }

  // MARK: Workbooks

  @Test func `Excel's own password alone is told and holds nothing`() {
    let sheets: [[UInt8]] = [[9, 9, 9, 9, 0, 0, 6, 0] + Array("Sheet1".utf8)]
    let report = LockedDocumentTests.report(
      workbook(Self.excelsOwn, sheets: sheets), "a.xls", text: "See the file.")
    #expect(report.findings.map(\.rule) == ["office.own-password"], "\(report.findings)")
    #expect(report.verdict == .clean)
    let other = rules(workbook(Self.odd, sheets: sheets), "a.xls", text: "Password: abc")
    #expect(other == ["archive.password-in-mail"])
  }

  /// BOF, what comes before FILEPASS, FILEPASS, and a book with a macro sheet that is very hidden.
  private func workbook(
    _ password: Password, before: [(type: Int, octets: [UInt8])] = [], sheets: [[UInt8]]? = nil,
    isExcel95: Bool = false
  ) -> [UInt8] {
    let stream = Self.stream(password, before: before, sheets: sheets, isExcel95: isExcel95)
    return CompoundBuilder.file([.stream(isExcel95 ? "Book" : "Workbook", stream)])
  }

  /// The stream of a book that Excel's own password opens, with one sheet.
  static var openBook: [UInt8] {
    stream(excelsOwn, before: [], sheets: [[9, 9, 9, 9, 0, 0, 6, 0] + Array("Sheet1".utf8)])
  }

  private static func stream(
    _ password: Password, before: [(type: Int, octets: [UInt8])], sheets: [[UInt8]]?,
    isExcel95: Bool = false
  ) -> [UInt8] {
    let numbers =
      CompoundBuilder.little(password.key, 2) + CompoundBuilder.little(password.verifier, 2)
    let macros: [[UInt8]] = [
      [9, 9, 9, 9, 0, 0, 6, 0] + Array("Sheet1".utf8),
      [8, 8, 8, 8, 2, 1, 6, 0] + Array("Macro1".utf8),
    ]
    let records =
      [(type: 0x809, octets: [UInt8](repeating: 0, count: 16))] + before
      + [(type: 0x2F, octets: isExcel95 ? numbers : [0, 0] + numbers)]
      + [(type: 0xE1, octets: [0xB0, 4]), (type: 0x42, octets: [0xB0, 4])]
      + (sheets ?? macros).map { (type: 0x85, octets: $0) } + [(type: 0x0A, octets: [])]
    var (stream, isHidden): ([UInt8], Bool) = ([], false)
    for (type, octets) in records {
      let start = stream.count + 4
      stream += CompoundBuilder.little(type, 2) + CompoundBuilder.little(octets.count, 2)
      // Method 1 (§2.3.7.3); MS-XLS §2.2.10: the index is the record's place and size.
      let open = !isHidden || [0x2F, 0xE1].contains(type) ? octets.count : type == 0x85 ? 4 : 0
      stream += octets.enumerated().map { index, octet in
        let turned = octet << 5 | octet >> 3
        return index < open ? octet : turned ^ password.pad[(start + index + octets.count) % 16]
      }
      if type == 0x2F { isHidden = true }
    }
    return stream + [UInt8](repeating: 0, count: max(0, 4096 - stream.count))
  }

  @Test func `macro sheets behind Excel's own password are read without any word of it`() {
    for isExcel95 in [false, true] {
      let report = LockedDocumentTests.report(
        workbook(Self.excelsOwn, isExcel95: isExcel95), "a.xls", text: "See the file.")
      let rules = Set(report.findings.map(\.rule))
      #expect(rules.isSuperset(of: ["office.excel4", "office.hidden-sheet"]), "\(rules)")
      #expect(report.verdict == .malicious && !rules.contains("archive.encrypted"))
      #expect(rules.contains("office.own-password") && !rules.contains("archive.password-in-mail"))
    }
    let later = workbook(Self.excelsOwn, before: [(type: 0x86, octets: [])])
    #expect(rules(later, "a.xls", text: "").contains("office.excel4"))
  }

  @Test func `a workbook is opened with the password that the mail tells`() {
    for password in [Self.odd, Self.even] {
      let told = rules(workbook(password), "a.xls", text: "Password: \(password.word)")
      #expect(told.isSuperset(of: ["office.excel4", "archive.password-in-mail"]), "\(told)")
    }
  }

  @Test func `a workbook that no password opens is held, and nothing is read into its octets`() {
    let closed = LockedDocumentTests.report(workbook(Self.even), "a.xls", text: "Password: wrong")
    #expect(closed.findings.map(\.rule).filter { $0.hasPrefix("office.") } == [])
    #expect(closed.findings.contains { $0.rule == "archive.encrypted" })
    #expect(DefaultAction(closed) == .hold)
  }

  /// Passwords of one key and verifier are soon made: what opens to no sheet that there is stays closed.
  @Test func `a password that fits by its checksums alone opens nothing`() {
    let other = Password(
      word: Self.excelsOwn.word, key: Self.excelsOwn.key, verifier: Self.excelsOwn.verifier,
      pad: Self.even.pad)
    let closed = rules(workbook(other), "a.xls", text: "")
    #expect(closed.contains("archive.encrypted") && !closed.contains("office.excel4"))
  }

  // MARK: Documents

  private func document(_ password: Password) -> [UInt8] {
    // nFib, flags (fEncrypted, fWhichTblStm, fObfuscated), lKey: MS-DOC §2.5.2.
    let flags = 0x8300
    let head: [[UInt8]] = [
      [0xEC, 0xA5, 0xC1, 0], [UInt8](repeating: 0, count: 6), CompoundBuilder.little(flags, 2),
      [0xBF, 0], CompoundBuilder.little(password.verifier, 2),
      CompoundBuilder.little(password.key, 2),
    ]
    let field = [0x13] + Array(" DDEAUTO c:\\\\cmd.exe \"/k calc\" ".utf8) + [0x15]
    var main = head.flatMap(\.self)
    main += [UInt8](repeating: 0, count: 0x44 - main.count)
    main += [UInt8](repeating: 0x20, count: 956) + field
    main += [UInt8](repeating: 0, count: 4096 - main.count)
    // Method 2 (§2.3.7.6).
    let hidden = main.enumerated().map { place, octet in
      let mixed = octet ^ password.pad[place % 16]
      return place < 0x44 || octet == 0 || mixed == 0 ? octet : mixed
    }
    let table = [UInt8](repeating: 0, count: 4096)
    return CompoundBuilder.file([.stream("1Table", table), .stream("WordDocument", hidden)])
  }

  @Test func `a Word document is opened with the password that the mail tells`() {
    for password in [Self.excelsOwn, Self.odd, Self.even] {
      let told = rules(document(password), "a.doc", text: "Password: \(password.word)")
      #expect(told.isSuperset(of: ["office.dde", "archive.password-in-mail"]), "\(told)")
      #expect(!told.contains("archive.encrypted"))
    }
    let closed = LockedDocumentTests.report(document(Self.even), "a.doc", text: "Password: wrong")
    #expect(closed.findings.contains { $0.rule == "archive.encrypted" })
    #expect(!closed.findings.contains { $0.rule == "office.dde" })
  }
}
