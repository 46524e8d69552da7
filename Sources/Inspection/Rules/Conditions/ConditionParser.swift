/// Reads a condition; `Condition` has the grammar.
struct ConditionParser {
  /// Characters of a condition, and how deep its brackets go.
  static let sizeLimit = 10_000
  static let depthLimit = 30

  private let scalars: [Unicode.Scalar]
  private let lists: [String: [String]]
  private var at = 0
  private var depth = 0

  init(_ text: String, lists: [String: [String]] = [:]) {
    scalars = Array(text.unicodeScalars)
    self.lists = lists
  }

  static func parse(
    _ text: String, lists: [String: [String]] = [:]
  ) throws(PatternFault) -> Condition {
    var parser = ConditionParser(text, lists: lists)
    guard parser.scalars.count <= sizeLimit else { throw parser.wrong("the condition is too long") }
    let condition = try parser.any()
    parser.skipBlanks()
    guard parser.at == parser.scalars.count else {
      throw parser.wrong("expected \"and\", \"or\" or the end")
    }
    return condition
  }

  // MARK: Structure

  private mutating func any() throws(PatternFault) -> Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw wrong("brackets are nested too deeply") }
    var conditions = [try all()]
    while take("or") { conditions.append(try all()) }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }

  private mutating func all() throws(PatternFault) -> Condition {
    var conditions = [try one()]
    while take("and") { conditions.append(try one()) }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private mutating func one() throws(PatternFault) -> Condition {
    var isInverted = false
    while take("not") { isInverted.toggle() }
    let condition: Condition
    if take("(") {
      condition = try any()
      try expect(")")
    } else {
      condition = try test()
    }
    return isInverted ? .not(condition) : condition
  }

  // MARK: Tests

  private mutating func test() throws(PatternFault) -> Condition {
    if takeCall("count") {
      let fact = try fact()
      try expect(")")
      return .count(fact, try comparison(), try number())
    }
    if takeCall("hits") {
      let fact = try fact()
      try expect(",")
      let list = try list()
      try expect(")")
      return .hits(fact, Condition.TextList(list), try comparison(), try number())
    }
    let fact = try fact()
    switch fact.kind {
    case .number: return try numberTest(fact)
    case .texts: return try textTest(fact)
    }
  }

  private mutating func numberTest(_ fact: FactName) throws(PatternFault) -> Condition {
    guard isOperator else { return .exists(fact) }
    let comparison = try comparison()
    guard isWord else { return .compare(fact, comparison, try number()) }
    let start = at
    let other = try self.fact()
    guard other.kind == .number else { throw wrong("\(other.text) is no number", at: start) }
    return .compareFacts(fact, comparison, other)
  }

  private mutating func textTest(_ fact: FactName) throws(PatternFault) -> Condition {
    if take("matches") {
      skipBlanks()
      let start = at
      let text = try text()
      do throws(PatternFault) {
        return .matches(fact, try Pattern(text))
      } catch { throw wrong(error.message, at: start + 1 + error.offset) }
    }
    guard let test = try textOperator() else { return .exists(fact) }
    skipBlanks()
    if isWord {
      let start = at
      let other = try self.fact()
      guard other.kind == .texts else { throw wrong("\(other.text) is no text", at: start) }
      return .textFacts(fact, test, other)
    }
    let texts = peek == "\"" || peek == "'" ? [try text()] : try list()
    return .text(fact, test, Condition.TextList(texts))
  }

  private mutating func textOperator() throws(PatternFault) -> Condition.TextTest? {
    if take("==") { return .equals }
    for test in Condition.TextTest.allCases where take(test.rawValue) { return test }
    guard !isOperator else { throw wrong("texts have no order; write = or !=") }
    skipBlanks()
    guard isWord, !isKeyword else { return nil }
    throw wrong("expected =, !=, contains, starts, ends, in, within or matches")
  }

  private mutating func comparison() throws(PatternFault) -> Condition.Comparison {
    for comparison in [Condition.Comparison.atMost, .atLeast, .unequal, .less, .more, .equal]
    where take(comparison.rawValue) {
      if comparison == .equal { _ = take("=") }
      return comparison
    }
    throw wrong("expected <, <=, >, >=, = or !=")
  }

  // MARK: Words

  private mutating func fact() throws(PatternFault) -> FactName {
    skipBlanks()
    let start = at
    let word = word()
    guard !word.isEmpty else { throw wrong("expected a fact") }
    guard let fact = FactName(word) else {
      let hint = FactName.nearest(to: word).map { ". Did you mean \($0)?" } ?? ""
      throw wrong("no fact is called \(word.prefix(60))\(hint)", at: start)
    }
    return fact
  }

  private mutating func number() throws(PatternFault) -> Double {
    skipBlanks()
    let start = at
    var digits = ""
    while let scalar = peek, ("0"..."9").contains(scalar) || scalar == "." || scalar == "-" {
      digits.unicodeScalars.append(scalar)
      at += 1
    }
    guard digits.utf8.count <= 15, let number = Double(digits) else {
      throw wrong("expected a number", at: start)
    }
    return number
  }

  /// `"…"` or `'…'`, with `\"` and `\\` in the first.
  private mutating func text() throws(PatternFault) -> String {
    skipBlanks()
    guard let quote = peek, quote == "\"" || quote == "'" else { throw wrong("expected a text") }
    at += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek {
      at += 1
      if scalar == quote { return String(text) }
      if scalar == "\\", quote == "\"", let next = peek, next == "\"" || next == "\\" {
        text.append(next)
        at += 1
      } else {
        text.append(scalar)
      }
    }
    throw wrong("the text has no closing \(quote)")
  }

  private mutating func list() throws(PatternFault) -> [String] {
    if take("@") {
      let start = at
      let name = word()
      guard let list = lists[name] else { throw wrong("no list is called \(name)", at: start) }
      return list
    }
    guard take("[") else { throw wrong("expected a text or a list") }
    var texts = [try text()]
    while take(",") { texts.append(try text()) }
    try expect("]")
    return texts
  }

  // MARK: Characters

  private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private func wrong(_ message: String, at place: Int? = nil) -> PatternFault {
    PatternFault(message: message, offset: place ?? at)
  }

  private mutating func skipBlanks() {
    while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\n" { at += 1 }
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }

  private var isWord: Bool {
    var place = at
    while place < scalars.count, scalars[place] == " " { place += 1 }
    return place < scalars.count && ("a"..."z").contains(scalars[place])
  }

  private var isKeyword: Bool {
    var copy = self
    copy.skipBlanks()
    return ["and", "or"].contains(copy.word())
  }

  private var isOperator: Bool {
    var place = at
    while place < scalars.count, scalars[place] == " " { place += 1 }
    return place < scalars.count && ["<", ">", "=", "!"].contains(scalars[place])
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = peek, Self.isWordPart(scalar) {
      word.append(scalar)
      at += 1
    }
    return String(word)
  }

  /// Takes a keyword or mark if it stands here; a keyword must not go on.
  private mutating func take(_ token: String) -> Bool {
    skipBlanks()
    let wanted = Array(token.unicodeScalars)
    guard scalars[at...].starts(with: wanted) else { return false }
    let end = at + wanted.count
    if let last = wanted.last, Self.isWordPart(last), end < scalars.count,
      Self.isWordPart(scalars[end])
    {
      return false
    }
    at = end
    return true
  }

  /// `name "("`.
  private mutating func takeCall(_ name: String) -> Bool {
    let start = at
    if take(name), take("(") { return true }
    at = start
    return false
  }

  private mutating func expect(_ token: String) throws(PatternFault) {
    guard take(token) else { throw wrong("expected \"\(token)\"") }
  }
}
