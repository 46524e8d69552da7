import Foundation
import Mail
import MailAuth
import Testing
import Vectors

@Suite struct AuthenticationResultsTests {
  private func read(_ text: String) throws -> AuthenticationResultsField {
    try AuthenticationResultsField(parsing: Array(text.utf8)[...])
  }

  @Test func `statements, reasons, comments and properties are read`() throws {
    let field = try read(
      """
       (ours) mx.example.jp 1 (v); SPF=Pass (sender (is) ok) smtp . mailfrom = "a b"@example.com;\r
      \tdkim/1=fail reason="bad \\"sig\\"; really" (2048 bit) header.d=example.com\r
       header.b=AbC/+=;\r
       dmarc=none action=none header.from=例え.jp
      """)
    #expect(field.serverID == "mx.example.jp")
    #expect(field.version == "1")
    #expect(field.statements.map(\.method) == ["spf", "dkim", "dmarc"])
    #expect(field.statements.map(\.result) == ["pass", "fail", "none"])
    #expect(field.statements[0].comment == "sender (is) ok")
    #expect(field.statements[0].value("smtp", "mailfrom") == "\"a b\"@example.com")
    #expect(field.statements[1].methodVersion == "1")
    #expect(field.statements[1].reason == "bad \"sig\"; really")
    #expect(field.statements[1].value("header", "b") == "AbC/+=")
    #expect(field.statements[2].value("", "action") == "none")
    #expect(field.statements[2].value("header", "from") == "例え.jp")
  }

  @Test(arguments: ["mx; none", "mx;none;", "mx 1 ; (c) none (d)", "mx", "mx;", "\"mx\" ; none"])
  func `nothing was looked at`(text: String) throws {
    let field = try read(text)
    #expect(field.serverID == "mx")
    #expect(field.statements.isEmpty)
  }

  @Test func `comments may stand everywhere`() throws {
    // RFC 8601 §B.7.
    let field = try read(
      """
       foo.example.net (foobar) 1 (baz);\r
       dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r
       policy (A dot can go here) . (like that) expired\r
       (this surprised me) = (as I wasn't expecting it) 1362471462
      """)
    #expect(field.serverID == "foo.example.net")
    #expect(field.statements[0].methodVersion == "1")
    #expect(field.statements[0].value("policy", "expired") == "1362471462")
  }

  @Test func `a method may be called none`() throws {
    #expect(try read("mx; none=pass").statements.map(\.method) == ["none"])
  }

  @Test(arguments: [
    "", " ", ";none", "(mx); none", "mx (; none", "mx; spf", "mx; spf=", "mx; =pass",
    "mx; spf=pass x",
    "mx; spf=pass smtp.=x", "mx; spf=pass smtp.mailfrom=", "mx; spf=pass reason=\"x",
    "mx junk; none",
    "mx; spf=pass dkim=pass header.d", "mx;; none", "mx; none; spf=pass x.y", "\"mx; none",
  ])
  func `what is no such field is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try read(text) }
  }

  @Test func `counts, depths and lengths have bounds`() {
    let deep = "mx; spf=pass " + String(repeating: "(", count: 100)
    let many = "mx" + String(repeating: ";spf=pass", count: 101)
    let wide = "mx;spf=pass" + String(repeating: " a.b=c", count: 51)
    let long = "mx;spf=pass (" + String(repeating: "x", count: 70_000) + ")"
    for text in [deep, many, wide, long] {
      #expect(throws: SyntaxError.self) { try read(text) }
    }
  }

  @Test func `what is written reads back, folded`() throws {
    let field = AuthenticationResultsField(
      serverID: "mx.example.jp",
      [
        .init(
          "spf", "pass", comment: "192.0.2.1 (listed) \\ ok",
          [.init("smtp", "mailfrom", "a@example.com"), .init("smtp", "helo", "mail.example.com")]),
        .init(
          "dkim", "fail", reason: "bad \"signature\"; x", [.init("header", "d", "example.com")]),
        .init("dmarc", "fail", [.init("header", "from", "例え.jp")]),
      ])
    let bytes = field.field()
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.hasPrefix("Authentication-Results: mx.example.jp;\r\n\tspf=pass (192.0.2.1 \\(listed"))
    #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    let fields = HeaderFields(bytes + [0x0D, 0x0A])
    #expect(fields.fields.count == 1)
    #expect(try AuthenticationResultsField(parsing: bytes[fields.fields[0].value]) == field)
    let empty = AuthenticationResultsField(serverID: "mx").field()
    #expect(String(decoding: empty, as: UTF8.self) == "Authentication-Results: mx; none\r\n")
  }

  @Test(arguments: [
    "x\r\nBcc: evil@example.com", "x; dkim=pass header.d=bank.example", "a\" header.d=\"b", "(",
    "\\",
    "\u{202E}x", "\u{0}", "", "x\u{2028}y", "a b", "x\ny",
  ])
  func `no value becomes another field or statement`(evil: String) throws {
    let field = AuthenticationResultsField(
      serverID: "mx",
      [
        .init(
          "spf", "fail", reason: evil, comment: evil, [.init("smtp", "mailfrom", evil)]),
        .init(evil, evil, [.init(evil, evil, "x")]),
      ])
    let bytes = field.field()
    let fields = HeaderFields(bytes + [0x0D, 0x0A])
    #expect(fields.fields.count == 1)
    let read = try AuthenticationResultsField(parsing: bytes[fields.fields[0].value])
    #expect(read.statements.count == 2)
    #expect(read.statements[0].result == "fail")
    #expect(read.statements[0].properties.count == 1)
    #expect(!bytes.contains(0))
  }

  @Test func `a value too long is cut once`() throws {
    let long = AuthenticationResultsField(
      serverID: String(repeating: "a", count: 2000),
      [.init("spf", "fail", reason: String(repeating: "é ", count: 900))])
    let written = long.field()
    let value = try #require(HeaderFields(written + [0x0D, 0x0A]).fields.first?.value)
    let again = try AuthenticationResultsField(parsing: written[value])
    #expect(again.serverID.count == AuthenticationResultsField.valueLimit)
    #expect(again.field() == written)
  }

  @Test func `only what claims to be ours or says no name is forged`() {
    let forged = ForgedResults(names: ["mx.example.jp", "例え.jp"])
    for value in [
      "mx.example.jp; spf=pass", " MX.Example.JP;none", "(x)\r\n \"mx.example.jp\" 1; none",
      "例え.jp;",
      "xn--r8jz45g.jp; none", "mx.example.jp/1; none", "mx.example.jp.; none", "mx.example.jp",
      "mx.example.jp; spf=pass \"", "; spf=pass", "(", "", "ｍｘ.example.jp; none",
      "mx.example.jp=x; none", "/; none", ".; none", "\"x mx.example.jp\u{301}\"; none",
      "mx (x) .example.jp; spf=pass", "mx .example.jp; none", "mx.\r\n example.jp; none",
      "\"mx\".example.jp; none", "MX.(;)\texample.jp 1; none", "\u{1D426}x.example.jp; none",
      "mx.example.jp\u{AD}; none",
    ] {
      #expect(forged.isForged(Array(value.utf8)[...]), "\(value)")
    }
    for value in [
      "mx.example.com; spf=pass", "example.jp; none", "xmx.example.jp; none",
      "mx (x) .other.example; none", "other.example 1; spf=pass smtp.mailfrom=mx.example.jp",
      "spf=pass (from 192.0.2.1) smtp.mailfrom=mx.example.jp; mx.other.example; dkim=none",
    ] {
      #expect(!forged.isForged(Array(value.utf8)[...]), "\(value)")
    }
  }

  @Test func `forged fields are named by their places, others stay`() {
    let kept = [
      "Received: from x\r\n", "Authentication-Results: other.example; spf=pass\r\n",
      "ARC-Authentication-Results: i=1; mx.example.jp; none\r\n",
      "Authentication_Results: mx.example.jp\r\n",
    ]
    let gone = [
      "authentication-RESULTS : mx.example.jp;\r\n spf=pass\r\n",
      "Authentication-Results:\r\n mx.example.jp; none\n",
    ]
    let text = kept[0] + gone[0] + kept[1] + gone[1] + kept[2] + kept[3] + "\r\nbody"
    var bytes = Array(text.utf8)
    let ranges = ForgedResults(names: ["mx.example.jp"]).ranges(in: HeaderFields(bytes), of: bytes)
    #expect(ranges.map { String(decoding: bytes[$0], as: UTF8.self) } == gone)
    for range in ranges.reversed() { bytes.removeSubrange(range) }
    #expect(String(decoding: bytes, as: UTF8.self) == kept.joined() + "\r\nbody")
  }
}

@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct AuthenticationResultsSuiteTests {
  @Test func `go-msgauth's fields are read as there, but an empty one`() throws {
    var tally = Tally("go-msgauth Authentication-Results")
    for row in try Suites.rows("authres/go-msgauth/parse.jsonl") {
      for case let one as [String: Any] in row["rows"] as? [Any] ?? [] {
        let value = one["value"] as? String ?? ""
        let field = try? AuthenticationResultsField(parsing: Array(value.utf8)[...])
        if value.isEmpty {
          #expect(field == nil)
          tally.count(
            false, "an empty field is refused", "RFC 8601 §2.2: it has an authserv-id, or is none")
          continue
        }
        let results = one["results"] as? [[String: Any]] ?? []
        var isMet = field?.serverID == one["identifier"] as? String
        isMet = isMet && field?.statements.count == results.count
        for (statement, result) in zip(field?.statements ?? [], results) {
          let kind = (result["$type"] as? String ?? "").replacing("Result", with: "").lowercased()
          let value = (result["From"] ?? result["Auth"]) as? String
          isMet =
            isMet && statement.method == kind && statement.result == "pass"
            && statement.properties.map(\.value) == [value ?? ""]
        }
        tally.count(isMet, value)
      }
    }
    tally.report()
    #expect(tally.all == 4)
  }
}
