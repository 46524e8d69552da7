import Foundation
import Mail
import MailAuth
import Testing
import Vectors

@Suite struct PublicSuffixListTests {
  static let list = PublicSuffixList(
    parsing: Array(
      """
      // ===BEGIN ICANN DOMAINS===
      com
      jp
      kobe.jp // words behind the rule
      *.kawasaki.jp
      !city.kawasaki.jp
      公司.cn

      // ===END ICANN DOMAINS===
      // ===BEGIN PRIVATE DOMAINS===
      blogspot.com
      *.compute.example.com
      -bad-.example
      """.utf8))

  private func registrable(_ name: String) -> String? {
    Domain(name).flatMap { Self.list.registrableDomain(of: $0)?.ascii }
  }

  @Test(arguments: [
    ("com", nil), ("example.com", "example.com"), ("a.b.example.com", "example.com"),
    ("blogspot.com", nil), ("me.blogspot.com", "me.blogspot.com"),
    ("kobe.jp", nil), ("a.kobe.jp", "a.kobe.jp"),
    ("kawasaki.jp", "kawasaki.jp"), ("a.kawasaki.jp", nil), ("b.a.kawasaki.jp", "b.a.kawasaki.jp"),
    ("city.kawasaki.jp", "city.kawasaki.jp"), ("www.city.kawasaki.jp", "city.kawasaki.jp"),
    ("unlisted", nil), ("a.unlisted", "a.unlisted"), ("b.a.unlisted", "a.unlisted"),
    ("c.compute.example.com", nil), ("d.c.compute.example.com", "d.c.compute.example.com"),
  ])
  func `the longest rule decides, an exception before it`(name: String, expected: String?) {
    #expect(registrable(name) == expected, "\(name)")
  }

  @Test func `a rule in Unicode matches both spellings`() {
    #expect(registrable("公司.cn") == nil)
    #expect(registrable("食狮.公司.cn") == "xn--85x722f.xn--55qx5d.cn")
    #expect(registrable("xn--85x722f.xn--55qx5d.cn") == "xn--85x722f.xn--55qx5d.cn")
  }

  @Test func `a suffix tells its section`() throws {
    let private_ = try #require(Domain("me.blogspot.com"))
    #expect(Self.list.suffix(of: private_).section == .private)
    let registry = try #require(Domain("a.kobe.jp"))
    #expect(Self.list.suffix(of: registry).section == .icann)
    let unlisted = try #require(Domain("a.unlisted"))
    #expect(Self.list.suffix(of: unlisted).section == nil)
  }

  @Test func `a line that is no rule costs only itself`() {
    #expect(Self.list.count == 8)
  }

  @Test func `a name of 127 labels is looked up`() throws {
    let long = try #require(
      Domain(Array(repeating: "a", count: 124).joined(separator: ".") + ".com"))
    #expect(Self.list.registrableDomain(of: long)?.ascii == "a.com")
  }
}

@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct PublicSuffixSuiteTests {
  @Test func `the list's own tests pass`() throws {
    let folder = Suites.folder + "/psl/publicsuffix-list/"
    let bytes = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: folder + "public_suffix_list.dat")))
    let list = PublicSuffixList(parsing: bytes)
    let text = try String(contentsOfFile: folder + "tests/test_psl.txt", encoding: .utf8)
    var count = 0
    for match in text.matches(of: /(?m)^checkPublicSuffix\((null|'(.*?)'), (null|'(.*?)')\);/) {
      let found = match.2.flatMap { Domain(String($0)) }.flatMap { list.registrableDomain(of: $0) }
      let expected = match.4.flatMap { Domain(String($0)) }
      #expect(found == expected, "\(match.0)")
      count += 1
    }
    #expect(count > 70)
    print("publicsuffix.org: \(count) of \(count) asked, \(list.count) names in the list")
  }
}
