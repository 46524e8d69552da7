import Mail
import Reports
import Testing

@Suite struct SendingTests {
  private func record(_ source: String, _ aligned: Bool = true) -> AggregateReport.Record {
    var record = AggregateReport.Record()
    record.sourceAddress = source
    record.headerFrom = "example.jp"
    record.isDKIMAligned = aligned
    return record
  }

  @Test func `messages alike are one record`() {
    var tally = AggregateTally()
    for _ in 0..<3 { tally.add(record("192.0.2.1")) }
    tally.add(record("192.0.2.1", false))
    tally.add(record("192.0.2.2", false))
    #expect(tally.records.map(\.count) == [3, 1, 1])
    #expect(tally.records.map(\.sourceAddress) == ["192.0.2.1", "192.0.2.1", "192.0.2.2"])
    #expect(tally.report(.init(), .init()).count() == 5)
  }

  @Test func `kinds have a bound, and the report says what it left out`() {
    var tally = AggregateTally()
    for number in 0..<(AggregateTally.kindLimit + 7) { tally.add(record("\(number)")) }
    tally.add(record("0"))
    let report = tally.report(.init(), .init())
    #expect(report.records.count == AggregateTally.kindLimit)
    #expect(report.count() == AggregateTally.kindLimit + 1)
    #expect(report.metadata.errors == ["7 more messages were not counted"])
  }

  @Test func `sessions are counted under their policy`() {
    let sts = TLSReport.Policy(type: "sts", strings: ["version: STSv1"], domain: "example.jp")
    let none = TLSReport.Policy(type: "no-policy-found", strings: nil, domain: "example.jp")
    var tally = TLSTally()
    tally.succeed(sts)
    tally.succeed(none)
    for _ in 0..<2 { tally.fail(sts, .init(type: "certificate-expired", sessions: 0)) }
    tally.fail(sts, .init(type: "validation-failure", sessions: 9))
    #expect(tally.policies.map(\.policy.type) == ["no-policy-found", "sts"])
    #expect(tally.policies[1].summary == .init(successes: 1, failures: 3))
    #expect(tally.policies[1].failures?.map(\.sessions) == [2, 1])
    #expect(tally.policies[0].failures == nil)
    for number in 0..<3000 { tally.fail(sts, .init(type: "\(number)", sessions: 0)) }
    #expect(tally.policies[1].failures?.count == TLSTally.kindLimit)
    #expect(tally.policies[1].summary.failures == 3003)
  }

  @Test func `what is sent can be received`() throws {
    var tally = AggregateTally()
    tally.add(record("192.0.2.1"))
    var policy = AggregateReport.Policy()
    policy.domain = "example.jp"
    policy.policy = .reject
    let report = tally.report(.init(), policy)
    let names = try (#require(Domain("example.jp")), #require(Domain("mx.example.com")))
    let mailboxes = try (
      #require(Mailbox("noreply@mx.example.com")), #require(Mailbox("dmarc@example.jp"))
    )
    func mail(_ kind: OutgoingReport.Kind, _ bytes: [UInt8]) throws -> [UInt8] {
      OutgoingReport(
        kind: kind, domain: names.0, submitter: names.1, reportID: "1",
        fileName: report.fileName(receiver: names.1), packed: try #require(Gzip.pack(bytes))
      ).message(
        from: mailboxes.0, to: mailboxes.1, messageID: "1@mx.example.com",
        now: Timestamp(microseconds: 0), seed: 1)
    }
    let dmarc = try mail(.dmarc, report.xml)
    #expect(try ReceivedReport.read(dmarc) == .aggregate(AggregateReport(xml: report.xml)))
    #expect(
      HeaderFields(dmarc).first("Subject")
        == "Report Domain: example.jp Submitter: mx.example.com Report-ID: <1>")
    let tls = TLSReport(
      organization: "us",
      dateRange: .init(from: Timestamp(microseconds: 0), to: Timestamp(microseconds: 0)),
      contact: nil, reportID: "1", policies: [])
    let sent = try mail(.tls, tls.json)
    #expect(try ReceivedReport.read(sent) == .tls(tls))
    #expect(HeaderFields(sent).first("TLS-Report-Domain") == "example.jp")
    let lines = sent.split(separator: 0x0A)
    #expect(lines.allSatisfy { $0.count <= 200 && $0.last == 0x0D })
  }
}
