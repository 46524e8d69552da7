import TOML

/// Holds a parsed file against the declarations: each value under its declared name, everything else
/// a fault.
struct SettingsReader {
  struct Value {
    let path: [String]
    let node: TOMLNode
    let keyPosition: TOMLPosition
  }

  private(set) var values: [Value] = []
  /// The tables whose names or numbers the file chose, empty ones too: `["domain", "a.example"]`.
  private(set) var tables: [(path: [String], position: TOMLPosition)] = []
  /// Every declared setting that the file has, even with a wrong value.
  private(set) var given: Set<[String]> = []
  private(set) var faults: [SettingsFault] = []

  init(_ table: TOMLTable) { walk(table, path: [], pattern: "") }

  private mutating func walk(_ table: TOMLTable, path: [String], pattern: String) {
    for entry in table.entries {
      let isNamed = Self.namedGroups.contains(pattern)
      let own = pattern.isEmpty ? entry.key : pattern + "." + (isNamed ? "*" : entry.key)
      let path = path + [entry.key]
      if let declaration = SettingDeclaration.all.first(where: { $0.name == own }) {
        take(entry, path, declaration)
      } else if SettingDeclaration.all.contains(where: { $0.name.hasPrefix(own + ".") }) {
        descend(entry, path: path, pattern: own)
      } else {
        unknown(entry, path: path, pattern: own)
      }
    }
  }

  private static let namedGroups: Set<String> = [
    "domain", "network", "group", "transport", "blocklist",
  ]

  /// Tables that come in a row: `[[listener]]`.
  private static let lists: Set<String> = ["listener", "rule", "decision", "attachment"]

  private mutating func descend(_ entry: TOMLTable.Entry, path: [String], pattern: String) {
    switch entry.node.value {
    case .table where Self.lists.contains(pattern):
      fault(
        entry.keyPosition,
        "there may be several of \"\(pattern)\": write [[\(pattern)]], or [{ … }]")
    case .table(let inner):
      if pattern.hasSuffix(".*") { tables.append((path, entry.keyPosition)) }
      walk(inner, path: path, pattern: pattern)
    case .array(let nodes) where Self.lists.contains(pattern):
      for (index, node) in nodes.enumerated() {
        guard case .table(let inner) = node.value else {
          fault(node.position, "every \(pattern) must be a table, not \(node.value.kind)")
          continue
        }
        tables.append((path + ["\(index)"], node.position))
        walk(inner, path: path + ["\(index)"], pattern: pattern)
      }
    default:
      fault(
        entry.keyPosition,
        "\"\(path.joined(separator: "."))\" is a table, write [\(path.joined(separator: "."))]")
    }
  }

  private mutating func take(
    _ entry: TOMLTable.Entry, _ path: [String], _ declaration: SettingDeclaration
  ) {
    given.insert(path)
    if let message = declaration.complaint(about: entry.node.value) {
      return fault(entry.node.position, "\(path.joined(separator: ".")): \(message)")
    }
    values.append(Value(path: path, node: entry.node, keyPosition: entry.keyPosition))
  }

  /// Every setting, and every table that settings stand in.
  private static let names: [String] = Set(
    SettingDeclaration.all.flatMap { setting in
      let steps = setting.name.split(separator: ".")
      return (1...steps.count).map { steps.prefix($0).joined(separator: ".") }
    }
  ).sorted()

  private mutating func unknown(_ entry: TOMLTable.Entry, path: [String], pattern: String) {
    if let now = SettingDeclaration.former[pattern] {
      return fault(
        entry.keyPosition, "\"\(path.joined(separator: "."))\" is now \"\(now)\"")
    }
    let nearest = Self.names.map { (name: $0, distance: editDistance($0, pattern)) }
      .min { $0.distance < $1.distance }
    let farthest = min(4, pattern.count / 2)
    let hint = nearest.flatMap {
      $0.distance <= farthest ? ". Did you mean \"\($0.name)\"?" : nil
    }
    fault(
      entry.keyPosition,
      "unknown setting \"\(path.joined(separator: "."))\"" + (hint ?? "; see kadomori settings"))
  }

  mutating func fault(_ position: TOMLPosition, _ message: String) {
    faults.append(SettingsFault(position: position, message: message))
  }
}

extension SettingDeclaration {
  /// What is wrong with a value, nil when nothing is.
  func complaint(about value: TOMLValue) -> String? {
    switch (kind, value) {
    case (.text, .string), (.flag, .boolean), (.textOrTexts, .string): return nil
    case (.texts, .array(let nodes)), (.textOrTexts, .array(let nodes)):
      return nodes.allSatisfy { $0.value.text != nil } ? nil : "every entry must be a text"
    case (.choice(let words), .string(let word)):
      return words.contains(word) ? nil : "must be one of \(words.joined(separator: ", "))"
    case (.number(let range), .integer(let number)): return Self.outside(Int(number), range)
    case (.size(let range), _):
      return value.size.map { Self.outside($0, range, TOMLValue.sizes) }
        ?? "must be a size such as \"50MiB\""
    case (.duration(let range), _):
      return value.seconds.map { Self.outside($0, range, TOMLValue.times) }
        ?? "must be a duration such as \"5m\""
    default: return "must be \(kind.words), not \(value.kind)"
    }
  }

  private static func outside(
    _ number: Int, _ range: ClosedRange<Int>, _ units: [String: Int] = ["": 1]
  ) -> String? {
    guard !range.contains(number) else { return nil }
    let (low, high) = (amount(range.lowerBound, units), amount(range.upperBound, units))
    return "must lie between \(low) and \(high)"
  }

  /// In the largest unit that divides it: `60` as `1m`.
  private static func amount(_ number: Int, _ units: [String: Int]) -> String {
    let fitting = units.filter { !$0.key.isEmpty && number >= $0.value && number % $0.value == 0 }
    let unit = fitting.max { $0.value < $1.value }
    return unit.map { "\(number / $0.value)\($0.key)" } ?? "\(number)"
  }
}

extension SettingDeclaration.Kind {
  /// The kind in words.
  package var words: String {
    switch self {
    case .text: "a text"
    case .texts: "a list of texts"
    case .flag: "true or false"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .size: "a size such as \"50MiB\""
    case .duration: "a duration such as \"5m\""
    case .choice(let words): "one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .textOrTexts: "a text or a list of texts"
    }
  }
}

extension TOMLValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }

  var texts: [String]? {
    if case .array(let nodes) = self { nodes.compactMap(\.value.text) } else { nil }
  }

  static let sizes = ["": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
  static let times = ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400]

  /// Octets.
  var size: Int? { amount(Self.sizes) }

  var seconds: Int? { amount(Self.times) }

  private func amount(_ units: [String: Int]) -> Int? {
    if case .integer(let number) = self { return Int(number) }
    guard let text else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Int(digits), let factor = units[String(unit)] else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}
