import Testing

@testable import Mail

@Suite struct AddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::", "fe80::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ("::", "::"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
  ])
  func `an address is read and written canonically`(text: String, canonical: String) {
    #expect(IPAddress(text).map { "\($0)" } == canonical)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4 ", ":::", "1::2::3", "12345::",
    "1:2:3:4:5:6:7", "::g", "fe80::1%eth0", "1.2.3.-4",
  ])
  func `what is no address is refused`(text: String) { #expect(IPAddress(text) == nil) }

  @Test func `a network has its addresses and no others`() throws {
    let network = try #require(Network("10.0.0.16/28"))
    #expect(network.contains(try #require(IPAddress("10.0.0.31"))))
    #expect(!network.contains(try #require(IPAddress("10.0.0.32"))))
    #expect(network.count == 16)
    #expect(Network("10.0.0.17/28") == nil)
    #expect(Network("10.0.0.0/33") == nil)
    #expect(Network("0.0.0.0/0")?.coversPublicSpace == true)
    #expect(Network("192.168.3.0/24")?.coversPublicSpace == false)
    #expect(Network("8.8.8.8")?.coversPublicSpace == true)
  }

  @Test(arguments: [
    ("EXAMPLE.jp", "example.jp"), ("例え.jp", "xn--r8jz45g.jp"), ("XN--R8JZ45G.jp", "xn--r8jz45g.jp"),
    ("ｅｘａｍｐｌｅ。jp", "example.jp"), ("bücher.example", "xn--bcher-kva.example"),
  ])
  func `spellings of one domain are one`(text: String, ascii: String) {
    #expect(Domain(text)?.ascii == ascii)
  }

  @Test(arguments: [
    "", ".", "a..b", "a.", ".a", "-a.b", "a-.b", "a b.c", "a\u{200B}b.c", "xn--a.example",
    "a\u{202E}b.c", String(repeating: "a", count: 64) + ".b",
  ])
  func `what is no domain is refused`(text: String) { #expect(Domain(text) == nil) }

  /// Names of ASCII are read in one pass, others label by label; a full-width letter makes it the latter.
  @Test(arguments: [
    "a", "Ab.C", "a-b.c", "a--b.c", "-a.b", "a-.b", "a.-b", "a.b-", "a..b", "a.b.", ".a", "a_b.c",
    "a b.c",
    "axn--b.c", "xn--a.b", "a.xn--r8jz45g", "1.2.3.4", "a/b.c",
    String(repeating: "a", count: 63) + ".b",
    String(repeating: "a", count: 64) + ".b", String(repeating: "ab.", count: 84) + "c",
    String(repeating: "ab.", count: 84) + "cd",
  ])
  func `both ways of reading a name agree`(text: String) {
    let wide = text.replacing("a", with: "\u{FF41}", maxReplacements: 1)
    #expect(Domain(text) == Domain(wide))
    #expect(Domain(text.uppercased()) == Domain(text))
  }

  @Test(arguments: [
    "a@b.example", "\"a b\"@c.example", "\"a@b\"@c.example", "a+b@c.example", "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]", "\"a\\\"b\"@c.example", "あ@b.example",
  ])
  func `a mailbox is written as it is read`(text: String) throws {
    #expect(try #require(Mailbox(text)).description == text)
  }

  @Test(arguments: [
    "", "a", "@b", "a@", "a@b@c", "a b@c", ".a@b", "a.@b", "a..b@c", "\"a@b", "a@[1.2.3]", "\"\"@b",
    "a@[2001:db8::1]", "\"a\u{1}b\"@c", "a\u{202E}b@c", "a\u{85}b@c", "a@\u{301}b.example",
  ])
  func `what is no mailbox is refused`(text: String) { #expect(Mailbox(text) == nil) }

  @Test func `dates are written by the calendar`() {
    let moment = Timestamp(microseconds: 1_795_494_600_123_456)
    #expect(moment.mailDate == "Tue, 24 Nov 2026 04:30:00 +0000")
    #expect(moment.iso8601 == "2026-11-24T04:30:00.123Z")
    #expect(
      Timestamp(microseconds: 951_782_400_000_000).mailDate == "Tue, 29 Feb 2000 00:00:00 +0000")
    #expect(Timestamp(microseconds: -1).mailDate == "Wed, 31 Dec 1969 23:59:59 +0000")
  }

  @Test func `header fields are found where they stand`() {
    let fields = HeaderFields(
      Array("Received: a\r\n b\r\nreceived : c\r\nMessage-ID: <x@y>\r\n\r\nReceived: d\r\n".utf8))
    #expect(fields.count(of: "RECEIVED") == 2)
    #expect(fields.first("message-id") == "<x@y>")
    #expect(fields.first("Received") == "a b")
    #expect(fields.fields.count == 3)
  }

  @Test func `a mark behind a dot hides no double dot`() throws {
    let mailbox: Mailbox = try #require(Mailbox("\"a..\u{301}b\"@x.example"))
    #expect(Mailbox(mailbox.description) == mailbox)
  }

  @Test func `random octets break no parser`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("a@a@..\"\"\\[]:<>% \r\n-x0é\u{301}".utf8) + [0, 0xFF]
    for _ in 0..<20_000 {
      let length = Int.random(in: 0..<40, using: &random)
      let bytes = (0..<length).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      if let (mailbox, end) = try? MailboxParser.parse(bytes[...]) {
        #expect(end <= bytes.count)
        #expect(Mailbox(mailbox.description) == mailbox)
      }
      _ = HeaderFields(bytes).bodyStart
    }
  }
}
