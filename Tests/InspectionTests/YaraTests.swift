import Foundation
import TOML
import Testing

@testable import Inspection

@Suite struct YaraTests {
  private func compile(_ text: String) -> (rules: YaraRules, faults: [RuleFault]) {
    YaraRules.compile([RuleSource(name: "a.yar", text: Array(text.utf8))])
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
    let good = RuleSource(name: "b.yar", text: Array("rule b { condition: true }".utf8))
    let bad = RuleSource(name: "a.yar", text: Array("rule a {\n  condition: $x\n}".utf8))
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

  @Test func `a folder is compiled anew when it changes, and a bad file leaves the old on`() throws
  {
    let folder = FileManager.default.temporaryDirectory.path + "/yara-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    try write("a.yar", "rule one { condition: true }")
    try write("b.yara", "rule one { condition: true }\nrule two { condition: true }")
    try write("c.txt", "nonsense")
    var library = YaraLibrary(folder: folder)
    #expect(library.faults.isEmpty)
    #expect(library.rules?.count == 3)
    var hasChanged = library.refresh(waits: false)
    #expect(!hasChanged)
    try write("b.yara", "rule two {\n condition: $x }")
    hasChanged = library.refresh(waits: false)
    #expect(hasChanged && library.faults.map(\.file) == ["b.yara"])
    #expect(library.rules?.names(in: [1]).sorted() == ["one", "one", "two"])
    try FileManager.default.removeItem(atPath: folder)
    hasChanged = library.refresh(waits: false)
    #expect(hasChanged && library.faults.map(\.file).contains(folder))
    #expect(library.rules?.count == 3)
  }

  @Test func `compiled rules go to another process and find the same`() throws {
    let (rules, _) = compile(
      "rule a { meta: weight = 3 strings: $a = \"x\" condition: $a and extension == \"exe\" }")
    let there = try #require(YaraRules(octets: rules.octets))
    let found = there.findings(in: [0x78], name: "a.exe", suffix: "exe")
    #expect(found.map(\.rule) == ["yara.a"] && found.first?.weight == 3)
    #expect(YaraRules(octets: [1, 2, 3]) == nil)
  }

  @Test func `no rules find nothing`() {
    #expect(compile("").rules.findings(in: [1, 2]).isEmpty)
  }
}
