import Testing

@testable import Mail

/// Received fields as programs write them.
@Suite struct TraceFieldTests {
  private func read(_ text: String) -> TraceField { TraceField(Array(text.utf8)) }

  @Test func `Postfix tells everything`() {
    let field = read(
      "from mx.example.org (unknown [192.0.2.7])\r\n\tby gate.example.jp (Postfix) with ESMTPS id 4Bx\r\n"
        + "\tfor <a@example.jp>; Tue, 29 Aug 2023 16:20:12 +0900 (JST)")
    #expect(field.from == "mx.example.org")
    #expect(field.address == IPAddress("192.0.2.7"))
    #expect(field.by == "gate.example.jp")
    #expect(field.with == "ESMTPS")
    #expect(field.id == "4Bx")
    #expect(field.recipient == "a@example.jp")
    #expect(field.date?.zoneMinutes == 540)
    #expect(field.helo == nil && field.via == nil)
  }

  @Test(arguments: [
    ("from a (HELO b.example) (192.0.2.7) by c with SMTP", "b.example", "192.0.2.7"),
    ("from a (EHLO b.example) [192.0.2.7] by c with SMTP", "b.example", "192.0.2.7"),
    ("from ([192.0.2.7]:2525 helo=b.example) by c", "b.example", "192.0.2.7"),
    ("from a (x[IPv6:2001:db8::1] helo=b.example) by c", "b.example", "2001:db8::1"),
  ])
  func `the client's address and greeting stand in comments`(
    text: String, helo: String, address: String
  ) {
    let field = read(text)
    #expect(field.helo == helo)
    #expect(field.address == IPAddress(address))
    #expect(field.by == "c")
  }

  @Test func `the first clause of a kind counts, and comments hold none`() {
    let field = read("by one (from x) by two with quill with LMTP id a id b")
    #expect(field.by == "one" && field.with == "LMTP" && field.id == "a" && field.from == nil)
  }

  @Test(arguments: ["", ";", "(", "from", "from (", "from [", "from <> by <>;;", "with -", "by (a"])
  func `nothing much is read as nothing much`(text: String) {
    #expect(read(text).date == nil)
    #expect(read(text).address == nil)
  }
}
