import Foundation
import Inspection

/// One message's answer: what `kadomori inspect` prints of it.
struct InspectionLine: Encodable {
  /// A finding as scripts read it.
  private struct Line: Encodable {
    let rule: String
    let kind: FindingKind
    let weight: Double
    let evidence: String
    /// From the first octet to behind the last.
    let range: [Int]?
    let path: String?
    /// What its rule asks for by itself.
    let action: RuleAction?
    let ja: String
    let en: String

    init(_ finding: Finding) {
      rule = finding.rule
      kind = finding.kind
      weight = finding.weight
      evidence = finding.evidence
      range = finding.place.map { [$0.lowerBound, $0.upperBound] }
      path = finding.path
      action = finding.action
      ja = finding.sentence.ja
      en = finding.sentence.en
    }
  }

  private let file: String
  private let verdict: Verdict
  private let action: DefaultAction
  private let score: Double
  private let findings: [Line]
  private let milliseconds: Double

  init(file: String, _ report: InspectionReport) {
    self.file = file
    verdict = report.verdict
    action = DefaultAction(report)
    score = Self.rounded(report.score)
    findings = report.findings.map(Line.init)
    milliseconds = Self.rounded(report.milliseconds)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let octets = try? encoder.encode(self) else { return "{}" }
    return escaped(String(decoding: octets, as: UTF8.self))
  }

  /// Findings shown to people.
  private static let shownLimit = 6

  /// For people: the verdict, and the reasons in their language below it.
  var text: String {
    let isJapanese = Self.language.hasPrefix("ja")
    let head = "\(verdict.rawValue)\t\(action.rawValue)\t\(score)\t\(printable(file))"
    let reasons = findings.filter { $0.weight != 0 }.prefix(Self.shownLimit).map { finding in
      let place = finding.path.map { " [\($0)]" } ?? ""
      return
        "    \(finding.rule) \(finding.weight): \(isJapanese ? finding.ja : finding.en)\(place)"
    }
    return ([head] + reasons).joined(separator: "\n")
  }

  private static let language: String = {
    let all = ProcessInfo.processInfo.environment
    return all["LC_ALL"] ?? all["LC_MESSAGES"] ?? all["LANG"] ?? ""
  }()
}
