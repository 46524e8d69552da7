import Mail
import Testing

@testable import MailAuth

@Suite struct SPFRecordParserTests {
  private func parse(_ text: String) throws -> SPFRecord {
    try SPFRecordParser.parse(Array(text.utf8))
  }

  @Test(arguments: [
    ("v=spf1", true), ("V=SPF1 -all", true), ("v=spf1 ", true), ("v=spf10", false),
    ("v=spf1\t-all", false), ("v=spf", false), (" v=spf1", false), ("v=spf1-all", false),
    ("", false),
  ])
  func `a record is known by its version`(text: String, isRecord: Bool) {
    #expect(SPFRecordParser.isRecord(Array(text.utf8)) == isRecord)
  }

  @Test func `qualifiers and mechanisms are read in any case`() throws {
    let record = try parse("v=spf1 A ~MX/24//64  ?ip4:192.0.2.1 +Ptr:example.org -ALL ")
    #expect(record.directives.map(\.qualifier) == [.pass, .softfail, .neutral, .pass, .fail])
    #expect(record.directives.map(\.text)[1] == "~MX/24//64")
    guard case .mx(nil, let lengths) = record.directives[1].mechanism else {
      Issue.record("no mx")
      return
    }
    #expect(lengths.v4 == 24 && lengths.v6 == 64)
  }

  @Test(arguments: [
    "a:foo/bar.example.org", "a:%{d}/24", "a:%{d}//64", "a:example.org/0//0", "a/32//128",
    "exists:%{l1r-}.x.example", "exists:%{i}", "include:example.org.", "ptr", "x.y-z_1=",
    "x=%{c}%%%_%-", "exp=%{d}", "redirect=_spf.%{d2}", "ip6:::/0", "ip6:2001:db8::1/64",
    "ip4:255.255.255.255", "mx:a.1-2", "a:%{H}", "a:x%{d}.com", "a:a.b=c.example",
    "ip6:::ffff:192.0.2.1", "exists:%{l100000r+-}.example.org", "a:..com",
  ])
  func `terms that are right`(term: String) throws { _ = try parse("v=spf1 \(term) -all") }

  @Test(arguments: [
    "all:x", "all/8", "a:", "a:/24", "a/", "a//", "a/33", "a/032", "a//129", "a/24/64", "a/24//",
    "mx:com", "mx:com.", "mx:a.123", "a:x.-y", "a:x.y-", "include", "include:", "include/24",
    "include:a.example/24", "exists", "exists:a.example/8", "ptr:", "ptr/24", "ip4", "ip4:",
    "ip4:192.0.2", "ip4:192.0.2.1/33", "ip4:192.0.2.1//8", "ip4:192.0.2.01", "ip4:::1",
    "ip6:192.0.2.1", "ip6:::1/129", "ip6:::1%eth0", "ip6::1:", "moo", "-", "+", "--all",
    "redirect=",
    "redirect=a", "exp=", "exp=-all", "redirect:a.example", "=x", "1x=y", "-x=%", "x=%", "x=%(d)",
    "x=%{}", "x=%{d", "x=%{y}", "x=%{d0}", "x=%{d!}", "x=%{dd}", "x=%{d1r1}", "a:%{c}.example",
    "exists:%{t}", "a:%{d}com", "x=\u{7F}", "x=é", "a:%{d}.", "a\t", "a\u{0}", "a\r\n", "a=b:c%",
  ])
  func `terms that are wrong`(term: String) {
    #expect(throws: SyntaxError.self) { try parse("v=spf1 \(term) -all") }
  }

  @Test(arguments: [
    ("v=spf1 a ~moo:x", 10), ("v=spf1 a:x.com/33", 15), ("v=spf1 -ip4:192.0.2", 12),
    ("v=spf1 x=a%b", 10), ("v=spf1 include:a.example  exp=x exp=y", 30),
  ])
  func `an error has its place in the record`(text: String, offset: Int) {
    let error = #expect(throws: SyntaxError.self) { try parse(text) }
    #expect(error?.offset == offset, "\(error.map { "\($0)" } ?? "")")
    let odd = Array("v=spf1 ".utf8) + [0xFF, 0xFF]
    #expect(throws: SyntaxError(expected: "a mechanism", at: 7)) { try SPFRecordParser.parse(odd) }
  }

  @Test func `known modifiers stand once, unknown ones may stand often`() throws {
    #expect(throws: SyntaxError.self) { try parse("v=spf1 exp=a.example exp=a.example") }
    #expect(throws: SyntaxError.self) { try parse("v=spf1 redirect=a.example REDIRECT=b.example") }
    _ = try parse("v=spf1 x=1 x=2")
  }

  @Test func `a mapped network is no IPv4 network`() throws {
    let record = try parse("v=spf1 ip6:::ffff:192.0.2.1 ip6:::/0 ip4:192.0.2.129/25")
    let networks = record.directives.compactMap { directive -> SPFNetwork? in
      if case .network(let network) = directive.mechanism { network } else { nil }
    }
    let four = try #require(IPAddress("192.0.2.1"))
    let other = try #require(IPAddress("192.0.2.200"))
    #expect(networks.map { $0.contains(four) } == [false, false, false])
    #expect(networks.map { $0.contains(other) } == [false, false, true])
    #expect(networks[1].contains(try #require(IPAddress("2001:db8::1"))))
  }
}
