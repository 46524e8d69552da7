import Foundation
import Mail
import Reports
import Testing

@Suite struct TLSReportTests {
  static let sample = """
    {"organization-name": "Reporter", "contact-info": "r@reporter.example",
     "report-id": "id-1",
     "date-range": {"start-datetime": "2026-11-23T00:00:00Z",
                    "end-datetime": "2026-11-23T23:59:59Z"},
     "policies": [{
       "policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: enforce"],
                  "policy-domain": "example.jp", "mx-host": "*.example.jp"},
       "summary": {"total-successful-session-count": 40, "total-failure-session-count": 3},
       "failure-details": [{"result-type": "certificate-expired",
         "receiving-mx-hostname": "mx.example.jp",
         "failed-session-count": 3, "failure-reason-code": "[{\\\"", "unknown": {"a": [1]}}]}]}
    """

  private func read(_ text: String) throws -> TLSReport { try TLSReport(json: Array(text.utf8)) }

  @Test func `every member is read`() throws {
    let report = try read(Self.sample)
    #expect(report.organization == "Reporter")
    #expect(report.dateRange.end == "2026-11-23T23:59:59Z")
    #expect(report.policies.count == 1)
    #expect(report.policies[0].policy.hosts == ["*.example.jp"])
    #expect(report.policies[0].summary == .init(successes: 40, failures: 3))
    #expect(report.policies[0].failures?[0].receivingHost == "mx.example.jp")
    #expect(report.policies[0].failures?[0].reasonCode == "[{\"")
    #expect(report.successes == 40)
    #expect(report.failures == 3)
  }

  @Test func `members of another kind are read as nothing`() throws {
    let odd = Self.sample.replacingOccurrences(of: "40,", with: "\"40\",")
      .replacingOccurrences(of: "\"failed-session-count\": 3", with: "\"failed-session-count\": -3")
      .replacingOccurrences(of: "\"Reporter\"", with: "7")
    let report = try read(odd)
    #expect(report.organization == nil)
    #expect(report.policies[0].summary.successes == 0)
    #expect(report.policies[0].failures?[0].sessions == 0)
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"policies\": []}", "{\"date-range\": {}, \"policies\": 1}",
    "{\"date-range\":{}",
    "{\"date-range\": {}, \"policies\": [{}]}",
  ])
  func `what is no report is refused`(text: String) {
    #expect(throws: ReportRefusal.notAReport) { try read(text) }
  }

  @Test func `depth is bounded, brackets in texts don't count`() throws {
    let deep = Self.sample.replacingOccurrences(
      of: "[1]",
      with: String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000))
    #expect(throws: ReportRefusal.tooMuch("members inside each other", limit: TLSReport.depthLimit))
    {
      try read(deep)
    }
    let text = Self.sample.replacingOccurrences(
      of: "id-1", with: String(repeating: "[{", count: 100))
    #expect(try read(text).reportID.count == 200)
  }

  @Test func `what is written reads back`() throws {
    let range = TLSReport.DateRange(
      from: Timestamp(microseconds: 0), to: Timestamp(microseconds: 86_399_000_000))
    #expect(range.start == "1970-01-01T00:00:00Z")
    #expect(range.end == "1970-01-01T23:59:59Z")
    var failure = TLSReport.Failure(type: "starttls-not-supported", sessions: 2)
    failure.receivingHost = "mx.例え.jp \"x\"\n"
    let report = TLSReport(
      organization: "us", dateRange: range, contact: "a@example.com", reportID: "1",
      policies: [
        .init(
          policy: .init(type: "tlsa", strings: ["3 1 1 00"], domain: "example.jp"),
          summary: .init(successes: 1, failures: 2), failures: [failure])
      ])
    #expect(try TLSReport(json: report.json) == report)
    let text = String(decoding: report.json, as: UTF8.self)
    #expect(text.contains("\"total-failure-session-count\":2"))
    let names = try (#require(Domain("mx.example.com")), #require(Domain("example.jp")))
    #expect(
      TLSReport.fileName(
        sender: names.0, domain: names.1, begin: Timestamp(microseconds: 0),
        end: Timestamp(microseconds: 86_399_000_000))
        == "mx.example.com!example.jp!0!86399.json.gz")
  }

  @Test func `its summary fits on a screen`() throws {
    var report = try read(Self.sample)
    report.policies = Array(repeating: report.policies[0], count: 500)
    report.policies[0].summary.successes = Int.max
    #expect(report.summaryLines.count <= 24)
    #expect(try read(Self.sample).summaryLines.contains("  sessions 43: 40 good, 3 failed"))
  }
}
