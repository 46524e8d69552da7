package import Inspection

/// What inspection said of one message and what was done with it.
package struct Judgement: Codable, Hashable, Sendable {
  package var verdict: Verdict
  package var score: Double
  /// `accept`, `mark`, `strip`, `hold`, `defer`, `refuse`; joined by `, ` where recipients differ.
  package var action: String
  package var milliseconds: Double
  package var findings: [Finding]

  package init(_ report: InspectionReport, action: String) {
    self.init(
      verdict: report.verdict, score: report.score, action: action,
      milliseconds: report.milliseconds, findings: report.findings)
  }

  package init(
    verdict: Verdict, score: Double, action: String, milliseconds: Double, findings: [Finding]
  ) {
    self.verdict = verdict
    self.score = score
    self.action = action
    self.milliseconds = milliseconds
    self.findings = findings
  }
}
