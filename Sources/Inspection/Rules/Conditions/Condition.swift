import Mail

/// When a rule fits. A test over a fact with several texts holds when it holds for one of them; a fact
/// that the message does not have fits no test, not even `!=`.
///
///     condition = all *( "or" all )
///     all       = one *( "and" one )
///     one       = "not" one / "(" condition ")" / test
///     test      = fact                                        ; the message has it
///               / fact ( "=" / "!=" ) ( text / number / fact )
///               / fact ( "<" / "<=" / ">" / ">=" ) ( number / fact )
///               / fact ( "contains" / "starts" / "ends" ) ( text / list )
///               / fact ( "in" / "within" ) ( list / fact )    ; within: that domain or below it
///               / fact "matches" text
///               / "count" "(" fact ")" compare number
///               / "hits" "(" fact "," list ")" compare number ; how many of the list's texts occur
///     list      = "[" text *( "," text ) "]" / "@" name
package indirect enum Condition: Hashable, Sendable {
  case any([Condition])
  case all([Condition])
  case not(Condition)
  case exists(FactName)
  case compare(FactName, Comparison, Double)
  case compareFacts(FactName, Comparison, FactName)
  case count(FactName, Comparison, Double)
  case hits(FactName, TextList, Comparison, Double)
  case text(FactName, TextTest, TextList)
  case textFacts(FactName, TextTest, FactName)
  case matches(FactName, Pattern)

  /// How numbers compare.
  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case less = "<", atMost = "<=", more = ">", atLeast = ">=", equal = "=", unequal = "!="

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .less: left < right
      case .atMost: left <= right
      case .more: left > right
      case .atLeast: left >= right
      case .equal: left == right
      case .unequal: left != right
      }
    }
  }

  /// How texts compare, both folded.
  package enum TextTest: String, Hashable, Sendable, CaseIterable {
    case equals = "=", differs = "!=", contains, starts, ends, isIn = "in", within
  }

  /// Texts of a rule, folded once.
  package struct TextList: Hashable, Sendable {
    let texts: [FoldedText]

    init(_ texts: [String]) { self.texts = texts.map { FoldedText($0) } }
  }

  /// Every fact that is asked.
  package var facts: Set<FactName> {
    switch self {
    case .any(let conditions), .all(let conditions):
      conditions.reduce(into: []) { $0.formUnion($1.facts) }
    case .not(let condition): condition.facts
    case .exists(let fact), .compare(let fact, _, _), .count(let fact, _, _),
      .hits(let fact, _, _, _), .text(let fact, _, _), .matches(let fact, _):
      [fact]
    case .compareFacts(let one, _, let other), .textFacts(let one, _, let other): [one, other]
    }
  }
}

/// Holds conditions against one message's facts, and counts what that costs.
struct ConditionJudge {
  /// Looks at letters and steps, all rules together: some fifty milliseconds. Beyond it a message is
  /// told as not judged.
  static let workLimit = 20_000_000

  let book: FactBook
  private(set) var work = 0
  /// What the last condition that held was shown by.
  private(set) var evidence: FactText?

  init(_ book: FactBook) { self.book = book }

  var isExhausted: Bool { work > Self.workLimit }

  mutating func begin() { evidence = nil }

  mutating func holds(_ condition: Condition) -> Bool {
    guard !isExhausted else { return false }
    work += 1
    switch condition {
    case .any(let conditions):
      for condition in conditions where holds(condition) { return true }
      return false
    case .all(let conditions):
      for condition in conditions where !holds(condition) { return false }
      return true
    case .not(let inner):
      let kept = evidence
      defer { evidence = kept }
      return !holds(inner)
    case .exists(let fact): return show(book.texts(fact).first) || book.number(fact) != nil
    case .compare(let fact, let comparison, let number):
      return book.number(fact).map { comparison.holds($0, number) } ?? false
    case .compareFacts(let one, let comparison, let other):
      guard let left = book.number(one), let right = book.number(other) else { return false }
      return comparison.holds(left, right)
    case .count(let fact, let comparison, let number):
      return comparison.holds(Double(book.texts(fact).count), number)
    case .hits(let fact, let list, let comparison, let number):
      return comparison.holds(Double(hits(fact, list)), number)
    case .text(let fact, let test, let list): return holds(fact, test, list.texts)
    case .textFacts(let fact, let test, let other):
      return holds(fact, test, book.texts(other).map(\.folded))
    case .matches(let fact, let pattern):
      return show(book.texts(fact).first { pattern.matches($0.folded.octets, work: &work) })
    }
  }

  /// Remembers what shows it; false when there is nothing.
  private mutating func show(_ text: FactText?) -> Bool {
    guard let text else { return false }
    if evidence == nil { evidence = text }
    return true
  }

  private mutating func holds(
    _ fact: FactName, _ test: Condition.TextTest, _ wanted: [FoldedText]
  ) -> Bool {
    let texts = book.texts(fact)
    guard !wanted.isEmpty else { return false }
    guard test == .differs else {
      return show(texts.first { text in wanted.contains { fits(text.folded.octets, test, $0) } })
    }
    let areAllOthers = texts.allSatisfy { text in
      !wanted.contains { fits(text.folded.octets, .equals, $0) }
    }
    return areAllOthers && show(texts.first)
  }

  private mutating func fits(
    _ text: [UInt8], _ test: Condition.TextTest, _ wanted: FoldedText
  ) -> Bool {
    work += 1
    let wanted = wanted.octets
    switch test {
    case .equals, .isIn, .differs: return text == wanted
    case .starts: return text.starts(with: wanted)
    case .ends: return text.count >= wanted.count && text.suffix(wanted.count).elementsEqual(wanted)
    case .within:
      return text == wanted
        || (text.count > wanted.count && text.suffix(wanted.count).elementsEqual(wanted)
          && text[text.count - wanted.count - 1] == 0x2E)
    case .contains:
      work += text.count / 16
      return text.firstPlace(of: wanted) != nil
    }
  }

  private mutating func hits(_ fact: FactName, _ list: Condition.TextList) -> Int {
    var count = 0
    for wanted in list.texts {
      let found = book.texts(fact).first { fits($0.folded.octets, .contains, wanted) }
      if show(found) { count += 1 }
    }
    return count
  }
}
