import Mail
import Testing

@testable import Inspection

@Suite struct FactReaderTests {
  private func facts(_ mail: String, _ context: FactContext = FactContext()) -> FactBook {
    FactReader.readAll(Message(Array(mail.replacing("\n", with: "\r\n").utf8)), context)
  }

  private func words(_ book: FactBook, _ name: String) -> [String] {
    FactName(name).flatMap { book[$0] }?.words ?? []
  }

  @Test func `four numbers alone are no link`() {
    let book = facts("\nRelease 3.14.0.0 is out: http://192.0.2.7/ and 192.0.2.8/login\n")
    #expect(words(book, "link.host") == ["192.0.2.7", "192.0.2.8"])
  }

  @Test func `addresses, names and what they show`() {
    let book = facts(
      """
      From: "info@bank.example.jp" <x@MAIL.例え.jp>
      Reply-To: y@sub.example.co.jp
      To: =?utf-8?b?5aSq6YOO?= <taro@example.jp>
      Subject: =?iso-2022-jp?b?GyRCNWtJVTZiGyhC?=

      x
      """)
    #expect(words(book, "from.domain") == ["mail.xn--r8jz45g.jp"])
    #expect(words(book, "from.organization") == ["xn--r8jz45g.jp"])
    #expect(words(book, "from.name.domain") == ["bank.example.jp"])
    #expect(words(book, "reply_to.organization") == ["example.co.jp"])
    #expect(words(book, "to.name") == ["太郎"])
    #expect(words(book, "subject") == ["給付金"])
  }

  @Test func `links of HTML and of its text, and those that show another`() {
    let book = facts(
      """
      MIME-Version: 1.0
      Content-Type: text/html; charset=utf-8
      Content-Transfer-Encoding: 8bit

      <base href="https://base.example/"><p>See http://plain.example/a and
      <a href="http://evil.example/?x=1&amp;y=2">https://www.bank.example/</a>
      <a href=/relative>here</a><div style="Display : none">unseen</div>
      <form action="https://form.example/"><input type=password name=pin></form>
      <script>var x = "<a href='http://script.example'>";</script>
      """)
    #expect(
      words(book, "link.url") == [
        "http://evil.example/?x=1&y=2", "https://base.example/relative", "http://plain.example/a",
        "https://www.bank.example/",
      ])
    #expect(words(book, "link.mismatch") == ["evil.example"])
    #expect(words(book, "form.field") == ["password", "pin"])
    #expect(words(book, "form.host") == ["form.example"])
    #expect(words(book, "body.hidden") == ["unseen\n"])
    #expect(!words(book, "body.text").joined().contains("script"))
  }

  @Test func `what is known beyond the octets`() {
    var context = FactContext()
    context.mailFrom = "a@b.example"
    context.recipients = ["c@example.jp"]
    context.clientAddress = IPAddress("192.0.2.1")
    context.authentication = ["auth.dmarc": ["fail"]]
    context.findings = ["archive.encrypted"]
    let book = facts("From: a@b.example\n\nx", context)
    #expect(words(book, "envelope.from.domain") == ["b.example"])
    #expect(words(book, "envelope.to.domain") == ["example.jp"])
    #expect(words(book, "client.ip") == ["192.0.2.1"])
    #expect(words(book, "auth.dmarc") == ["fail"])
    #expect(words(book, "finding") == ["archive.encrypted"])
  }

  @Test(arguments: [
    ("こんにちは、世界。", "ja"), ("안녕하세요", "ko"), ("您好世界", "zh"), ("hello", "latin"),
    ("привет", "cyrillic"),
  ])
  func `language by scripts`(text: String, language: String) {
    #expect(ScriptCount([text]).language == language)
  }

  @Test func `elements that hide end where they end`() {
    let markup = MarkupText(
      "a<div style='display:none'>b<div>c</div>d</div>e<span hidden>f</span>g<p style=\"font-size:0px\">h</p>"
        + "<p style='font-size:0.9em'>i</p>")
    #expect(markup.visible.filter { $0 != "\n" } == "aegi")
    #expect(markup.hidden.filter { $0 != "\n" } == "bcdfh")
  }

  @Test(arguments: [
    "<", "<a", "<a href", "<a href=", "<a href='x", "</", "<!--", "<script>", "&#x",
  ])
  func `HTML that breaks off is read to its end`(text: String) {
    _ = MarkupText(text)
    _ = MarkupText(String(repeating: text, count: 10_000))
  }
}
