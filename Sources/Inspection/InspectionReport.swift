/// What inspection says of one message: the findings, and what follows from them.
package struct InspectionReport: Hashable, Sendable {
  /// Severest first.
  package var findings: [Finding]
  package var score: Double
  package var verdict: Verdict
  package var milliseconds: Double
  /// What is attached, and whether there is more than is listed.
  package private(set) var files: [AttachedFile] = []
  package private(set) var hasMoreFiles = false
  /// Words that may be passwords; no log and no journal hears of them.
  package private(set) var passwords: [String] = []

  /// Findings kept of one message; each rule's first ones.
  package static let findingLimit = 200
  /// The score is the sum of this many weights: many small oddities must not make a crime.
  private static let summedLimit = 6
  private static let maliciousScore = 12.0
  private static let suspiciousScore = 6.0
  private static let phishingScore = 10.0

  package init(_ findings: [Finding], milliseconds: Double) {
    let kept = Self.kept(findings)
    self.findings = kept
    self.milliseconds = milliseconds
    score = Self.score(kept)
    verdict = Self.verdict(kept, score)
  }

  package init(_ observations: Observations, milliseconds: Double) {
    self.init(observations.findings, milliseconds: milliseconds)
    files = observations.files
    hasMoreFiles = observations.hasMoreFiles
    passwords = observations.passwords
  }

  /// The same with what others found: scanners, proofs of identity.
  package func adding(_ others: [Finding]) -> InspectionReport { judging(findings + others) }

  /// The same without some of what was found, judged anew.
  package func leavingOut(where isLeftOut: (Finding) -> Bool) -> InspectionReport {
    judging(findings.filter { !isLeftOut($0) })
  }

  private func judging(_ findings: [Finding]) -> InspectionReport {
    var report = InspectionReport(findings, milliseconds: milliseconds)
    (report.files, report.hasMoreFiles, report.passwords) = (files, hasMoreFiles, passwords)
    return report
  }

  /// What asks for an action by itself stands before what only weighs.
  private static func kept(_ findings: [Finding]) -> [Finding] {
    func rank(_ finding: Finding) -> Double { finding.action == nil ? finding.weight : 1000 }
    let ordered = findings.enumerated().sorted {
      (rank($1.element), $0.offset) < (rank($0.element), $1.offset)
    }
    return Array(ordered.map(\.element).prefix(findingLimit))
  }

  /// A rule counts once, with its greatest weight; what speaks for the message counts as well.
  private static func score(_ findings: [Finding]) -> Double {
    var counted: Set<String> = []
    let distinct = findings.filter { counted.insert($0.rule).inserted }
    let against = distinct.map(\.weight).filter { $0 > 0 }.prefix(summedLimit).reduce(0, +)
    let speaksFor = distinct.map(\.weight).filter { $0 < 0 }.reduce(0, +)
    return max(0, against + speaksFor)
  }

  private static func verdict(_ findings: [Finding], _ score: Double) -> Verdict {
    func sum(_ kinds: Set<FindingKind>) -> Double {
      Self.score(findings.filter { kinds.contains($0.kind) })
    }
    if sum([.malware, .attachment]) >= maliciousScore { return .malicious }
    if findings.contains(where: { $0.kind == .unread }) { return .unanalysable }
    if sum([.phishing, .identity]) >= phishingScore,
      findings.contains(where: { $0.kind == .phishing && $0.weight > 0 })
    {
      return .phishing
    }
    if sum([.spam]) >= phishingScore { return .spam }
    if score >= maliciousScore, findings.contains(where: { $0.kind == .attachment }) {
      return .malicious
    }
    return score >= suspiciousScore ? .suspicious : .clean
  }
}
