import Documents
import Foundation
import Testing

/// Documents and small containers, made here by their formats' rules.
struct DocumentTests {
  private func read(_ octets: [UInt8], _ name: String = "a") -> Artefact {
    DocumentReader().read(octets, name: ArtefactName(name))
  }

  private func little(_ value: Int, _ width: Int) -> [UInt8] { ZipBuilder.little(value, width) }

  /// `\x01Ole10Native` of a file.
  private func package(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = [2, 0] + Array(name.utf8) + [0] + Array("C:\\\(name)".utf8) + [0] + [0, 0, 3, 0]
    let rest = little(2, 4) + [0x61, 0] + little(content.count, 4) + content
    return little(body.count + rest.count, 4) + body + rest
  }

  private func rtf(_ data: [UInt8], junk: String = "") -> [UInt8] {
    let hex = data.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: junk)
    return Array("{\\rtf1{\\object\\objemb{\\*\\objdata \(hex)}}}".utf8)
  }

  @Test(arguments: ["", "\r\n", " \\foo ", "{\\*}"])
  func `an object in RTF is taken out, whatever stands among its digits`(junk: String) {
    let native = Array(package("run.sh", program).dropFirst(4))
    var data = little(0x501, 4) + little(2, 4) + little(8, 4) + Array("Package\0".utf8)
    data += little(0, 4) + little(0, 4) + little(native.count, 4) + native
    let found = read(rtf(data, junk: junk))
    #expect(found.has(.olePackage))
    #expect(found.programs == ["a/run.sh"], "\(found.all.map(\.path))")
  }

  @Test func `an embedded file of a PDF is taken out, deflated or not`() {
    let packed = ZipBuilder.deflate(program, windowBits: 15)
    var pdf = Array(
      "%PDF-1.7\n1 0 obj\n<< /Type /Embedded#46ile /Filter [ /Fl#61teDecode ] /Length \(packed.count) >>\nstream\n"
        .utf8)
    pdf +=
      packed + Array("\nendstream\nendobj\n2 0 obj << /OpenAction << /S /JavaScript >> >>".utf8)
    let found = read(pdf)
    #expect(found.programs.count == 1)
    #expect(found.has(.pdfEmbeddedFile))
    #expect(found.has(.pdfJavaScript))
    #expect(found.has(.pdfOpenAction))
  }

  @Test(arguments: [
    "ATTACH;ENCODING=BASE64;X-FILENAME=\"r:un.sh\":",
    "attach;fmttype=a/b;\r\n value=binary;enco\r\n ding=base64;filename=run.sh:",
    "ATTACH:DATA:application/x-sh\r\n ;base64,", "PHOTO;ENCODING=b;TYPE=JPEG:",
  ])
  func `a file in a line of a calendar is taken out, wherever the line is folded`(head: String) {
    let coded = Array(Data(program).base64EncodedString().utf8)
    let folded = coded.prefix(9) + Array("\r\n ".utf8) + coded.dropFirst(9)
    let text = Array("BEGIN:VCALENDAR\r\nSUMMARY:ENCODING=BASE64\r\n\(head)".utf8) + folded
    let found = read(text + Array("\r\nEND:VCALENDAR\r\n".utf8), "a.ics")
    #expect(found.kind == .calendar)
    #expect(found.programs.count == 1, "\(found.all.map(\.path))")
  }

  @Test(arguments: [("run.sh.gz", "run.sh"), ("run.gz", "content"), ("a", "content")])
  func `what a compressed stream holds is called after it`(name: String, inner: String) {
    let found = read(ZipBuilder.deflate(program, windowBits: 31), name)
    #expect(found.all.map(\.path) == [name, name + "/" + inner])
  }

  @Test func `files of a OneNote section are carved`() {
    let guid: [UInt8] = [
      0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D, 0xAE, 0xB1, 0x53, 0x78, 0xD0, 0x29, 0x96,
      0xD3,
    ]
    let mark: [UInt8] = [
      0xE7, 0x16, 0xE3, 0xBD, 0x65, 0x26, 0x11, 0x45, 0xA4, 0xC4, 0x8D, 0x4D, 0x0B, 0x7A, 0x9E,
      0xAC,
    ]
    let octets =
      guid + [UInt8](repeating: 0, count: 100) + mark + little(program.count, 8)
      + [UInt8](repeating: 0, count: 12) + program
    let found = read(octets)
    #expect(found.kind == .oneNote)
    #expect(found.programs.count == 1)
    #expect(read(Array(octets.dropLast(3))).has(.truncated))
  }

  @Test func `a file as an address in HTML is taken out`() {
    let found = read(
      Array("<html><a href=\"data:x/y;base64,IyEvYmluL3NoCmVjaG8gaGVsbG8K\" download=a>".utf8))
    #expect(found.programs.count == 1)
  }

  @Test func `a shortcut says what it starts`() {
    var link: [UInt8] = [0x4C, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]
    link += little(0x28 | 0x80, 4) + [UInt8](repeating: 0, count: 52)
    for text in ["..\\cmd.exe", "/c start evil"] {
      link +=
        little(text.utf16.count, 2) + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }
    let found = read(link + [0, 0, 0, 0] + program, "a.lnk")
    #expect(found.kind == .shortcut)
    #expect(found.facts.contains(ArtefactFact(.target, "..\\cmd.exe")))
    #expect(found.facts.contains(ArtefactFact(.arguments, "/c start evil")))
    #expect(found.programs.count == 1)
  }

  @Test func `mail within an attachment is read`() {
    let mail =
      "From: a@b.example\r\nTo: c@d.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
      + "--x\r\nContent-Disposition: attachment; filename=run.sh\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      + "IyEvYmluL3NoCmVjaG8gaGVsbG8K\r\n--x--\r\n"
    let zip = ZipBuilder([.init("a.eml", mail)]).octets
    #expect(read(zip, "z.zip").programs == ["z.zip/a.eml/run.sh"])
  }

  @Test func `an encoded file in a text is an artefact`() {
    let text = "see below\nbegin 644 run.sh\n4(R$O8FEN+W-H\"F5C:&\\@:&5L;&\\*\n`\nend\n"
    let found = read(Array(text.utf8))
    #expect(found.children.map(\.name.text) == ["run.sh"])
  }

  @Test func `members of gzip are one file, and junk behind them is told`() {
    let halves = [program.prefix(8), program.dropFirst(8)].map {
      ZipBuilder.deflate(Array($0), windowBits: 31)
    }
    #expect(read(halves[0] + halves[1]).programs.count == 1)
    let junk = read(halves[0] + halves[1] + Array("and more of it".utf8))
    #expect(junk.has(.trailingOctets))
    #expect(read(Array(halves[1].dropLast(9))).isIncomplete)
  }

  @Test func `tar is read by its checksum alone`() {
    var header = [UInt8](repeating: 0, count: 512)
    header.replaceSubrange(0..<6, with: Array("run.sh".utf8))
    header.replaceSubrange(100..<108, with: Array("0000644\0".utf8))
    let size = String(program.count, radix: 8)
    header.replaceSubrange(
      124..<136, with: Array((String(repeating: "0", count: 11 - size.count) + size + "\0").utf8))
    header[156] = 0x30
    header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    header.replaceSubrange(
      148..<155, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0").utf8))
    let tar = header + program + [UInt8](repeating: 0, count: 512 - program.count + 1024)
    #expect(read(tar, "a.tar").programs == ["a.tar/run.sh"])
    #expect(
      read(ZipBuilder.deflate(tar, windowBits: 31), "a.tgz").programs == ["a.tgz/content/run.sh"])
  }

  @Test func `office parts say what the package is and does`() {
    let types =
      "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>"
    let rels =
      "<Relationships><Relationship Id=\"r\" Type=\"http://a/attachedTemplate\" Target=\"http&#x3A;//a.example/t.dotm\" TargetMode=\"External\"/></Relationships>"
    let fields =
      "<w:document><w:instrText>DDE</w:instrText><w:r/><w:instrText>AUTO c:\\\\cmd.exe</w:instrText></w:document>"
    let found = read(
      ZipBuilder([
        .init("[Content_Types].xml", types), .init("word/_rels/settings.xml.rels", rels),
        .init("word/document.xml", fields), .init("word/vbaProject.bin", "x"),
      ]).octets, "a.docx")
    #expect(found.kind == .macroWord)
    #expect(found.has(.macros))
    #expect(
      found.facts.contains(
        ArtefactFact(.remoteTemplate, "attachedTemplate http://a.example/t.dotm")))
    #expect(found.has(.dynamicDataExchange))
  }
}
