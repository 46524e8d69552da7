import Inspection
import Testing

@Suite struct ShippedRulesTests {
  @Test func `every shipped file reads without a fault`() {
    for (name, text) in ShippedRules.texts {
      if case .failure(let error) = RuleFile.read(Array(text.utf8), name: name) {
        for fault in error.faults { Issue.record("\(fault.line)") }
      }
    }
  }

  @Test func `every shipped rule proves its examples, of both kinds`() {
    let book = RuleBook(ShippedRules.files)
    #expect(book.rules.count > 20)
    for rule in book.rules {
      #expect(Set(rule.examples.map(\.matches)) == [true, false], "\(rule.id)")
    }
    let (count, misses) = book.prove()
    #expect(count >= 2 * book.rules.count)
    for miss in misses { Issue.record("\(miss.fault.line)") }
  }
}
