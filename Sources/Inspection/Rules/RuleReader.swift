import TOML

/// Turns a file's tables into rules; `RuleFile` shows how they look.
struct RuleReader {
  let file: String
  private(set) var faults: [RuleFault] = []
  private var lists: [String: [String]] = [:]

  private static let keys = [
    "id", "when", "weight", "action", "class", "ja", "en", "references", "example", "enabled",
  ]
  private static let exampleKeys = ["matches", "mail", "facts"]
  /// Octets of one sentence.
  private static let sentenceLimit = 500

  init(file: String) { self.file = file }

  mutating func fault(_ position: TOMLPosition, _ message: String) {
    faults.append(RuleFault(file: file, position: position, message: message))
  }

  mutating func read(_ table: TOMLTable) -> [Rule] {
    for entry in table.entries where entry.key == "lists" { readLists(entry) }
    var rules: [Rule] = []
    for entry in table.entries where entry.key != "lists" {
      guard entry.key == "rule", case .array(let nodes) = entry.node.value else {
        let hint = entry.key == "rule" ? "write [[rule]]" : "expected [lists] or [[rule]]"
        fault(entry.keyPosition, "\"\(entry.key)\" is nothing that a rule file has: \(hint)")
        continue
      }
      if nodes.count > RuleFile.ruleLimit { fault(entry.keyPosition, "too many rules") }
      rules += nodes.prefix(RuleFile.ruleLimit).compactMap { rule($0) }
    }
    return withoutRepetitions(rules)
  }

  private mutating func withoutRepetitions(_ rules: [Rule]) -> [Rule] {
    var seen: [String: TOMLPosition] = [:]
    for rule in rules {
      if let first = seen[rule.id] {
        fault(rule.position, "the rule \"\(rule.id)\" stands at \(first) already")
      }
      seen[rule.id] = rule.position
    }
    return rules
  }

  private mutating func readLists(_ entry: TOMLTable.Entry) {
    guard case .table(let table) = entry.node.value else {
      return fault(entry.keyPosition, "\"lists\" is a table, write [lists]")
    }
    for list in table.entries {
      guard let texts = texts(list.node), texts.count <= RuleFile.listLimit else {
        fault(list.node.position, "a list holds texts, at most \(RuleFile.listLimit)")
        continue
      }
      lists[list.key] = texts
    }
  }

  /// A text, or a list of texts.
  private func texts(_ node: TOMLNode) -> [String]? {
    switch node.value {
    case .string(let text): return [text]
    case .array(let nodes):
      let texts = nodes.compactMap { node -> String? in
        if case .string(let text) = node.value { text } else { nil }
      }
      return texts.count == nodes.count ? texts : nil
    default: return nil
    }
  }

  // MARK: One rule

  private mutating func rule(_ node: TOMLNode) -> Rule? {
    guard case .table(let table) = node.value else {
      fault(node.position, "every rule must be a table, not \(node.value.kind)")
      return nil
    }
    let before = faults.count
    checkKeys(table, Self.keys)
    let id = id(table, node.position)
    let condition = condition(table, node.position)
    let (weight, action) = force(table, node.position)
    let kind = kind(table, node.position)
    let sentence = Sentence(
      ja: sentence("ja", table, node.position), en: sentence("en", table, node.position))
    let examples = examples(table)
    let isOn = flag("enabled", table) ?? true
    guard faults.count == before, let condition, let kind else { return nil }
    return Rule(
      id: id, condition: condition, kind: kind, weight: weight, action: action,
      sentence: sentence, references: table["references"].flatMap(texts) ?? [],
      examples: examples, isOn: isOn, file: file, position: node.position)
  }

  private mutating func checkKeys(_ table: TOMLTable, _ known: [String]) {
    for entry in table.entries where !known.contains(entry.key) {
      let near = known.min { editDistance($0, entry.key) < editDistance($1, entry.key) }
      let hint = near.flatMap {
        editDistance($0, entry.key) <= 3 ? ". Did you mean \"\($0)\"?" : nil
      }
      fault(entry.keyPosition, "unknown key \"\(entry.key)\"\(hint ?? "")")
    }
  }

  private mutating func id(_ table: TOMLTable, _ position: TOMLPosition) -> String {
    guard let node = table["id"], case .string(let id) = node.value else {
      fault(table["id"]?.position ?? position, "a rule needs an id such as \"phishing.benefit\"")
      return ""
    }
    let isWord = id.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2E, 0x2D, 0x5F].contains($0)
    }
    if !isWord || !id.contains(".") || id.utf8.count > 80 {
      fault(node.position, "an id is group.word of lower-case letters, digits, - and _")
    }
    return id
  }

  private mutating func condition(_ table: TOMLTable, _ position: TOMLPosition) -> Condition? {
    guard let node = table["when"] else {
      fault(position, "a rule needs \"when\"")
      return nil
    }
    let nodes: [TOMLNode]
    if case .array(let list) = node.value { nodes = list } else { nodes = [node] }
    let conditions = nodes.compactMap { condition($0) }
    guard conditions.count == nodes.count, !conditions.isEmpty else {
      if nodes.isEmpty { fault(node.position, "\"when\" is empty") }
      return nil
    }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private mutating func condition(_ node: TOMLNode) -> Condition? {
    guard case .string(let text) = node.value else {
      fault(node.position, "\"when\" is a text or a list of texts, not \(node.value.kind)")
      return nil
    }
    do throws(PatternFault) {
      return try ConditionParser.parse(text, lists: lists)
    } catch {
      // The text begins behind its quote; escapes within move what follows, which '…' avoids.
      let place = TOMLPosition(
        line: node.position.line, column: node.position.column + 1 + error.offset)
      fault(place, error.message)
      return nil
    }
  }

  /// Weight or action, at least one of them.
  private mutating func force(
    _ table: TOMLTable, _ position: TOMLPosition
  ) -> (weight: Double, action: RuleAction?) {
    var (weight, action): (Double, RuleAction?) = (0, nil)
    if let node = table["weight"] {
      if case .integer(let number) = node.value, abs(number) <= Rule.weightLimit {
        weight = Double(number)
      } else {
        fault(
          node.position,
          "a weight is a whole number from -\(Rule.weightLimit) to \(Rule.weightLimit)")
      }
    }
    if let node = table["action"] {
      if case .string(let word) = node.value { action = RuleAction(rawValue: word) }
      let words = RuleAction.allCases.map(\.rawValue).joined(separator: ", ")
      if action == nil { fault(node.position, "an action is one of \(words)") }
    }
    if table["weight"] == nil, table["action"] == nil, flag("enabled", table) != false {
      fault(position, "a rule needs \"weight\" or \"action\"")
    }
    return (weight, action)
  }

  private mutating func kind(_ table: TOMLTable, _ position: TOMLPosition) -> FindingKind? {
    let node = table["class"]
    if case .string(let word)? = node?.value, let kind = FindingKind(rawValue: word) { return kind }
    let words = FindingKind.allCases.map(\.rawValue).joined(separator: ", ")
    fault(node?.position ?? position, "a rule needs \"class\", one of \(words)")
    return nil
  }

  private mutating func sentence(
    _ key: String, _ table: TOMLTable, _ position: TOMLPosition
  ) -> String {
    guard let node = table[key], case .string(let text) = node.value, !text.isEmpty else {
      fault(table[key]?.position ?? position, "a rule needs a sentence \"\(key)\"")
      return ""
    }
    if text.utf8.count > Self.sentenceLimit { fault(node.position, "the sentence is too long") }
    for name in SentenceTemplate.names(in: text) where FactName(name) == nil {
      let hint = FactName.nearest(to: name).map { ". Did you mean {\($0)}?" } ?? ""
      fault(node.position, "no fact is called {\(name)}\(hint)")
    }
    return text
  }

  private mutating func flag(_ key: String, _ table: TOMLTable) -> Bool? {
    guard let node = table[key] else { return nil }
    if case .boolean(let flag) = node.value { return flag }
    fault(node.position, "\"\(key)\" is true or false")
    return nil
  }

  // MARK: Examples

  private mutating func examples(_ table: TOMLTable) -> [RuleExample] {
    guard let node = table["example"] else { return [] }
    guard case .array(let nodes) = node.value else {
      fault(node.position, "there may be several examples: write [[rule.example]]")
      return []
    }
    return nodes.compactMap { example($0) }
  }

  private mutating func example(_ node: TOMLNode) -> RuleExample? {
    guard case .table(let table) = node.value else {
      fault(node.position, "an example is a table")
      return nil
    }
    checkKeys(table, Self.exampleKeys)
    guard let matches = flag("matches", table) else {
      fault(node.position, "an example needs matches = true or false")
      return nil
    }
    var lines: [String] = []
    if let mail = table["mail"] {
      guard let texts = texts(mail) else {
        fault(mail.position, "\"mail\" is a list of lines")
        return nil
      }
      lines = texts
    }
    var facts: [(FactName, FactBook.Value)] = []
    if case .table(let inner)? = table["facts"]?.value { facts = self.facts(inner, prefix: "") }
    let octets = lines.flatMap { line -> [UInt8] in Array(line.utf8) + [0x0D, 0x0A] }
    return RuleExample(
      matches: matches, mail: octets, facts: facts, position: node.position)
  }

  /// `{ "from.domain" = "…", size = 3 }`; without quotes the dots make tables, which is as good.
  private mutating func facts(
    _ table: TOMLTable, prefix: String, depth: Int = 0
  ) -> [(FactName, FactBook.Value)] {
    var found: [(FactName, FactBook.Value)] = []
    for entry in table.entries {
      let name = prefix + entry.key
      if case .table(let inner) = entry.node.value, depth < 4 {
        found += facts(inner, prefix: name + ".", depth: depth + 1)
      } else if let fact = FactName(name), let value = value(entry.node, fact) {
        found.append((fact, value))
      } else {
        let hint = FactName.nearest(to: name).map { ". Did you mean \($0)?" } ?? ""
        fault(entry.keyPosition, "no fact \(name) has such a value\(hint)")
      }
    }
    return found
  }

  private func value(_ node: TOMLNode, _ fact: FactName) -> FactBook.Value? {
    if case .integer(let number) = node.value, fact.kind == .number {
      return .number(Double(number))
    }
    guard fact.kind == .texts, let texts = texts(node) else { return nil }
    return .texts(texts.map { FactText($0) })
  }
}
