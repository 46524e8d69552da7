import Mail
import Testing

@testable import MailAuth

/// RFC 7208 §7.4 has most of these.
@Suite struct SPFMacroTests {
  private func values(_ client: String = "192.0.2.3", localPart: String = "strong-bad") throws
    -> SPFMacroValues
  {
    SPFMacroValues(
      client: try #require(IPAddress(client)), helo: Array("mail.example.org".utf8),
      localPart: Array(localPart.utf8), senderDomain: Array("email.example.com".utf8),
      receiver: "mx.example.net", time: Timestamp(microseconds: 1_234_567_890_000_000),
      domain: Array("email.example.com".utf8))
  }

  private func explain(_ text: String, _ values: SPFMacroValues) throws -> String {
    values.explanation(try SPFMacroParser.parse(Array(text.utf8)[...], as: .explanation))
  }

  @Test(arguments: [
    ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"),
    ("%{d}", "email.example.com"), ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"),
    ("%{d2}", "example.com"), ("%{d1}", "com"), ("%{dr}", "com.example.email"),
    ("%{d2r}", "example.email"), ("%{l}", "strong-bad"), ("%{l-}", "strong.bad"),
    ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
    ("%{i}", "192.0.2.3"), ("%{v}", "in-addr"), ("%{h}", "mail.example.org"),
    ("%{c} %{r} %{t}", "192.0.2.3 mx.example.net 1234567890"), ("%{p}", "unknown"),
    ("%{S}", "strong-bad%40email.example.com"), ("100%% %_%-", "100%  %20"),
    ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
    ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
    ("%{D2R}", "example.email"), ("%{o1r.-}", "email"),
  ])
  func `macros stand for what RFC 7208 §7_4 says`(text: String, expanded: String) throws {
    #expect(try explain(text, try values()) == expanded)
  }

  @Test func `an IPv6 address is its nibbles`() throws {
    let text = try explain("%{ir}.%{v}._spf.%{d2} %{c}", try values("2001:db8::cb01"))
    #expect(
      text == "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com"
        + " 2001:db8::cb01")
  }

  @Test func `an explanation is one short line of ASCII`() throws {
    let hostile = try values(localPart: "a\r\nBcc: é\u{0}")
    #expect(try explain("%{l}", hostile) == "a??Bcc: ???")
    #expect(try explain("%{L}", hostile) == "a%0D%0ABcc%3A%20%C3%A9%00")
    let long = String(repeating: "%{s}", count: 4000)
    #expect(try explain(long, try values()).utf8.count == 500)
  }

  @Test func `a long name loses labels at its left`() throws {
    func name(_ text: String) throws -> String? {
      try values().name(SPFMacroParser.parse(Array(text.utf8)[...], as: .domain))
        .map { String(decoding: $0, as: UTF8.self) }
    }
    let long = try #require(try name(String(repeating: "%{d}.", count: 3000) + "example.com"))
    #expect(long.utf8.count <= 253 && long.utf8.count > 235)
    #expect(long.hasSuffix(".email.example.com.example.com"))
    #expect(long.split(separator: ".").allSatisfy { ["email", "example", "com"].contains($0) })
    #expect(try name("%{d}.a.example.") == "email.example.com.a.example")
    #expect(try name(String(repeating: "x", count: 300) + ".com") == "com")
    #expect(try name("x." + String(repeating: "%_", count: 300)) == nil)
  }

  @Test func `a local part beyond ASCII makes no name`() throws {
    let values = try values(localPart: "用户")
    #expect(
      values.name(try SPFMacroParser.parse(Array("%{l}.a.example".utf8)[...], as: .domain)) == nil)
    #expect(values.name(try SPFMacroParser.parse(Array("%{d}".utf8)[...], as: .domain)) != nil)
  }
}
