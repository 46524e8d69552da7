import Mail
import Testing

@testable import Inspection

/// PDFs that lead to what infects, or that Word takes for something else.
@Suite struct LinkedFileTests {
  private func report(_ text: String, _ name: String) -> InspectionReport {
    MessageInspectorTests.report(Array(text.utf8), .file(name: name))
  }

  private func rules(_ address: String) -> Set<String> {
    let link = "<</Type/Annot/Subtype/Link/A<</S/URI/URI\(address)>>>>"
    let text = "%PDF-1.5\n1 0 obj\n<</Type/Catalog>>\nendobj\n2 0 obj\n\(link)\nendobj\n"
    return Set(report(text, "a.pdf").findings.map(\.rule))
  }

  @Test(arguments: [
    "(https://files.example/Invoice.js)", "(https://files.example/a/Invoice.pdf.exe?x=1#y)",
    "(https://files.example/Invoice\\056lnk)", "(https://files.example/Invoice%2Ehta)",
    "<68747470733a2f2f782f612e657865>", "(file://203.0.113.5/share/a.lnk)",
    "(https://files.example/Invoice.iso)", "(https://files.example/Invoice.vhdx#x)",
  ])
  func `a link of a PDF to what runs is told`(address: String) {
    #expect(rules(address).contains("pdf.program-link"))
  }

  @Test(arguments: [
    "(https://files.example)", "(https://www.example.com)", "(https://www.example.com/)",
    "(https://files.example/manual.pdf)", "(mailto:a@b.exe)", "(https://a.example/?f=x.exe)",
    "(https://a.example/index.php)", "(https://a.example/start.action)",
    "(https://archive.example/www.example.com)",
  ])
  func `a link to a page or a document is not`(address: String) {
    #expect(!rules(address).contains("pdf.program-link"))
  }

  @Test(arguments: ["zip", "rar", "7z", "cab", "tar.gz", "ZIP?dl=1"])
  func `a link of a PDF to an archive is told, and no more than that`(suffix: String) {
    let link = "<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://files.example/a.\(suffix))>>>>"
    let report = report("%PDF-1.5\n1 0 obj\n<</Type/Catalog>>\nendobj\n\(link)\n", "a.pdf")
    #expect(report.findings.map(\.rule) == ["pdf.archive-link"])
    #expect(report.verdict == .clean)
  }

  @Test func `a page that was saved is looked into behind the head of a PDF`() {
    let page = [
      "MIME-Version: 1.0", "Content-Type: multipart/related; boundary=x", "", "--x",
      "Content-Location: file:///C:/a.htm", "Content-Type: text/html",
      "Content-Transfer-Encoding: base64", "",
      Base64.encode(
        Array("<html><script>new ActiveXObject('WScript.Shell').Run('calc')</script></html>".utf8)),
      "--x--", "",
    ].joined(separator: "\r\n")
    let report = report("%PDF-1.7\r\n1 0 obj<</Type/Catalog>>endobj\r\n" + page, "a.doc")
    let rules = report.findings.map(\.rule)
    #expect(rules.contains("html.runs-programs") && rules.contains("file.polyglot"), "\(rules)")
    #expect(!rules.contains("archive.contains-itself"))
    #expect(report.verdict == .malicious)
  }
}
