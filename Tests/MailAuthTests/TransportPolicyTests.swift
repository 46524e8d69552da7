import DNS
import Mail
import MailAuth
import Testing

@Suite struct TransportPolicyTests {
  private func policy(_ text: String) throws -> STSPolicy {
    try STSPolicy(parsing: Array(text.utf8))
  }
  private func host(_ name: String) throws -> Domain { try #require(Domain(name)) }

  // MARK: MTA-STS

  @Test(arguments: ["v=STSv1; id=a1", "v=STSv1;id=a1;", "v=STSv1 ;\t id=a1 \t; more=x ; z_=y"])
  func `a record's id is read`(text: String) throws {
    #expect(try STSRecord(parsing: Array(text.utf8)).id == "a1")
  }

  @Test(arguments: [
    "", "v=STSv1", "v=STSv1;", "v=STSv2; id=a", "v=STSv1 id=a", "v=stsv1; id=a", " v=STSv1; id=a",
    "v=STSv1; id = a", "v=STSv1; id=a; id=b", "v=STSv1; id=é", "v=STSv1; ID=a", "v=STSv1; id=a;;",
    "v=STSv1; id=a; -x=y", "v=STSv1; id=a b",
  ])
  func `what is no MTA-STS record is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try STSRecord(parsing: Array(text.utf8)) }
  }

  @Test func `a policy is read, and reads back`() throws {
    let read = try policy(
      "version: STSv1\r\nmode:enforce\r\nmx: MX1.example.jp\nmx:*.example.net \nmode: none\n"
        + "\nx: y z\nmax_age: 86400"
    )
    #expect(read.mode == .enforce)
    #expect(read.hosts.map { "\($0)" } == ["mx1.example.jp", "*.example.net"])
    #expect(read.maximumAgeSeconds == 86_400)
    #expect(try policy(read.lines.joined(separator: "\n")) == read)
    #expect(read.allows(try host("mx1.example.jp")))
    #expect(read.allows(try host("a.example.net")))
    for name in ["example.net", "a.b.example.net", "mx2.example.jp", "aexample.net"] {
      #expect(!read.allows(try host(name)), "\(name)")
    }
  }

  @Test(arguments: [
    "", "version: STSv1\nmode: enforce\nmx: a.jp",
    "version: STSv1\nmode: ENFORCE\nmx: a.jp\nmax_age: 1",
    "version: STSv1\nmode: enforce\nmax_age: 1", "mode: none\nmax_age: 1",
    "version: STSv1\nmode: none\nmax_age: -1", "version: STSv1\nmode: none\nmax_age: 31557601",
    "version: STSv1\nmode: enforce\nmx: a.*.jp\nmax_age: 1",
    "version: STSv1\nmode: none\nmax_age: 1\njunk",
    "version: STSv1\nmode: enforce\nmx: *\nmax_age: 1",
    "version: STSv1\nmode: enforce\nmx: 例え.jp\nmax_age: 1",
    "version: STSv1\nmode: none\nmax_age: 1\nx: \u{1}", "<html>not found</html>",
  ])
  func `what is no policy is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try policy(text) }
  }

  @Test func `a policy has a largest size`() {
    let text =
      "version: STSv1\nmode: none\nmax_age: 1\n" + String(repeating: "x: y\n", count: 20_000)
    #expect(throws: SyntaxError.self) { try policy(text) }
  }

  @Test func `what was promised holds until it expires, whatever the DNS says`() throws {
    let old = try policy("version: STSv1\nmode: enforce\nmx: a.jp\nmax_age: 100")
    let start = Timestamp(microseconds: 0)
    let kept = CachedSTSPolicy(policy: old, id: "1", fetchedAt: start)
    let same = try STSRecord(parsing: Array("v=STSv1; id=1".utf8))
    let new = try STSRecord(parsing: Array("v=STSv1; id=2".utf8))
    func step(
      _ kept: CachedSTSPolicy?, _ found: RecordDiscovery<STSRecord>, _ seconds: Int
    ) -> CachedSTSPolicy.Step { CachedSTSPolicy.step(kept, found, now: start + seconds) }
    for found in [RecordDiscovery<STSRecord>.none, .several, .failure(.timedOut), .record(same)] {
      #expect(step(kept, found, 99) == .follow(old))
    }
    #expect(step(kept, .record(new), 99) == .fetch(id: "2", otherwise: old))
    #expect(step(kept, .record(same), 100) == .fetch(id: "1", otherwise: nil))
    #expect(step(kept, .none, 100) == .deliver)
    #expect(step(nil, .record(new), 0) == .fetch(id: "2", otherwise: nil))
    #expect(step(nil, .failure(.timedOut), 0) == .deliver)
  }

  @Test func `records are found by domain, others beside them don't count`() async throws {
    let zone = RecordedResolver(
      [
        "_mta-sts.a.jp": .success(DNSAnswer(["x", "v=STSv1; id=1"].map { Array($0.utf8) })),
        "_mta-sts.b.jp": .success(
          DNSAnswer(["v=STSv1; id=1", "v=STSv1; bad"].map { Array($0.utf8) })),
        "_mta-sts.c.jp": .success(DNSAnswer([Array("v=STSv1; bad".utf8)])),
        "_mta-sts.d.jp": .failure(.timedOut),
        "_smtp._tls.a.jp": .success(DNSAnswer([Array("v=TLSRPTv1;rua=mailto:x@a.jp".utf8)])),
      ])
    guard case .record(let record) = await STSRecord.find(for: try host("a.jp"), zone) else {
      Issue.record("no record")
      return
    }
    #expect(record.id == "1")
    #expect(await STSRecord.find(for: try host("b.jp"), zone) == .several)
    guard case .malformed = await STSRecord.find(for: try host("c.jp"), zone) else {
      Issue.record("not malformed")
      return
    }
    #expect(await STSRecord.find(for: try host("d.jp"), zone) == .failure(.timedOut))
    #expect(await STSRecord.find(for: try host("e.jp"), zone) == .none)
    guard case .record(let report) = await TLSReportRecord.find(for: try host("a.jp"), zone) else {
      Issue.record("no record")
      return
    }
    #expect(report.addresses.map(\.mailbox?.description) == ["x@a.jp"])
  }

  // MARK: TLS-RPT

  @Test func `addresses for reports are read`() throws {
    let record = try TLSReportRecord(
      parsing: Array(
        "v=TLSRPTv1 ; rua=mailto:a%2Cb@x.jp , https://r.x.jp:8443/t?a=b ; x=y; rua=ftp:z".utf8))
    #expect(
      record.addresses.map(\.uri) == ["mailto:a%2Cb@x.jp", "https://r.x.jp:8443/t?a=b", "ftp:z"])
    #expect(record.addresses.map(\.host?.ascii) == [nil, "r.x.jp", nil])
  }

  @Test(arguments: [
    "v=TLSRPTv1", "v=TLSRPTv1; x=y", "v=TLSRPTv1; rua=", "v=TLSRPTv1; rua=a@x.jp",
    "v=TLSRPTv1;rua=,",
    "v=TLSRPTv1; rua=mailto:a@x.jp,", "v=TLSRPTv1; rua=mailto:a@x.jp b",
    "v=TLSRPTv2; rua=mailto:a@x.jp",
    "v=TLSRPTv1; rua=mailto:a@x.jp; y==", "v=TLSRPTv1; rua=mailto:%zz@x.jp",
  ])
  func `what is no TLS-RPT record is refused`(text: String) {
    #expect(throws: SyntaxError.self) { try TLSReportRecord(parsing: Array(text.utf8)) }
  }
}
