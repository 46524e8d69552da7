import Documents
import Mail
import Testing

@testable import Inspection

/// Ways to bring what runs past an inspector, each in general: what gets through here infects.
@Suite struct HiddenContentTests {
  private func report(_ octets: [UInt8], _ name: String) -> InspectionReport {
    MessageInspectorTests.report(octets, .file(name: name))
  }

  private func rules(_ octets: [UInt8], _ name: String) -> Set<String> {
    Set(report(octets, name).findings.map(\.rule))
  }

  private func little(_ value: Int, _ width: Int) -> [UInt8] {
    CompoundBuilder.little(value, width)
  }

  private func wide(_ text: String) -> [UInt8] { text.utf16.flatMap { little(Int($0), 2) } }

  private static let picture: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 300)

  // MARK: Archives

  /// A zip of one stored entry without a directory.
  private func zip(_ name: String, _ content: [UInt8]) -> [UInt8] {
    var header = Array("PK\u{3}\u{4}".utf8) + little(10, 2) + little(0, 2) + little(0, 2)
    header += little(0, 4) + little(0, 4) + little(content.count, 4) + little(content.count, 4)
    return header + little(name.utf8.count, 2) + little(0, 2) + Array(name.utf8) + content
  }

  /// RAR 5: a number of seven bits an octet.
  private func number(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + number(value >> 7)
  }

  private func block(
    _ type: Int, _ body: [UInt8], extra: [UInt8] = [], data: [UInt8] = []
  ) -> [UInt8] {
    let flags = (extra.isEmpty ? 0 : 1) | (data.isEmpty ? 0 : 2)
    var head = number(type) + number(flags)
    if !extra.isEmpty { head += number(extra.count) }
    if !data.isEmpty { head += number(data.count) }
    head += body + extra
    head = number(head.count) + head
    return little(Self.checksum(head), 4) + head + data
  }

  private static func checksum(_ octets: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for octet in octets {
      sum ^= UInt32(octet)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return Int(~sum)
  }

  private func entry(_ type: Int, _ name: String, _ data: [UInt8], extra: [UInt8] = []) -> [UInt8] {
    var body = number(4) + number(data.count) + number(0x20) + little(Self.checksum(data), 4)
    body += number(0) + number(0) + number(name.utf8.count) + Array(name.utf8)
    return block(type, body, extra: extra, data: data)
  }

  private func rar(_ blocks: [UInt8]) -> [UInt8] {
    Array("Rar!\u{1A}\u{7}\u{1}\0".utf8) + block(1, number(0)) + blocks + block(5, number(0))
  }

  private func record(_ type: Int, _ data: [UInt8]) -> [UInt8] {
    number(data.count + 1) + number(type) + data
  }

  @Test func `an archive behind a picture or behind junk is opened`() {
    let rar = rar(entry(2, "a.exe", SampleProgram.octets))
    let trailing = [UInt8](repeating: 0xAA, count: 80_000)
    for hidden in [rar, zip("a.exe", SampleProgram.octets) + trailing] {
      for cover in [Self.picture, [UInt8](repeating: 0xEE, count: 4000)] {
        #expect(rules(cover + hidden, "a.jpg").contains("file.packed-program"))
      }
    }
  }

  @Test func `an encrypted RAR is held with its names, or without where they are encrypted`() {
    let secret = record(1, [0, 1, 15] + [UInt8](repeating: 9, count: 44))
    let data = [UInt8](repeating: 1, count: 64)
    let named = report(rar(entry(2, "a.exe", data, extra: secret)), "a.rar")
    #expect(named.findings.contains { $0.rule == "archive.encrypted-program" })
    #expect(named.findings.contains { $0.rule == "archive.encrypted" })
    let head = Array("Rar!\u{1A}\u{7}\u{1}\0".utf8) + block(4, [0, 0, 15] + data.prefix(16)) + data
    let nameless = report(head, "a.rar")
    #expect(nameless.verdict == .unanalysable)
    #expect(nameless.findings.contains { $0.rule == "archive.encrypted" })
    // Version 4: a flag of the archive, or of the file.
    let main = Array("Rar!\u{1A}\u{7}\0".utf8) + [0, 0, 0x73, 0x80, 0, 13, 0] + little(0, 6) + data
    #expect(rules(main, "a.rar").contains("archive.encrypted"))
  }

  @Test(arguments: [
    "N3q8ryccAARFmI7BeQAAAAAAAAAUAAAAAAAAAIHWvcqH4LNccOJtFFXjzsHsBRlYAQBkAQQGAAEJEAoBll8fvAAHCwEAAiQG8QcBElMP70WAYbbv5ibg1V6dW7rivSEhARgBAAwOFAAICgFHQq0nAAAFARENAGEALgBkAG8AYwAAABQKAQCwQRmJSoDdARUGAQAggICBAAAAFwYQAQlpAAcLAQABISEBGAxlAAA=",
    "N3q8ryccAARF0ES9gAAAAAAAAAAoAAAAAAAAABYBWhJgl3yE5teumUX06C7oiwuHGDUxLpkGMAvp7uP1e/g52qrNQNE6THKoMzsEG8RcNgefvearPezTkT9g/VudQ3HBDNZfx3JN/XL5nXcv18mD7/pMG7ImTqYPR3jKS4baHIBxONdqfvjbj/pqAgrr+m1+MiwLXrvnl4FnlVrYbRFjqBcGEAEJcAAHCwEAASQG8QcBElMPGsyDBflc2m5ELtsOpIjsHQxlAAA=",
  ])
  func `an encrypted 7z is held`(text: String) {
    let report = report(BodyDecoder.decode(Array(text.utf8)[...], .base64).octets, "a.7z")
    #expect(report.verdict == .unanalysable)
    #expect(report.findings.contains { $0.rule == "archive.encrypted" })
    #expect(DefaultAction(report) == .hold)
  }

  @Test func `a stream that RAR hides behind a file is held with its name`() {
    let stream = entry(
      3, "STM", Array("x".utf8), extra: record(7, Array(":..\\..\\Startup\\a.lnk".utf8)))
    let report = report(rar(entry(2, "a.pdf", Array("%PDF-1.4".utf8)) + stream), "a.rar")
    #expect(report.findings.contains { $0.rule == "name.traversal" })
    #expect(DefaultAction(report) == .hold)
  }

  @Test(arguments: ["a.arc", "a.zpaq", "a.iso", "a.r01"])
  func `what is an archive by name and nothing that is known is held`(name: String) {
    let octets = (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256 &* 13 &+ 0x91) }
    #expect(report(octets, name).verdict == .unanalysable)
    #expect(report(octets, "a.dat").verdict == .clean)
  }

  // MARK: Mail within files

  private func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      count < 128 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    return [tag] + length + content
  }

  private let entity = Array(
    ("Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n"
      + "Content-Type: text/plain; name=a.vbs\r\n\r\nrem words\r\n--q--\r\n").utf8)

  @Test func `what is signed and stands within its signature is read`() {
    let (data, signed): ([UInt8], [UInt8]) = (
      [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1],
      [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2]
    )
    let whole = element(4, entity)
    let pieces =
      [0x24, 0x80] + element(4, Array(entity.prefix(50)))
      + element(4, Array(entity.dropFirst(50))) + [0, 0]
    for content in [whole, pieces] {
      let info = element(0x30, data + element(0xA0, content))
      let fields = element(2, [1]) + element(0x31, []) + info + element(0x31, [])
      let message = element(0x30, signed + element(0xA0, element(0x30, fields)))
      #expect(rules(message, "smime.p7m").contains("file.packed-script"))
    }
  }

  @Test func `a mail of one field is a mail`() {
    let name = Array("Content-Type: text/plain; name=a.eml\r\n\r\n".utf8)
    #expect(MessageInspectorTests.report(name + entity).verdict == .malicious)
  }

  @Test func `an attachment of a saved message has its name`() {
    let attachment = CompoundBuilder.Node.storage(
      "__attach_version1.0_#00000000",
      [
        .stream("__substg1.0_37010102", Array("rem words".utf8)),
        .stream("__substg1.0_3704001F", wide("a.txt")),
        .stream("__substg1.0_3707001F", wide("a.vbs")),
      ])
    let file = CompoundBuilder.file([.stream("__properties_version1.0", [1]), attachment])
    #expect(rules(file, "a.msg").contains("file.packed-script"))
  }

  @Test func `a reminder that fetches its sound from elsewhere is held`() {
    let file = CompoundBuilder.file([
      .stream("__properties_version1.0", [1]),
      .stream("__substg1.0_851F001F", wide("\\\\192.0.2.1\\a.wav")),
    ])
    #expect(report(file, "a.msg").verdict == .malicious)
    let path = wide("\\\\192.0.2.1\\a.wav") + [0, 0]
    var properties = little(1, 4) + little(0x1F, 2) + little(0x851F, 2) + little(0, 16)
    properties += little(0, 4) + little(0x851F, 4) + little(1, 4) + little(path.count, 4) + path
    properties += little(0, (4 - path.count % 4) % 4)
    let sum = properties.reduce(0) { $0 + Int($1) } & 0xFFFF
    let packed =
      little(0x223E_9F78, 4) + little(1, 2) + [1] + little(0x0006_9003, 4)
      + little(properties.count, 4) + properties + little(sum, 2)
    #expect(report(packed, "winmail.dat").verdict == .malicious)
  }

  @Test func `a file in a calendar has its name`() {
    let text =
      "BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.vbs:cmVtIHg=\r\n"
      + "END:VCALENDAR\r\n"
    #expect(rules(Array(text.utf8), "a.ics").contains("file.packed-script"))
  }

  @Test func `a part of a saved page is called by its address`() {
    let page =
      "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=q\r\n\r\n--q\r\n"
      + "Content-Type: application/octet-stream\r\n"
      + "Content-Location: http://a.example/b/a%2Evbs?x\r\n\r\nrem words\r\n--q--\r\n"
    #expect(rules(Array(page.utf8), "a.mht").contains("file.script"))
  }

  @Test func `the half of a Macintosh file that has its name names the other`() {
    let header: [UInt8] =
      [0, 5, 0x16, 7, 0, 2, 0, 0] + [UInt8](repeating: 0, count: 16)
      + [0, 1, 0, 0, 0, 3, 0, 0, 0, 38, 0, 0, 0, 5] + Array("a.vbs".utf8)
    let report = MessageInspectorTests.report([
      "From: a@example.jp", "Date: Wed, 01 Apr 2026 09:00:00 +0900", "MIME-Version: 1.0",
      "Content-Type: multipart/appledouble; boundary=q", "", "--q",
      "Content-Type: application/applefile", "Content-Transfer-Encoding: base64", "",
      Base64.encode(header), "--q", "Content-Type: text/plain", "", "rem words", "--q--",
    ])
    #expect(report.findings.contains { $0.rule == "file.script" }, "\(report.findings)")
  }

  @Test func `a control character hides no file in a text`() {
    let lines = [
      "From: a@example.jp", "Date: Wed, 01 Apr 2026 09:00:00 +0900", "Content-Type: text/plain", "",
      "\u{1}", "begin 644 a.vbs", "#<F5M", "`", "end",
    ]
    #expect(
      MessageInspectorTests.report(lines).findings.contains { $0.rule == "file.packed-script" })
  }

  // MARK: Documents

  @Test func `a file in a document has the riskiest of its names`() {
    let names = Array("a.txt\0C:\\a.vbs\0".utf8)
    let body = [2, 0] + names + [0, 0, 3, 0] + little(1, 4) + [0] + little(9, 4)
    let native = little(body.count + 9, 4) + body + Array("rem words".utf8)
    let file = CompoundBuilder.file([.stream("\u{1}Ole10Native", native)])
    #expect(rules(file, "a.doc").isSuperset(of: ["file.packed-script", "office.package"]))
  }

  private func notebook(_ file: String, name: String = "") -> [UInt8] {
    var octets: [UInt8] = [
      0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D, 0xAE, 0xB1, 0x53, 0x78, 0xD0, 0x29, 0x96,
      0xD3,
    ]
    octets += little(0, 100) + little(2 * name.utf16.count, 4) + wide(name) + [0, 0]
    octets += [
      0xE7, 0x16, 0xE3, 0xBD, 0x65, 0x26, 0x11, 0x45, 0xA4, 0xC4, 0x8D, 0x4D, 0x0B, 0x7A, 0x9E,
      0xAC,
    ]
    return octets + little(file.utf8.count, 8) + little(0, 12) + Array(file.utf8)
  }

  @Test func `a script in a notebook is one, by its words or by a name beside it`() {
    let batch = notebook("@echo off\r\npowershell -w hidden\r\n")
    #expect(rules(batch, "a.one").contains("file.packed-script"))
    #expect(rules(notebook("words", name: "Open.hta"), "a.one").contains("file.packed-script"))
    #expect(report(notebook("words", name: "On Node.js and others"), "a.one").verdict == .clean)
  }

  @Test func `an object that is linked from the web is held`() {
    let moniker: [UInt8] = [
      0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11, 0x8C, 0x82, 0, 0xAA, 0, 0x4B, 0xA9, 0x0B,
    ]
    let link = little(1, 4) + moniker + little(80, 4) + wide("https://a.example/x.hta") + [0, 0]
    let report = report(CompoundBuilder.file([.stream("\u{1}Ole", link)]), "a.doc")
    #expect(report.findings.contains { $0.rule == "office.external" && $0.weight == 12 })
  }

  @Test func `a macro whose source can't be found is held`() {
    let module = [UInt8](repeating: 0x11, count: 600)
    let file = CompoundBuilder.file([
      .stream("WordDocument", [UInt8](repeating: 0, count: 64)),
      .storage("Macros", [.storage("VBA", [.stream("dir", module), .stream("Module1", module)])]),
    ])
    #expect(rules(file, "a.doc").contains("office.hidden-macro"))
    #expect(report(file, "a.doc").verdict == .unanalysable)
  }

  /// A module's source in one chunk that is not compressed.
  private func module(_ source: String) -> [UInt8] {
    let text = Array("Attribute VB_Name = \"M\"\r\n\(source)".utf8)
    return [1, 0xFF, 0x3F] + text + [UInt8](repeating: 0x20, count: 4096 - text.count)
  }

  @Test func `a macro that runs programs is held, one that counts is marked`() {
    func verdict(_ source: String) -> Verdict {
      let file = CompoundBuilder.file([
        .stream("Workbook", [UInt8](repeating: 0, count: 64)),
        .storage("VBA", [.stream("Module1", module(source))]),
      ])
      return report(file, "a.xls").verdict
    }
    #expect(verdict("Sub Sum()\r\nCells(1, 1) = 2\r\nEnd Sub\r\n") == .suspicious)
    #expect(verdict("Sub Go()\r\nShell \"x\"\r\nEnd Sub\r\n") == .malicious)
    #expect(verdict("Sub Workbook_Open()\r\nEnd Sub\r\n") == .malicious)
  }

  @Test(arguments: [
    ("attachedTemplate https://a.example/t.dotm", 12.0), ("attachedTemplate file:///C:\\a.dotm", 0),
    ("attachedTemplate file:///\\\\server\\a.dotm", 6), ("http://a.example/t", 12),
    ("C:\\Templates\\Normal.dot", 0), ("\\u-65432?", 12),
  ])
  func `a template weighs by where it is`(detail: String, weight: Double) {
    #expect(ExternalTarget(detail).templateWeight == weight)
  }

  @Test(arguments: [
    ("oleObject mhtml:http://a.example/x.html!x-usc:http://a.example/", 12.0),
    ("oleObject https://a.example/x!", 12), ("frame http://a.example/", 12),
    ("oleObject file:///C:\\Users\\a\\b.xlsx", 0), ("image https://a.example/logo.png", 1),
    ("hyperlink powershell -enc AAAA", 8), ("hyperlink file:///\\\\server\\a.xlsx", 0),
    ("externalLinkPath ../a.xlsx", 0), ("ole2link", 8), ("file moniker", 0),
    ("URL moniker https://a.example/", 12),
  ])
  func `what is fetched weighs by what it is and where`(detail: String, weight: Double) {
    #expect(ExternalTarget(detail).weight == weight)
  }

  @Test(arguments: [
    "<</S/JavaScript/JS<746869732e6578706f7274446174614f626a656374287b7d29>>>",
    "<</S/JavaScript/JS(this.export\\104ataObject\\(\\))>>",
  ])
  func `a script of a PDF is read however its string is written`(action: String) {
    let pdf = Array("%PDF-1.7\n1 0 obj<</OpenAction\(action)>>endobj".utf8)
    #expect(rules(pdf, "a.pdf").contains("pdf.export"))
  }

  @Test(arguments: [
    "3 0 obj<</Type/ObjStm/Subtype/Image/N 1/First 4>>",
    "2 0\nobj<</Subtype/Image>>endobj 3 0\nobj<</Type/ObjStm/N 1/First 4>>",
    "3 0 obj<</N 1/First 4/Note(obj)>>",
  ])
  func `objects in a stream are read whatever its dictionary looks like`(head: String) {
    let text = "%PDF-1.7\n\(head)stream\n5 0 <</S/Launch/F(cmd.exe)>>\nendstream endobj"
    #expect(rules(Array(text.utf8), "a.pdf").contains("pdf.launch"))
  }

  @Test func `help and databases from strangers are held`() {
    let help = report(Array("ITSF".utf8) + little(0, 100), "a.chm")
    #expect(DefaultAction(help) == .hold)
    let database = report([0, 1, 0, 0] + Array("Standard Jet DB\0".utf8) + little(0, 99), "a.mdb")
    #expect(DefaultAction(database) == .hold)
  }

  @Test func `of two names the riskier counts`() {
    let lines = [
      "From: a@example.jp", "Date: Wed, 01 Apr 2026 09:00:00 +0900",
      "Content-Type: text/plain; name=a.vbs", "Content-Disposition: attachment; filename=a.txt", "",
      "rem words",
    ]
    let rules = Set(MessageInspectorTests.report(lines).findings.map(\.rule))
    #expect(rules.isSuperset(of: ["file.script", "name.two-names"]))
  }
}
