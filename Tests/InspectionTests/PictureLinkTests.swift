import Mail
import Testing

@testable import Inspection

/// Pictures and XML that are there to lead somewhere.
@Suite struct PictureLinkTests {
  private func report(_ text: String, _ name: String) -> InspectionReport {
    MessageInspectorTests.report(Array(text.utf8), .file(name: name))
  }

  private func rules(_ text: String, _ name: String = "a.svg") -> Set<String> {
    Set(report(text, name).findings.map(\.rule))
  }

  private func picture(_ content: String) -> String {
    "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' "
      + "xmlns:xlink='http://www.w3.org/1999/xlink'>\(content)</svg>"
  }

  private let box = "<rect width='100%' height='100%'/><text>Open the document</text>"

  @Test(arguments: [
    "xlink:href='https://files.example/login'", "href=\"&#104;ttps://files.example/\"",
    "href='ht\ntps://files.example'", "href='//files.example/'",
  ])
  func `a picture that is one link is told`(link: String) {
    let report = report(picture("<a \(link)>\(box)</a>"), "a.svg")
    #expect(report.findings.map(\.rule) == ["svg.link"])
    #expect(report.verdict == .suspicious)
  }

  @Test func `a page within a picture that leads on is told`() {
    let head = "<foreignObject><meta http-equiv='refresh' content='0;url=https://a.example/'/>"
    #expect(rules(picture(head + "</foreignObject>")).contains("html.redirect"))
    #expect(rules(picture("<g onload='a()'/>")).contains("svg.script"))
    #expect(rules(picture("<script xlink:href='https://a.example/a.js'/>")).contains("svg.script"))
  }

  @Test func `drawings, diagrams and links within a picture are not`() {
    let drawing = String(repeating: "<path d='M0 0L1 1'/>", count: 200)
    let links = (0..<9).map { "<a href='https://wiki.example/\($0)'><text>\($0)</text></a>" }
    for content in [
      drawing + "<a href='https://a.example/'>\(box)</a>", links.joined(), box,
      "<a href='#detail'>\(box)</a>", "<use href='#x'/><image href='https://a.example/a.png'/>",
    ] {
      #expect(rules(picture(content)).isEmpty, "\(content.prefix(80))")
    }
  }

  // MARK: XML

  @Test func `a style sheet that is fetched, or stands in its address, is told`() {
    let sheet = "<x:stylesheet><script>location='https://a.example'</script></x:stylesheet>"
    let data = "data:text/xml;base64," + Base64.encode(Array(sheet.utf8))
    let carried = rules(
      "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='\(data)'?><a/>", "a.xml")
    #expect(carried.isSuperset(of: ["xml.carried-style", "html.script-redirect"]), "\(carried)")
    let remote = report(
      "<?xml version='1.0'?><?xml-stylesheet href='https://a.example/a.xsl' type='text/xsl'?><a/>",
      "a.xml")
    #expect(remote.findings.map(\.rule) == ["xml.remote-style"])
    #expect(remote.verdict == .clean)
  }

  @Test(arguments: [
    "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='kagami.xsl'?><DOC>x</DOC>",
    "<?xml version='1.0'?><?xml-stylesheet type='text/css' href='https://a.example/a.css'?><DOC/>",
    "<?xml version='1.0'?><book xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='a.xml'/></book>",
  ])
  func `what stands beside the file is not`(text: String) {
    #expect(rules(text, "a.xml").isEmpty)
  }

  @Test(arguments: ["file:///etc/passwd", "https://a.example/a.xml", "\\\\a.example\\a"])
  func `an inclusion from elsewhere is told`(target: String) {
    let text =
      "<?xml version='1.0'?><a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='\(target)'/></a>"
    #expect(rules(text, "a.xml") == ["xml.external-entity"])
  }
}
