import Testing

@testable import Mail

/// Words, addresses and dates of header fields.
@Suite struct HeaderTextTests {
  // MARK: Encoded words

  @Test(arguments: [
    ("=?utf-8?q?a_b=C3=A9?=", "a bé"), ("=?UTF-8?B?44GC?= =?utf-8?b?44GE?=", "あい"),
    ("=?iso-8859-1*fr?q?=E9?=\r\n =?iso-2022-jp?b?GyRCJCIbKEI=?=", "éあ"),
    ("a =?utf-8?q?b?= c", "a b c"), ("=?utf-8?q?=41=3F?=", "A?"), ("x=?utf-8?q?a?=y", "xay"),
    ("=?x", "=?x"), ("=?utf-8?z?a?=", "=?utf-8?z?a?="), ("no words", "no words"),
    ("=?utf-8?q??=", ""),
  ])
  func `words are decoded`(text: String, decoded: String) {
    #expect(EncodedWords.decode(Array(text.utf8)).text == decoded)
  }

  @Test func `a character cut in two words is whole again`() {
    let decoded = EncodedWords.decode(Array("=?utf-8?b?44E=?=\r\n =?utf-8?b?gg==?=".utf8))
    #expect(decoded.text == "あ")
    #expect(decoded.flaws.map(\.kind) == [.encodedWordSplit])
  }

  @Test func `words that are wrong are decoded and recorded`() {
    let kinds = { (text: String) in EncodedWords.decode(Array(text.utf8)).flaws.map(\.kind) }
    #expect(kinds("=?utf-8?q?a b?=") == [.encodedWordSyntax])
    #expect(kinds("=?no-such?q?a?=") == [.charsetUnknown])
    #expect(kinds("=?utf-8?q?=FF?=") == [.charsetMalformed])
    #expect(kinds("=?utf-8?q?" + String(repeating: "a", count: 70) + "?=") == [.encodedWordTooLong])
    #expect(kinds("=?utf-8?q?fine?=").isEmpty)
  }

  // MARK: Addresses

  private func plain(_ text: String) -> [String] {
    AddressList(Array(text.utf8)).entries.flatMap { entry -> [String] in
      switch entry {
      case .mailbox(let mailbox): ["\(mailbox.name ?? "")<\(mailbox.address ?? "")>"]
      case .group(let name, let members):
        ["\(name):"] + members.map { "\($0.name ?? "")<\($0.address ?? "")>" } + [";"]
      }
    }
  }

  @Test(arguments: [
    ("a@b", ["<a@b>"]), ("A B <a@b>, \"C, D\" <c@d>", ["A B<a@b>", "C, D<c@d>"]),
    ("G: a@b, X <c@d>;, e@f", ["G:", "<a@b>", "X<c@d>", ";", "<e@f>"]), ("none:;", ["none:", ";"]),
    ("a@b (Name)", ["Name<a@b>"]), ("<@r,@s:a@b>", ["<a@b>"]), ("J. Q. P <a@b>", ["J. Q. P<a@b>"]),
    ("=?utf-8?b?44GC?= <a@b>", ["あ<a@b>"]), ("a . b @ c . d", ["<a.b@c.d>"]),
    ("\"a b\"@c", ["<\"a b\"@c>"]), (", ,a@b,,", ["<a@b>"]), ("<>", []),
    ("a@[192.0.2.1]", ["<a@[192.0.2.1]>"]),
    ("\"x@evil.example\" <a@b>", ["x@evil.example<a@b>"]), ("a@b <c@d>", ["a@b<c@d>"]),
  ])
  func `address lists`(text: String, expected: [String]) {
    #expect(plain(text) == expected)
  }

  @Test(arguments: [
    "a@b <c", "name only", "a@b c@d <e@f> g@h", "G: a@b", "\"open <a@b>", "a@b (open",
  ])
  func `address lists that are wrong say so`(text: String) {
    #expect(!AddressList(Array(text.utf8)).flaws.isEmpty)
  }

  @Test func `a usable address is a mailbox`() {
    let list = AddressList(Array("X <A@EXAMPLE.jp>, bad@-x-".utf8)).mailboxes
    #expect(list.map(\.mailbox) == [Mailbox("A@example.jp"), nil])
  }

  @Test(arguments: [
    ("<a@b>", ["a@b"]), (" <a@b>\r\n (x <y@z>) <c@d> e", ["a@b", "c@d"]), ("a@b c", ["a@b", "c"]),
    ("<>", []), ("<open", ["open"]),
  ])
  func `message identifiers`(text: String, expected: [String]) {
    #expect(MessageIDs.all(in: Array(text.utf8)) == expected)
  }

  // MARK: Dates

  @Test(arguments: [
    ("Tue, 24 Nov 2026 04:30:00 +0900", 1_795_462_200, true),
    ("24 Nov 2026 04:30 +0000", 1_795_494_600, true),
    ("Tue, 24 Nov 26 04:30:00 GMT", 1_795_494_600, false),
    ("Tue (x), 24 (y) Nov 2026 04:30:00 (z) JST (w)", 1_795_462_200, false),
    ("Thu, 1-Jan-1970 00:00:00 +0000", 0, true),
  ])
  func `dates`(text: String, seconds: Int, isStandard: Bool) throws {
    let date = try #require(HeaderDate(Array(text.utf8)))
    #expect(date.timestamp.seconds == Int64(seconds))
    #expect(date.isStandard == isStandard)
  }

  @Test(arguments: [
    "", "Tue, 32 Nov 2026 04:30 +0000", "24 Foo 2026 04:30 +0000", "24 Nov 2026",
    "24 Nov 2026 25:00 +0000",
  ])
  func `what is no date is none`(text: String) {
    #expect(HeaderDate(Array(text.utf8)) == nil)
  }
}
