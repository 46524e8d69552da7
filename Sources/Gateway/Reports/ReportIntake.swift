import Delivery
import Journal
import Mail
import Relay
import Reports
import SMTP
import Settings
import Spool
import Synchronization

/// Reads the reports that arrive in the configured mailbox, on a thread of its own: few at once, each
/// within the bounds of the Reports room. The mail itself is delivered whatever comes of it.
final class ReportIntake: Sendable {
  /// Reports that stand in memory at once, each at most `ReceivedReport.sizeLimit` octets; who brings
  /// one more tries again later.
  static let limit = 2

  private let thread: BlockingPool
  private let underWay = Atomic<Int>(0)

  init(thread: BlockingPool = BlockingPool(threads: 1)) { self.thread = thread }

  /// What came of one mail.
  enum Result: Sendable {
    case read(ReceivedReport)
    case refused(ReportRefusal)
    case busy
  }

  func read(_ draft: Draft) async throws -> Result {
    guard draft.size - draft.prefixSize <= ReceivedReport.sizeLimit else {
      return .refused(.tooMuch("octets", limit: ReceivedReport.sizeLimit))
    }
    defer { underWay.subtract(1, ordering: .relaxed) }
    guard underWay.add(1, ordering: .relaxed).oldValue < Self.limit else { return .busy }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(draft.size)
    let content = draft.content
    while let piece = try await content.next() { bytes += piece }
    let whole = bytes
    return await thread.run {
      do throws(ReportRefusal) {
        return .read(try ReceivedReport.read(whole))
      } catch {
        return .refused(error)
      }
    }
  }

  func close() { thread.close() }
}

extension Arrival {
  /// Whether it is addressed to the mailbox for reports.
  var isForReports: Bool {
    guard let mailbox = settings.reports.mailbox else { return false }
    return envelope.recipients.contains { $0.path.mailbox?.isSame(as: mailbox) == true }
  }
}

extension Acceptance {
  /// What the journal is told of the report in this message.
  func report(_ outcome: inout Outcome) async throws {
    guard arrival.isForReports, case .accept = outcome.ruling else { return }
    switch try await pipeline.reportIntake.read(draft) {
    case .read(let report):
      outcome.report = .reported(
        JournaledReport(report, message: draft.id, at: pipeline.clock.now()))
    case .refused(let refusal):
      pipeline.log.write("report-not-read", ["id": "\(draft.id)", "why": "\(refusal)"])
    case .busy:
      outcome.ruling = .putOff(
        Reply(451, .init(4, 3, 2), "Too many reports at once, try again later"),
        reason: "more than \(ReportIntake.limit) reports at once")
    }
  }
}

extension JournaledReport {
  init(_ report: ReceivedReport, message: TraceID, at now: Timestamp) {
    switch report {
    case .aggregate(let report):
      self.init(
        message: message, at: now, kind: "dmarc", organization: report.metadata.organization,
        reportID: report.metadata.reportID,
        rows: report.records.map { record in
          let outcome = record.passes ? "pass" : "fail"
          let disposition = record.disposition.map { ", \($0.rawValue)" } ?? ""
          return Row(
            subject: record.headerFrom.isEmpty ? report.policy.domain : record.headerFrom,
            source: record.sourceAddress, outcome: outcome + disposition, count: record.count)
        })
    case .tls(let report):
      self.init(
        message: message, at: now, kind: "tls", organization: report.organization ?? "",
        reportID: report.reportID, rows: report.policies.flatMap(Self.rows))
    case .feedback(let report):
      self.init(
        message: message, at: now, kind: "feedback", organization: report.reportingMTA ?? "",
        // Feedback has no name of its own: each mail is one.
        reportID: "\(message)",
        rows: [
          Row(
            subject: report.reportedDomains.first ?? "", source: report.sourceAddress ?? "",
            outcome: report.type, count: report.incidents)
        ])
    case .delivery(let report):
      self.init(
        message: message, at: now, kind: "delivery", organization: report.reportingMTA ?? "",
        reportID: "\(message)",
        rows: report.recipients.map { recipient in
          Row(
            subject: recipient.final ?? recipient.original ?? "",
            source: recipient.remoteMTA ?? "",
            outcome: [recipient.action, recipient.status].compactMap(\.self).joined(separator: " "),
            count: 1)
        })
    }
  }

  private static func rows(_ result: TLSReport.PolicyResult) -> [Row] {
    let domain = result.policy.domain ?? ""
    var rows = [
      Row(
        subject: domain, source: result.policy.type, outcome: "pass",
        count: result.summary.successes)
    ]
    var told = 0
    for failure in result.failures ?? [] {
      // Strangers' numbers: a sum too large to be true stays at the largest.
      told =
        told.addingReportingOverflow(failure.sessions).overflow ? .max : told + failure.sessions
      rows.append(
        Row(
          subject: domain, source: failure.receivingHost ?? result.policy.type,
          outcome: "fail, \(failure.type)", count: failure.sessions))
    }
    let rest = max(0, result.summary.failures ?? 0) - max(0, told)
    if rest > 0 {
      rows.append(
        Row(subject: domain, source: result.policy.type, outcome: "fail", count: rest))
    }
    return rows.filter { $0.count > 0 }
  }
}
