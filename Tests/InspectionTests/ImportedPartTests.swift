import Mail
import Testing

@testable import Inspection

/// Documents that take in other files as their text (`altChunk`), which Word reads by programs of their own.
@Suite struct ImportedPartTests {
  private static let types = """
    <?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
    <Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument\
    .wordprocessingml.document.main+xml"/></Types>
    """

  /// A document that takes in `part`, called `name`, by the address `target`.
  private func document(_ part: [UInt8], name: String, target: String) -> [UInt8] {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    let list =
      "<Relationships><Relationship Id=\"a\" Type=\"\(relation)\" Target=\"\(target)\"/>"
      + "</Relationships>"
    return StoredZip.octets([
      ("[Content_Types].xml", Array(Self.types.utf8)),
      ("word/document.xml", Array("<w:document><w:altChunk r:id=\"a\"/></w:document>".utf8)),
      (name, part), ("word/_rels/document.xml.rels", Array(list.utf8)),
    ])
  }

  private func report(
    _ part: [UInt8], name: String = "word/chunk.dat", target: String = "/word/chunk.dat"
  ) -> InspectionReport {
    MessageInspectorTests.report(
      document(part, name: name, target: target), .file(name: "a.docx"))
  }

  private func rules(_ report: InspectionReport) -> Set<String> {
    Set(report.findings.map(\.rule))
  }

  private static let page =
    "<html><body><script>new ActiveXObject('WScript.Shell').Run('calc')</script></body></html>"

  private static let saved = [
    "MIME-Version: 1.0", "Content-Type: multipart/related; boundary=x", "", "--x",
    "Content-Location: file:///C:/a.htm", "Content-Type: text/html",
    "Content-Transfer-Encoding: base64", "", Base64.encode(Array(page.utf8)), "--x--", "",
  ].joined(separator: "\r\n")

  @Test(arguments: [
    "", "junk\r\n", "a\r\nb\r\nc\r\nd\r\ne: f\r\ng\r\n\r\nh\r\n",
    String(repeating: "no field here\r\n", count: 300),
  ])
  func `a saved page is found behind whatever stands before it`(junk: String) {
    let report = report(Array((junk + Self.saved).utf8))
    #expect(rules(report).isSuperset(of: ["html.runs-programs", "office.imported-part"]))
    #expect(report.verdict == .malicious)
  }

  @Test(arguments: [
    ("word/chunk.dat", "chunk.dat"), ("word/A b.html", "./A%20b.html"),
    ("chunk.dat", "../chunk.dat"), ("WORD\\chunk.dat", "/word/CHUNK.dat"),
  ])
  func `a part is known by what leads to it`(name: String, target: String) {
    let report = report(Array("rem words".utf8), name: name, target: target)
    #expect(rules(report) == ["office.imported-part"], "\(report.findings)")
  }

  @Test func `what runs is told as if it were attached`() {
    let script = Array("CreateObject(\"WScript.Shell\").Run \"calc\"\r\nmsgbox 1\r\n".utf8)
    #expect(rules(report(script)).contains("file.packed-script"))
    #expect(rules(report(SampleProgram.octets)).contains("file.packed-program"))
    // The same where nothing takes it in is a piece of the package.
    let loose = report(script, target: "/word/other.dat")
    #expect(loose.verdict == .clean, "\(loose.findings)")
  }

  @Test func `a document in one file says types of its parts itself`() {
    let text =
      "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><pkg:package>"
      + "<pkg:part pkg:name=\"/word/a.mht\" pkg:contentType=\"message/rfc822\"><pkg:binaryData>"
      + Base64.encode(Array(("x\r\n" + Self.saved).utf8))
      + "</pkg:binaryData></pkg:part></pkg:package>"
    let report = MessageInspectorTests.report(Array(text.utf8), .file(name: "a.xml"))
    #expect(rules(report).contains("html.runs-programs"), "\(report.findings)")
  }

  @Test func `a report that a program made of HTML or RTF is clean`() {
    for part in [
      "<body><table><tr><td>Quarterly report</td></tr></table></body>",
      "{\\rtf1\\ansi Quarterly report\\par}",
    ] {
      let report = report(Array(part.utf8))
      #expect(rules(report) == ["office.imported-part"], "\(report.findings)")
      #expect(report.verdict == .clean)
    }
  }
}
