import Reports
import Testing

@Suite struct DeliveryReportTests {
  private func report(_ fields: String) throws -> DeliveryReport {
    let bytes = Array(fields.replacing("\n", with: "\r\n").utf8)
    return try DeliveryReport(fields: bytes, original: nil)
  }

  @Test func `each recipient has its group`() throws {
    let report = try report(
      """
      Reporting-MTA: dns; mx.example.jp

      Final-Recipient: rfc822; <a@example.jp>
      Action: Failed
      Status: 5.1.1 (no such user)
      Diagnostic-Code: smtp; 550 5.1.1
       user unknown

      Original-Recipient: rfc822;b@example.jp
      Action: delayed
      Status: 4.4.1
      """)
    #expect(report.reportingMTA == "mx.example.jp")
    #expect(report.recipients.map(\.action) == ["failed", "delayed"])
    #expect(report.recipients.map(\.status) == ["5.1.1", "4.4.1"])
    #expect(report.recipients[0].final == "a@example.jp")
    #expect(report.recipients[0].replyCode == 550)
    #expect(report.recipients[1].original == "b@example.jp")
  }

  @Test func `without a recipient it is none`() {
    #expect(throws: ReportRefusal.notAReport) { try report("Reporting-MTA: dns; a.example\n") }
  }

  @Test func `lines that are no fields are passed over`() throws {
    let report = try report("<<< 550 no\n\nFinal-Recipient: rfc822;a@example.jp\n")
    #expect(report.recipients.count == 1)
  }

  @Test func `a status that is none is not kept`() throws {
    let report = try report("Final-Recipient: rfc822;a@example.jp\nStatus: 5.1\n")
    #expect(report.recipients[0].status == nil)
  }
}
