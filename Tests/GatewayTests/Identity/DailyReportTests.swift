import Delivery
import Journal
import Mail
import Reports
import Testing

@testable import Gateway

/// When daily reports are told, and what the journal counts for them.
@Suite struct DailyReportTests {
  /// Stands where it is put.
  private struct StillClock: Clock {
    let moment: Timestamp
    func now() -> Timestamp { moment }
  }

  /// Remembers the days that it was to tell of, and fails for those of `failing`.
  private final class Remembering: DailyReport {
    let days = DayList()
    let failing: Set<Int>
    var name: String { "remembering" }
    init(failing: Set<Int> = []) { self.failing = failing }
    func send(_ day: ReportDay) async -> Bool {
      await days.add(day.number)
      return !failing.contains(day.number)
    }
  }

  private actor DayList {
    private(set) var numbers: [Int] = []
    func add(_ number: Int) { numbers.append(number) }
  }

  private func daily(_ report: Remembering, _ gate: TestGate, hours: Int) -> DailyReports {
    let parts = gate.gate.parts
    return DailyReports(
      [report], journal: parts.pipeline.journal, blocking: parts.blocking,
      clock: StillClock(moment: ReportDay(number: 99).begin + 3600 * (hours + 3)),
      hostname: "gate.example.test")
  }

  @Test func `each day is told once, and missed ones up to three`() async throws {
    let gate = try await TestGate()
    let report = Remembering()
    for (hours, days) in [
      (24, [99]), (25, [99]), (24 * 2, [99, 100]), (24 * 9, [99, 100, 105, 106, 107]),
    ] {
      await daily(report, gate, hours: hours).sendDue()
      #expect(await report.days.numbers == days)
    }
    await gate.close()
  }

  @Test func `what could not be told is tried again until the next day, and then once`()
    async throws
  {
    let gate = try await TestGate()
    let report = Remembering(failing: [99])
    let first = daily(report, gate, hours: 24)
    await first.sendDue()
    // Not within the hour.
    await first.sendDue()
    #expect(await report.days.numbers == [99])
    await daily(report, gate, hours: 26).sendDue()
    #expect(await report.days.numbers == [99, 99])
    await daily(report, gate, hours: 48).sendDue()
    #expect(await report.days.numbers == [99, 99, 99, 100])
    await daily(report, gate, hours: 49).sendDue()
    #expect(await report.days.numbers == [99, 99, 99, 100])
    await gate.close()
  }

  @Test func `sessions are counted in the journal, told and dropped`() async throws {
    let zone =
      identityZone + "\n_smtp._tls.a.example TXT \"v=TLSRPTv1; rua=mailto:bob@example.test\""
    let gate = try await TestGate.judging(
      zone, "[reports]\nfrom = \"reports@example.test\"\nkinds = [\"tls\"]")
    let parts = gate.gate.parts
    let now = parts.pipeline.clock.now()
    let (domain, other) = try (#require(Domain("a.example")), #require(Domain("b.example")))
    for failure in [nil, nil, TLSSessionFailure.expired] {
      for name in [domain, other] {
        parts.pipeline.noteForReport(
          TLSSession(at: now, domain: name, policy: .none, host: name, failure: failure))
      }
    }
    await parts.pipeline.journal.flush()
    let today = ReportDay(of: now)
    let report = TLSDailyReport(
      pipeline: parts.pipeline, blocking: parts.blocking,
      post: TLSReportPost(resolver: parts.resolver, web: parts.web))
    for _ in 0..<2 { #expect(await report.send(today)) }
    let mail = try #require(await gate.arrived("bob").first)
    guard case .tls(let told) = try ReceivedReport.read(Array(mail.utf8)) else {
      Issue.record("no TLS report: \(mail)")
      return
    }
    #expect(told.policies.map(\.summary) == [.init(successes: 2, failures: 1)])
    #expect(told.policies[0].failures?.map(\.type) == ["certificate-expired"])
    #expect(gate.mailbox("bob").count == 1)
    #expect(parts.pipeline.journal.talliedDomains("tls", day: today.number).isEmpty)
    await gate.close()
  }
}
