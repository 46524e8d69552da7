import Foundation
import Testing

@testable import Inspection

@Suite struct RuleFileTests {
  private static let rule = """
    [[rule]]
    id = "test.one"
    when = 'subject contains "x"'
    weight = 3
    class = "spam"
    ja = "件名は{subject}です。"
    en = "The subject is {subject}."

    """

  private func faults(_ text: String) -> [String] {
    switch RuleFile.read(Array(text.utf8), name: "a.toml") {
    case .success: []
    case .failure(let error): error.faults.map(\.line)
    }
  }

  @Test func `a rule finds what it is for and says it in both languages`() throws {
    let file = try RuleFile.read(Array(Self.rule.utf8), name: "a.toml").get()
    var book = FactBook()
    book.set("subject", ["X\u{202E}{from.domain}" + String(repeating: "y", count: 100)])
    let found = RuleBook([file]).findings(book)
    #expect(found.map(\.rule) == ["test.one"])
    #expect(found[0].weight == 3)
    #expect(found[0].sentence.en.hasPrefix("The subject is X·{from.domain}yy"))
    #expect(found[0].sentence.ja.hasSuffix("…です。"))
    #expect(found[0].sentence.en.count < 100)
  }

  @Test func `each fault has line and column`() {
    #expect(
      faults(Self.rule.replacing("contains", with: "contians")) == [
        "a.toml:3:17: expected =, !=, contains, starts, ends, in, within or matches"
      ])
    #expect(
      faults(Self.rule.replacing("weight", with: "wieght"))[0]
        == "a.toml:4:1: unknown key \"wieght\". Did you mean \"weight\"?")
    #expect(
      faults(Self.rule.replacing("{subject}で", with: "{subjct}で"))[0]
        == "a.toml:6:6: no fact is called {subjct}. Did you mean {subject}?")
    #expect(
      faults(Self.rule + Self.rule)
        == ["a.toml:8:3: the rule \"test.one\" stands at 1:3 already"])
    #expect(faults("x = 1")[0].hasPrefix("a.toml:1:1: \"x\" is nothing that a rule file has"))
    #expect(faults("[[rule]]\nid = 1").count >= 5)
    #expect(faults("[[rule]") == ["a.toml:1:8: expected \"]\" behind the table's name"])
  }

  @Test func `a later rule takes the place of an earlier one, or switches it off`() throws {
    let first = try RuleFile.read(Array(Self.rule.utf8), name: "a.toml").get()
    let heavier = Self.rule.replacing("weight = 3", with: "weight = 5")
    let second = try RuleFile.read(Array(heavier.utf8), name: "b.toml").get()
    #expect(RuleBook([first, second]).rules.map(\.weight) == [5])
    let off = try RuleFile.read(Array((Self.rule + "enabled = false").utf8), name: "c.toml").get()
    #expect(RuleBook([first, off]).rules.isEmpty)
  }

  @Test func `an example that does not come out is told`() throws {
    let text =
      Self.rule + """
        [[rule.example]]
        matches = true
        mail = ["Subject: y", "", "x"]
        [[rule.example]]
        matches = false
        facts = { subject = "x" }
        """
    let (count, misses) = RuleBook([try RuleFile.read(Array(text.utf8), name: "a.toml").get()])
      .prove()
    #expect(count == 2)
    #expect(
      misses.map(\.fault.line) == [
        "a.toml:8:3: test.one must fit this example and does not",
        "a.toml:11:3: test.one must not fit this example",
      ])
  }

  @Test func `a folder is read again when it changes, and a bad file leaves the old on`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/rules-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.toml"
    func write(_ text: String) throws {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    try write(Self.rule)
    var library = RuleLibrary(folder: folder)
    let shipped = RuleBook(ShippedRules.files).rules.count
    #expect(library.book.rules.count == shipped + 1)
    let isChangedByNothing = library.refresh(waits: false)
    #expect(!isChangedByNothing)
    try write(Self.rule.replacing("contains", with: "has"))
    _ = library.refresh(waits: false)
    #expect(library.faults.map(\.file) == ["a.toml"])
    #expect(library.book.rules.count == shipped + 1)
    try write(Self.rule.replacing("weight = 3", with: "weight = 4"))
    _ = library.refresh(waits: false)
    #expect(library.faults.isEmpty)
    #expect(library.book.rules.last?.weight == 4)
    try FileManager.default.removeItem(atPath: path)
    _ = library.refresh(waits: false)
    #expect(library.book.rules.count == shipped)
  }
}
