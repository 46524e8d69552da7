import TOML
import Testing

@testable import Inspection

@Suite struct YaraTests {
  private func compile(_ text: String) -> (rules: YaraRules, faults: [RuleFault]) {
    YaraRules.compile([YaraRules.Source(name: "a.yar", text: Array(text.utf8))])
  }

  @Test func `a rule finds octets and says what its meta says`() {
    let (rules, faults) = compile(
      """
      rule Test_One { meta: weight = 12 ja = "試験" en = "A test." strings: $a = "needle" condition: $a }
      rule Two { condition: filename matches /exe/ and extension == "exe" }
      """)
    #expect(faults.isEmpty)
    let found = rules.findings(
      in: Array("x needle y".utf8), name: "a.exe", suffix: "exe", place: 0..<10, path: "part 1")
    #expect(found.map(\.rule) == ["yara.test_one", "yara.two"])
    #expect(found.map(\.weight) == [12, 6])
    #expect(found[0].sentence == Sentence(ja: "試験", en: "A test."))
    #expect(found[0].place == 0..<10)
    #expect(rules.findings(in: [], name: "a").isEmpty)
  }

  @Test func `a bad file is refused with its line and the others stay`() {
    let good = YaraRules.Source(name: "b.yar", text: Array("rule b { condition: true }".utf8))
    let bad = YaraRules.Source(name: "a.yar", text: Array("rule a {\n  condition: $x\n}".utf8))
    let (rules, faults) = YaraRules.compile([bad, good])
    #expect(faults.map(\.file) == ["a.yar"])
    // libyara has looked at the next line when it knows.
    #expect(faults.allSatisfy { (2...3).contains($0.position.line) })
    #expect(rules.names(in: [1]) == ["b"])
    #expect(rules.count == 1)
  }

  @Test func `no file brings in another, and a NUL ends none`() {
    #expect(!compile("include \"/etc/passwd\"\nrule a { condition: true }").faults.isEmpty)
    #expect(!compile("rule a { condition: true }\0rule b {").faults.isEmpty)
  }

  @Test func `what fits without end is told a few times`() {
    let many = (0..<100).map { "rule r\($0) { condition: true }" }.joined(separator: "\n")
    let (rules, faults) = compile(many)
    #expect(faults.isEmpty)
    #expect(rules.findings(in: [1]).count <= YaraRules.findingLimit + 1)
  }

  @Test func `no rules find nothing`() {
    #expect(compile("").rules.findings(in: [1, 2]).isEmpty)
  }
}
