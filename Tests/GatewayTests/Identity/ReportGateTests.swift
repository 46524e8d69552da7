import DNS
import Foundation
import Journal
import Mail
import MailAuth
import Reports
import SMTP
import Testing

@testable import Gateway

/// Reports that arrive are summed up, and those that are wanted are sent.
@Suite struct ReportGateTests {
  private func report(_ id: String) throws -> String {
    var report = AggregateReport()
    report.metadata.organization = "reporter.example"
    report.metadata.reportID = id
    report.policy.domain = "example.test"
    report.policy.policy = .reject
    for (source, isAligned) in [("192.0.2.1", true), ("203.0.113.9", false)] {
      var record = AggregateReport.Record()
      record.sourceAddress = source
      record.count = isAligned ? 40 : 2
      record.disposition = isAligned ? AggregateReport.Disposition.none : .reject
      record.isSPFAligned = isAligned
      record.headerFrom = "example.test"
      report.records.append(record)
    }
    let names = try (#require(Domain("example.test")), #require(Domain("reporter.example")))
    let mail = OutgoingReport(
      kind: .dmarc, domain: names.0, submitter: names.1, reportID: id,
      fileName: report.fileName(receiver: names.1), packed: try #require(Gzip.pack(report.xml))
    ).message(
      from: try #require(Mailbox("r@good.example")),
      to: try #require(Mailbox("alice@example.test")),
      messageID: "\(id)@reporter.example", now: Timestamp(microseconds: 0), seed: 1)
    return String(decoding: mail, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
  }

  @Test func `reports to the mailbox are delivered and summed up, each once`() async throws {
    let gate = try await TestGate.judging(
      identityZone, "[reports]\nmailbox = \"alice@example.test\"")
    let stranger = Stranger(gate: gate, sender: "r@good.example")
    for id in ["1", "2", "2"] { #expect(try stranger.send(try report(id)).hasPrefix("250")) }
    #expect(try stranger.send("From: r@good.example\n\n<feedback>").hasPrefix("250"))
    #expect(try stranger.send(try report("3"), to: ["bob@example.test"]).hasPrefix("250"))
    #expect(await gate.arrived("alice", count: 4).count == 4)
    await gate.gate.parts.pipeline.journal.flush()
    let reader = try JournalReader(path: gate.folder + "/journal.sqlite")
    let summary = try reader.reports(since: Timestamp(microseconds: 0))
    #expect(summary.reports == ["dmarc": 2])
    #expect(summary.outcomes.map(\.count) == [80, 4])
    #expect(summary.outcomes.map(\.outcome) == ["pass, none", "fail, reject"])
    #expect(summary.failures.map(\.source) == ["203.0.113.9"])
    let lines = ReportSummaryText(summary).lines
    #expect(lines.contains("    4 fail, reject of example.test by 203.0.113.9"), "\(lines)")
    #expect(try reader.reports(since: Timestamp(microseconds: .max / 2)).outcomes.isEmpty)
    await gate.close()
  }

  private let reported = """
    good.example. TXT "v=spf1 ip4:192.0.2.1 -all"
    _dmarc.good.example. TXT "v=DMARC1; p=reject; rua=mailto:bob@example.test,mailto:x@no.example"
    good.example._report._dmarc.example.test. TXT "v=DMARC1"

    """

  @Test func `a domain that wants reports gets one of yesterday, once`() async throws {
    let gate = try await TestGate.judging(reported, "[reports]\nfrom = \"reports@example.test\"")
    let message = "From: taro@good.example\n\nx"
    for _ in 0..<3 { #expect(try Stranger(gate: gate).send(message).hasPrefix("250")) }
    let forger = Stranger(gate: gate, client: "203.0.113.9")
    #expect(try forger.send(message).hasPrefix("550"))
    let parts = gate.gate.parts
    let today = ReportDay(of: parts.pipeline.clock.now())
    let daily = DMARCDailyReport(pipeline: parts.pipeline, blocking: parts.blocking)
    await parts.pipeline.journal.flush()
    #expect(await daily.send(today))
    #expect(await daily.send(today))
    let mails = await gate.arrived("bob")
    #expect(mails.count == 1)
    let mail = try #require(mails.first)
    guard case .aggregate(let report) = try ReceivedReport.read(Array(mail.utf8)) else {
      Issue.record("no aggregate report: \(mail)")
      return
    }
    #expect(report.metadata.organization == "gate.example.test")
    #expect(report.policy.domain == "good.example" && report.policy.policy == .reject)
    #expect(report.records.map(\.count) == [3, 1])
    #expect(report.records.map(\.sourceAddress) == ["192.0.2.1", "203.0.113.9"])
    #expect(report.records.map(\.disposition) == [.pass, .reject])
    #expect(report.metadata.begin == today.begin.seconds)
    await gate.close()
  }
}
