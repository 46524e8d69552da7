import Inspection
import Journal
import Mail
import MailAuth
import Policy
import Relay
import SMTP
import Settings
import Spool
import Synchronization

// What is in a message, and what policy makes of it.
extension Acceptance {
  /// What is done for each recipient.
  func decision(_ report: InspectionReport) -> Decision {
    let recipients = envelope.recipients.map {
      (direction: direction(to: $0.path.mailbox), mailbox: $0.path.mailbox)
    }
    return settings.decisions.decide(report, recipients, atLeast: floor(report))
  }

  private func direction(to mailbox: Mailbox?) -> Direction {
    guard let mailbox, mailbox.domain.flatMap(settings.policy.ownDomain) == nil else {
      return standing == .stranger ? .inbound : .internal
    }
    return .outbound
  }

  /// While a scanner can't be asked, mail that could do something waits, or what the settings say; other
  /// mail is marked.
  private func floor(_ report: InspectionReport) -> Action {
    guard report.findings.contains(where: { $0.rule.hasPrefix("scanner.") }) else { return .accept }
    let isActive = report.findings.contains { $0.kind == .attachment && $0.weight > 0 }
    return isActive ? settings.inspection.whenScannerIsDown : .mark
  }

  /// What policy's answer to the whole message means for the session.
  func ruling(_ decision: Decision, _ report: InspectionReport) -> Ruling {
    switch decision {
    case .take: .accept
    case .defer:
      .putOff(
        Reply(451, .init(4, 7, 1), "Can't take this mail now, try again later"),
        reason: report.summary)
    case .refuse:
      .refuse(Reply(550, .init(5, 7, 1), "Refused for its content"), reason: report.summary)
    }
  }

  func logInspection(_ outcome: Outcome) {
    guard let report = outcome.inspection else { return }
    pipeline.counters.noteVerdict(report.verdict)
    guard report.verdict != .clean || report.score > 0 else { return }
    pipeline.log.write(
      "judged",
      [
        "id": "\(draft.id)", "client": "\(origin.address)", "verdict": report.verdict.rawValue,
        "score": "\(Int(report.score.rounded()))", "action": outcome.actionWords,
        "why": report.summary,
      ])
  }

  /// What marked mail carries: our field in front, a tag in its subject.
  func mark(_ report: InspectionReport, id: TraceID) -> (front: [UInt8], edits: [Amendment.Edit]) {
    let front = Mark(report, id: id).field
    guard let tag = settings.subjectTag, let place = reading.subject else { return (front, []) }
    return (front, [Amendment.Edit(place..<place, with: Mark.subjectTag(tag))])
  }

  /// What is taken out of a message whose attachments go; nil where that can't be done. The message as it
  /// came is kept under `original`.
  func stripping(_ report: InspectionReport, original: TraceID) async throws -> [Amendment.Edit]? {
    var octets: [UInt8] = []
    let content = draft.content
    while let piece = try await content.next() { octets += piece }
    let stripping = Stripping(
      octets, report.findings, hostname: settings.hostname, id: original)
    return stripping?.replacements.map {
      Amendment.Edit(
        ($0.range.lowerBound + draft.prefixSize)..<($0.range.upperBound + draft.prefixSize),
        with: $0.octets)
    }
  }
}

extension InspectionReport {
  /// Rules named in the log and in a hold's reason.
  private static let namedRules = 4

  /// `malicious (18): file.program, name.double-suffix: A program is attached …`
  var summary: String {
    var rules: [String] = []
    for finding in findings where finding.weight > 0 && !rules.contains(finding.rule) {
      rules.append(finding.rule)
    }
    let names = rules.prefix(Self.namedRules).joined(separator: ", ")
    let sentence = findings.first { $0.weight > 0 }?.sentence.en ?? ""
    return "\(verdict.rawValue) (\(Int(score.rounded()))): \(names): \(sentence)"
  }

  /// Whether the journal has something to keep of it.
  var isNotable: Bool { verdict != .clean || findings.contains { $0.weight != 0 } }
}
