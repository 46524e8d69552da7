import Mail
import Testing

@Suite struct WebAddressTests {
  @Test func `a letter that is escaped hides a host, a template's brace does not`() {
    #expect(WebAddress("http://%65xample.com/")?.oddities == [.encodedHost])
    #expect(WebAddress("http://example%2Ecom/")?.oddities == [.encodedHost])
    #expect(WebAddress("https://$%7bbmc%7d/login")?.oddities == [])
  }

  @Test(arguments: [
    ("HTTP://Example.JP", "http://example.jp/"),
    ("http:\\\\example.jp\\a", "http://example.jp/a"),
    ("ht\ttp://exa\nmple.jp/", "http://example.jp/"),
    ("https:example.jp", "https://example.jp/"),
    ("http://user:pass@example.jp:80/", "http://user:pass@example.jp/"),
    ("http://www.bank.example@203.0.113.5/", "http://www.bank.example@203.0.113.5/"),
    ("http://0xcb007105/", "http://203.0.113.5/"),
    ("http://0313.0.0x71.5/x", "http://203.0.113.5/x"),
    ("http://ｅｘａｍｐｌｅ．ｊｐ/", "http://example.jp/"),
    ("http://%65xample.jp/", "http://example.jp/"),
    ("http://例え.jp/", "http://xn--r8jz45g.jp/"),
    ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
    ("mailto:a@example.jp?subject=x y", "mailto:a@example.jp?subject=x%20y"),
    ("http://example.jp/a/../b/./c?d#e", "http://example.jp/b/c?d#e"),
    ("javascript:alert(1)", "javascript:alert(1)"),
  ])
  func `a link leads where a browser goes`(text: String, wanted: String) {
    #expect(WebAddress(text)?.description == wanted)
  }

  @Test(arguments: [
    "", "example.jp", "http://", "http://a b/", "http://256.256.256.256/", "http://a:99999/",
    "http://[::1/", "http://a%00b/", "http://１.２.３.４.５/",
  ])
  func `what browsers refuse is none`(text: String) {
    #expect(WebAddress(text) == nil)
  }

  @Test(arguments: [
    ("http:\\\\example.jp", WebAddress.Oddity.backslash),
    ("http://exam\tple.jp", .controlDropped), ("http:example.jp", .slashCount),
    ("http://bank.example@example.jp", .userinfo), ("http://%65xample.jp", .encodedHost),
    ("http://ｅxample.jp", .mappedHost), ("http://3405803781/", .numericHost),
  ])
  func `a disguise is told`(text: String, oddity: WebAddress.Oddity) {
    #expect(WebAddress(text)?.oddities == [oddity])
  }

  @Test func `a relative link counts from its base`() {
    let base = WebAddress("https://example.jp/a/b?c")
    #expect(WebAddress("../d", base: base)?.description == "https://example.jp/d")
    #expect(WebAddress("//other.example/", base: base)?.domain == Domain("other.example"))
    #expect(WebAddress("#x", base: base)?.description == "https://example.jp/a/b?c#x")
  }

  @Test func `links in Japanese text are found without spaces around them`() {
    let text = "詳しくはhttps://example.jp/給付。または（www.example.com）、a@example.jpへ。example.netをご覧ください。"
    #expect(
      LinkFinder.links(in: text).map(\.text) == [
        "https://example.jp/給付", "www.example.com", "a@example.jp", "example.net",
      ])
  }

  @Test func `a bracket that the link opened belongs to it`() {
    let text = "(http://example.jp/a_(b)) and http://example.jp/c, or http://example.jp/d."
    #expect(
      LinkFinder.links(in: text).map(\.text) == [
        "http://example.jp/a_(b)", "http://example.jp/c", "http://example.jp/d",
      ])
  }

  @Test func `a megabyte of almost-links takes no time to speak of`() {
    let clock = ContinuousClock()
    for piece in ["a.", "http://", "http://-", "a@", "www.", "x-", "（", "((((", "mailto:a"] {
      let text = [UInt8](String(repeating: piece, count: 1_000_000 / piece.utf8.count).utf8)
      let taken = clock.measure { _ = LinkFinder.links(in: text) }
      // Linear: a second or two; what was quadratic took hours.
      #expect(taken < .seconds(300), "\(piece) took \(taken)")
    }
  }

  @Test func `what looks alike has one skeleton`() {
    #expect(Skeleton.of("раураl") == Skeleton.of("paypal"))
    #expect(Skeleton.of("example") != Skeleton.of("exampie"))
  }
}
