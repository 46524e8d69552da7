import Inspection
import Sandbox

extension Properties {
  private static let inspector = MessageInspector()

  /// As mail and as a file: findings are bounded, printable and lie in what was given; the report passes
  /// through the wire unchanged.
  static func inspection(_ bytes: [UInt8]) {
    for submission in [Submission.mail, .file(name: "a.html"), .file(name: "a.zip")] {
      var context = FactContext()
      context.wantsPasswords = true
      let found = inspector.observations(bytes, submission, context)
      let report = InspectionReport(found, milliseconds: 0)
      precondition(report.findings.count <= InspectionReport.findingLimit, "too many findings")
      for finding in report.findings { same(finding, in: bytes) }
      let octets = ReportFrame.octets(Observations(report), milliseconds: 0)
      precondition(octets.count <= FrameReader.frameLimit, "a report of \(octets.count) octets")
      let back = try? ReportFrame.parse(octets[...], size: bytes.count)
      precondition(back == report, "a report changed on its way: \(report)")
    }
  }

  private static func same(_ finding: Finding, in bytes: [UInt8]) {
    precondition(finding.evidence.utf8.count <= Finding.evidenceLimit + 4, "long evidence")
    let printable = Finding.printable(finding.evidence, limit: Finding.evidenceLimit + 4)
    precondition(printable == finding.evidence, "evidence that commands a terminal")
    guard let place = finding.place else { return }
    precondition(place.lowerBound >= 0 && place.upperBound <= bytes.count, "outside: \(place)")
  }

  /// What an inspector that was taken over might answer: refused, or a report that is in order.
  static func inspector(_ bytes: [UInt8]) {
    _ = try? InspectionRequest.parse(bytes[...])
    guard let report = try? ReportFrame.parse(bytes[...], size: 1000) else { return }
    precondition(report.score.isFinite && report.milliseconds.isFinite, "no numbers")
    let again = ReportFrame.octets(Observations(report), milliseconds: report.milliseconds)
    precondition((try? ReportFrame.parse(again[...], size: 1000)) == report, "not the same again")
  }
}
