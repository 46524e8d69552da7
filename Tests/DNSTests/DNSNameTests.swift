import Mail
import Testing

@testable import DNS

@Suite struct DNSNameTests {
  @Test func `names compare without case and are printed as they are written`() {
    #expect(DNSName("WWW.Example.JP.") == DNSName("www.example.jp"))
    #expect(DNSName("_25._tcp.mail.example")?.description == "_25._tcp.mail.example")
    #expect(DNSName(".") == .root)
    #expect(DNSName.root.description == ".")
  }

  @Test(arguments: [
    #"a\.b.example"#, #"foo:bar/baz.example"#, #"a\032b.example"#, #"\000.example"#, #"\195\169.x"#,
    #"\@.x"#, #"a\\b"#,
  ])
  func `odd octets survive text and back`(text: String) throws {
    let name = try #require(DNSName(text))
    #expect(DNSName(name.description) == name)
    #expect(DNSName(wire: name.wire) == name)
  }

  @Test func `a dot inside a label is no dot between labels`() throws {
    let name = try #require(DNSName(#"a\.b.example"#))
    #expect(name.labels.map(\.count) == [3, 7])
    #expect(name.domain == nil)
    #expect(name != DNSName("a.b.example"))
  }

  @Test(arguments: ["", "a..b", ".a", #"a\25"#, #"a\256"#, #"a\"#])
  func `what is no name is none`(text: String) { #expect(DNSName(text) == nil) }

  @Test(arguments: [
    "a", "A.b", "a.b.", "a..b", ".a", "a..", ".", "", "a.b.c.example", "x-._.*",
    String(repeating: "a", count: 63) + ".b", String(repeating: "a", count: 64) + ".b",
    String(repeating: "ab.", count: 84) + "c", String(repeating: "ab.", count: 84) + "cd",
    String(repeating: "ab.", count: 84), String(repeating: "ab.", count: 85),
  ])
  func `octets between dots are the labels that splitting gives`(text: String) {
    var labels = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    let name = DNSName(octets: Array(text.utf8))
    #expect(name == DNSName(labels: labels.map(Array.init)))
    if let name, let domain = name.domain { #expect(DNSName(domain) == name) }
  }

  @Test func `lengths are bounded as RFC 1035 §2_3_4 says`() {
    let label = String(repeating: "a", count: 63)
    #expect(DNSName(label) != nil)
    #expect(DNSName(label + "a") == nil)
    // Three labels of 63 and one of 61 with their lengths and the root are 255 octets.
    let longest = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
    #expect(DNSName(longest)?.wire.count == 255)
    #expect(DNSName(longest + "b") == nil)
    #expect(DNSName(octets: (longest + "b").utf8) == nil)
    #expect(Domain(longest).map { DNSName($0) } == DNSName(longest))
  }

  @Test func `octets between dots are taken as they are`() {
    #expect(
      DNSName(octets: #"a\b. c.d."#.utf8)?.labels.map(Array.init).first == Array(#"a\b"#.utf8))
    #expect(DNSName(octets: "a..b".utf8) == nil)
    #expect(DNSName(octets: "".utf8) == nil)
    #expect(DNSName(octets: ".".utf8) == nil)
  }

  @Test func `a name knows what it stands below`() throws {
    let name = try #require(DNSName("a.b.example"))
    let parent = try #require(DNSName("b.example"))
    #expect(name.parent == parent)
    #expect(name.isWithin(parent) && name.isWithin(name) && name.isWithin(.root))
    #expect(!parent.isWithin(name))
    // Not by letters: "ab.example" does not stand below "b.example".
    #expect(DNSName("ab.example")?.isWithin(parent) == false)
    #expect(DNSName("_dmarc", below: parent) == DNSName("_dmarc.b.example"))
    #expect(DNSName("a..b", below: parent) == nil)
  }
}
