package import Mail

/// The rules that are on, and what they make of a message.
package struct RuleBook: Sendable {
  package let rules: [Rule]
  /// Every fact that some rule asks: nothing else is read.
  package let facts: Set<FactName>

  /// A later file's rule takes the place of an earlier one with its id, or switches it off.
  package init(_ files: [RuleFile]) {
    var order: [String] = []
    var byID: [String: Rule] = [:]
    for rule in files.flatMap(\.rules) {
      if byID[rule.id] == nil { order.append(rule.id) }
      byID[rule.id] = rule
    }
    rules = order.compactMap { byID[$0] }.filter(\.isOn)
    facts = rules.reduce(into: []) { found, rule in
      found.formUnion(rule.condition.facts)
      let named = SentenceTemplate.names(in: rule.sentence.ja + rule.sentence.en)
      found.formUnion(named.compactMap { FactName($0) })
    }
  }

  /// Reads the facts that are asked and judges them.
  package func findings(in message: Message, _ context: FactContext) -> [Finding] {
    findings(FactReader.read(message, context, wanted: facts))
  }

  /// What fits, in the rules' order. A message that would take too long is told as not judged.
  package func findings(_ book: FactBook) -> [Finding] {
    var judge = ConditionJudge(book)
    var found: [Finding] = []
    for rule in rules {
      judge.begin()
      if judge.holds(rule.condition) { found.append(finding(rule, book, judge.evidence)) }
      if judge.isExhausted { return found + [Self.exhausted] }
    }
    return found
  }

  private func finding(_ rule: Rule, _ book: FactBook, _ evidence: FactText?) -> Finding {
    Finding(
      rule.id, rule.kind, weight: rule.weight, evidence: evidence?.original ?? "",
      place: evidence?.place, action: rule.action,
      Sentence(
        ja: SentenceTemplate.filled(rule.sentence.ja, book),
        en: SentenceTemplate.filled(rule.sentence.en, book)))
  }

  private static let exhausted = Finding(
    "rules.budget", .unread, weight: 3,
    Sentence(
      ja: "規則との照合に時間がかかりすぎるため、途中で打ち切りました。",
      en: "Holding the rules against this message takes too long; it was stopped."))
}

/// An example that did not come out as its rule says.
package struct RuleMiss: Hashable, Sendable {
  package let id: String
  package let fault: RuleFault
}

extension RuleBook {
  /// Holds every rule against its own examples; `count` is how many there are.
  package func prove() -> (count: Int, misses: [RuleMiss]) {
    var misses: [RuleMiss] = []
    var count = 0
    for rule in rules {
      for example in rule.examples {
        count += 1
        var judge = ConditionJudge(Self.book(of: example, rule))
        guard judge.holds(rule.condition) != example.matches else { continue }
        let message =
          example.matches ? "must fit this example and does not" : "must not fit this example"
        misses.append(
          RuleMiss(
            id: rule.id,
            fault: RuleFault(
              file: rule.file, position: example.position, message: "\(rule.id) \(message)")))
      }
    }
    return (count, misses)
  }

  private static func book(of example: RuleExample, _ rule: Rule) -> FactBook {
    var book = FactBook()
    if !example.mail.isEmpty {
      book = FactReader.read(
        Message(example.mail), FactContext(), wanted: rule.condition.facts)
    }
    for (name, value) in example.facts {
      switch value {
      case .texts(let texts): book.set(name.text, texts)
      case .number(let number): book.set(name.text, number)
      }
    }
    return book
  }
}
