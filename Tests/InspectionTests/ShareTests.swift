import Mail
import Testing

@testable import Inspection

/// What leads to a file on a computer elsewhere, to which Windows gives the reader's login.
@Suite struct ShareTests {
  private func rules(_ text: String, _ name: String) -> Set<String> {
    let report = MessageInspectorTests.report(Array(text.utf8), .file(name: name))
    return Set(report.findings.map(\.rule))
  }

  @Test(arguments: [
    "\\\\203.0.113.5\\s\\a.png", "file://203.0.113.5/s/a.png", "FILE:////203.0.113.5/s",
    "file:///\\\\203.0.113.5\\s\\a", "\\\\files.example@80\\DavWWWRoot\\a",
    "\\\\files.example@SSL\\a", "file://2001-db8--1.ipv6-literal.net/s",
  ])
  func `an address of the internet, or with a port, is foreign`(text: String) {
    #expect(ShareAddress(text.utf8)?.isForeign == true)
  }

  @Test(arguments: [
    "\\\\fileserver\\share\\a.xlsx", "file://///fileserver/share/a", "\\\\10.1.2.3\\s",
    "file://192.168.0.4/s", "\\\\fs.corp.example\\s",
  ])
  func `a company's own server is not`(text: String) {
    #expect(ShareAddress(text.utf8)?.isForeign == false)
  }

  @Test(arguments: ["file:///C:/a.png", "file:", "\\", "\\\\", "/\\203.0.113.5", "https://a", ""])
  func `what stands on a disk or the web is no share`(text: String) {
    #expect(ShareAddress(text.utf8) == nil)
  }

  @Test func `a page that shows or links to one is told, in the text and as a file`() {
    let link = "<a href='\\\\203.0.113.5\\s\\a!x'>b"
    for element in ["<img src='file://203.0.113.5/s/a.png'>", link] {
      #expect(rules("<html><p>Hello \(element)</html>", "a.html").contains("html.share"))
      let mail = "From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>Hello \(element)\r\n"
      #expect(rules(mail, "a.eml").contains("html.share"))
    }
    let own = "<html><p>See <a href='file://///fileserver/share/plan.xlsx'>it</a></html>"
    #expect(rules(own, "a.html") == [])
  }

  @Test(arguments: [
    ("a.m3u", "#EXTM3U\n\\\\203.0.113.5\\s\\a.mp3\n"),
    ("a.asx", "<asx><entry><ref href=\"file://203.0.113.5/s/a.mp3\"/></entry></asx>"),
    ("desktop.ini", "[.ShellClassInfo]\r\nIconResource=\\\\203.0.113.5\\s\\a.ico,0\r\n"),
    ("a.pls", "[playlist]\r\nFile1=fILe://203.0.113.5/s/a.mp3\r\n"),
    ("a.vcf", "BEGIN:VCARD\r\nFN:a\r\nURL:file:///\\\\203.0.113.5\\s\\a.cpl\r\nEND:VCARD\r\n"),
  ])
  func `a file that is followed as soon as it is seen is told`(name: String, text: String) {
    #expect(rules(text, name).contains("file.share"))
    let own = text.replacing("203.0.113.5", with: "fileserver")
    #expect(!rules(own, name).contains("file.share"))
    // A log that names an address is followed by nobody.
    #expect(!rules(text, "a.log.txt").contains("file.share") || name == "a.vcf")
  }

  @Test func `a picture of a document on such a share is told, one of a company's is not`() {
    for (host, weight) in [("203.0.113.5", 8.0), ("fileserver", 1.0)] {
      #expect(ExternalTarget("image file://\(host)/s/a.png").weight == weight)
      let template = ExternalTarget("attachedTemplate file://\(host)/s/a.dotm").templateWeight
      #expect(template == (weight > 1 ? 12 : 6))
      #expect(ExternalTarget("reminder \\\\\(host)\\a.wav").weight == 12)
      #expect(ExternalTarget("includepicture \"\\\\\\\\\(host)\\\\a.png").weight >= weight - 1)
    }
  }

  @Test(arguments: [("203.0.113.5", true), ("fileserver", false)])
  func `an OpenDocument text that shows what is there is told`(host: String, isTold: Bool) {
    let text =
      "<office:document-content><draw:object xlink:href=\"file://\(host)/s/a.odt\"/>"
      + "</office:document-content>"
    let octets = StoredZip.octets([
      ("mimetype", Array("application/vnd.oasis.opendocument.text".utf8)),
      ("content.xml", Array(text.utf8)),
    ])
    let report = MessageInspectorTests.report(octets, .file(name: "a.odt"))
    #expect(report.findings.contains { $0.rule == "html.share" } == isTold)
    #expect((report.verdict != .clean) == isTold)
  }
}
