import Mail
import MailAuth
import Testing

@Suite struct AuthorDomainTests {
  private func author(_ value: String) -> AuthorDomain {
    AuthorDomain(parsing: Array(value.utf8)[...])
  }

  @Test(arguments: [
    "a@example.jp", " <a@example.jp>", "Taro <a@EXAMPLE.jp>", "\"b@evil.example\" <a@example.jp>",
    "a@example.jp, \"x, y\" <b@example.jp>", "Team: a@example.jp, b@example.jp;",
    "a@example.jp (b@evil.example)", "\"a@b\"@example.jp", "a @ example . jp",
    "Taro Q. Yamada <@route.example,@r2.example:a@example.jp>", ",, a@example.jp,",
    "Taro [Sales] <a@example.jp>", "a@example(comment).jp", "太郎 <a@example.jp>",
    "a@example.jp\r\n ",
    "Empty:;, a@example.jp", "root, a@example.jp", "\"\\\"@evil.example\" <a@example.jp>",
    "=?utf-8?q?b=40evil.example?= <a@example.jp>",
  ])
  func `one domain is found`(value: String) throws {
    let domain = try #require(Domain("example.jp"))
    #expect(author(value) == .one(domain), "\(value)")
  }

  @Test(arguments: ["", " ", "root", "Undisclosed:;", "<>", "a@[192.0.2.1]", "\"a@b.example\""])
  func `nobody has a domain`(value: String) { #expect(author(value) == .none, "\(value)") }

  @Test(arguments: [
    "a@example.jp, b@example.com", "G: a@example.jp; H: b@example.com;", "a@x.jp,b@[192.0.2.1]",
  ])
  func `two domains are several`(value: String) { #expect(author(value) == .several, "\(value)") }

  @Test(arguments: [
    "a@example.jp b@evil.example", "a@example.jp <b@evil.example>", "<a@example.jp> b@evil.example",
    "<a@example.jp><b@evil.example>", "a@example.jp@evil.example", "a@", "<a@>", "@example.jp",
    "\"a@example.jp", "a@example.jp (", "a@example.jp)", "<a@example.jp", "a@example.jp>",
    "G: H: a@example.jp;", "G: a@example.jp", "a@exa mple.jp", "a@example..jp", "a@-x.jp",
    "<a@b.example@example.jp>", "<@a@example.jp>", "a@example.jp;", "a@[192.0.2.1]x.jp",
    "a\\@b.example",
    "a@example.jp\u{0}",
  ])
  func `what two readers may read differently is unreadable`(value: String) {
    #expect(author(value) == .unreadable, "\(value)")
  }

  @Test(arguments: [
    ("a@b\u{FC}cher.example", "xn--bcher-kva.example"),
    ("a@BU\u{308}CHER.example", "xn--bcher-kva.example"),
    ("a@b\u{FC}cher.example, b@bu\u{308}cher.example", "xn--bcher-kva.example"),
    ("a@\u{1D41B}ank.example", "bank.example"), ("a@ban\u{212A}.example", "bank.example"),
    ("a@\u{FF42}ank\u{3002}example", "bank.example"), ("a@ba\u{AD}nk.example", "bank.example"),
    ("a@bank\u{200B}.example", "bank.example"), ("a@ban\u{24C0}.example", "bank.example"),
    ("a@bank\u{17F}.example", "banks.example"),
  ])
  func `letters beyond ASCII are the domain that they are mapped to`(value: String, name: String)
    throws
  {
    let domain = try #require(Domain(name))
    #expect(author(value) == .one(domain))
  }

  @Test func `a name that can't be mapped is unreadable`() {
    for value in ["a@\u{FFFD}.example", "a@\u{202E}b.example", "a@b\u{FF20}c.example"] {
      #expect(author(value) == .unreadable, "\(value)")
    }
  }

  @Test func `a From that only some readers see makes them several`() {
    func read(_ text: String) -> AuthorDomain {
      AuthorDomain(of: SignatureHeader(Array(text.utf8)))
    }
    let one = Domain("example.jp").map(AuthorDomain.one)
    #expect(read("From: a@example.jp\r\nno field\r\nFrom: b@bank.example\r\n\r\nx") == .several)
    #expect(read("no field\r\nFrom: b@bank.example\r\n\r\nx") == .several)
    #expect(read("From: a@example.jp\r\nno field\r\nX: y\r\n\r\nFrom: b@bank.example") == one)
    #expect(read("From: a@example.jp\r\n\r\nFrom: b@bank.example\r\n") == one)
    #expect(read("\r\nhello\r\n") == .none)
  }

  @Test func `a field too long or too deep is unreadable`() {
    #expect(author(String(repeating: "(", count: 100) + "a@example.jp") == .unreadable)
    #expect(author(String(repeating: "a@example.jp,", count: 10_000)) == .unreadable)
  }

  @Test func `two From fields are several, whatever they say`() {
    func read(_ text: String) -> AuthorDomain {
      let bytes = Array(text.utf8)
      return AuthorDomain(of: HeaderFields(bytes), in: bytes)
    }
    #expect(read("From: a@example.jp\r\nfrom : a@example.jp\r\n\r\n") == .several)
    #expect(read("To: a@example.jp\r\n\r\nFrom: a@example.jp\r\n") == .none)
    #expect(read("FROM:\r\n a@example.jp\r\n\r\n") == Domain("example.jp").map(AuthorDomain.one))
  }
}
