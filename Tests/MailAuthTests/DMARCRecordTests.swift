import Mail
import MailAuth
import Testing

@Suite struct DMARCRecordTests {
  private func read(_ text: String) -> DMARCRecord? { DMARCRecord(parsing: Array(text.utf8)) }

  @Test func `every tag is read`() throws {
    let record = try #require(
      read(
        "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; psd=n; t=y; pct=20; fo=1:d;"
          + "ri=3600; rua=mailto:a@example.jp!10m,https://r.example/x; ruf=mailto:f@example.jp"))
    #expect(record.policy == .reject)
    #expect(record.subdomainPolicy == .quarantine)
    #expect(record.nonexistentPolicy == DMARCRecord.Policy.none)
    #expect(record.dkimAlignment == .strict)
    #expect(record.spfAlignment == .strict)
    #expect(record.suffixFlag == .no)
    #expect(record.isTesting)
    #expect(record.percent == 20)
    #expect(record.failureOptions == [.anyFails, .dkim])
    #expect(record.reportIntervalSeconds == 3600)
    #expect(record.aggregateReports.map(\.uri) == ["mailto:a@example.jp", "https://r.example/x"])
    #expect(record.aggregateReports[0].sizeLimit == 10 << 20)
    #expect(record.aggregateReports[0].mailbox?.description == "a@example.jp")
    #expect(record.aggregateReports[1].mailbox == nil)
    #expect(record.failureReports.count == 1)
    #expect(record.flaws.isEmpty)
  }

  @Test(arguments: [
    "", "v=DMARC1x; p=none", "v=dmarc1; p=none", " v=DMARC1; p=none", "p=none; v=DMARC1",
    "v=DMARC1 p=none", "v=DMARC10;p=none", "V DMARC1", "v=spf1 -all", "v=DMARC1\u{301}; p=none",
  ])
  func `what does not begin with the version is no record`(text: String) {
    #expect(read(text) == nil, "\(text)")
  }

  @Test(arguments: [
    ("v=DMARC1;p=Reject", DMARCRecord.Policy.reject), ("V = DMARC1 ; P = none ;", .none),
    ("v=DMARC1; x=y; p=quarantine; =1; tagonly; p=none;;", .quarantine),
    ("v=DMARC1; rua=mailto:a@b.example", .none),
    ("v=DMARC1; p=bogus; rua=mailto:a@b.example", .none),
    ("v=DMARC1; p=reject; sp=bogus; rua=mailto:a@b.example", .none),
  ])
  func `a policy is found among what is passed over`(text: String, policy: DMARCRecord.Policy) {
    #expect(read(text)?.policy == policy, "\(text)")
  }

  @Test(arguments: [
    "v=DMARC1", "v=DMARC1;", "v=DMARC1; adkim=s", "v=DMARC1; p=bogus", "v=DMARC1; p=",
    "v=DMARC1; p=reject; np=bogus", "v=DMARC1; p=reject; sp=;;np=x; rua=nonsense",
  ])
  func `without a valid policy and an address nothing is asked`(text: String) throws {
    let record = try #require(read(text), "\(text)")
    #expect(record.policy == nil, "\(text)")
  }

  @Test(arguments: ["pct=101", "pct=-1", "pct=x", "pct=99999999999999999999", "pct= 1 0"])
  func `a percentage that is none is a hundred`(tag: String) throws {
    let record = try #require(read("v=DMARC1; p=reject; \(tag)"))
    #expect(record.percent == 100)
    #expect(record.flaws.count == 1)
  }

  @Test func `what holds below and nowhere falls back`() throws {
    let plain = try #require(read("v=DMARC1; p=reject"))
    #expect(plain.policy(for: .below) == .reject)
    #expect(plain.policy(for: .nowhere) == .reject)
    let half = try #require(read("v=DMARC1; p=reject; sp=none"))
    #expect(half.policy(for: .nowhere) == DMARCRecord.Policy.none)
    let whole = try #require(read("v=DMARC1; p=none; np=reject"))
    #expect(whole.policy(for: .nowhere) == .reject)
    #expect(whole.policy(for: .below) == DMARCRecord.Policy.none)
  }

  @Test(arguments: [
    ("mailto:a%21b@example.jp", "a!b@example.jp"), ("MAILTO:a@EXAMPLE.jp", "a@example.jp"),
    ("mailto:a@example.jp?subject=x", "a@example.jp"), ("mailto:a@b@c", nil),
    ("mailto:a%0d%0a@example.jp", nil), ("http://a.example/", nil), ("mailto:a%@example.jp", nil),
    ("mailto:a@example.jp!10x", nil), ("noscheme", nil), ("1x:y", nil), ("mailto:", nil),
  ])
  func `an address is one mailbox or none`(text: String, mailbox: String?) {
    let address = ReportAddress(parsing: Array(text.utf8)[...])
    #expect(address?.mailbox?.description == mailbox, "\(text)")
  }

  @Test func `tags and addresses have a bound`() throws {
    let tags = (0..<500).map { "x\($0)=1" }.joined(separator: ";")
    let many = try #require(read("v=DMARC1;\(tags);p=reject"))
    #expect(many.policy == nil)
    let addresses = Array(repeating: "mailto:a@b.example", count: 500).joined(separator: ",")
    let long = try #require(read("v=DMARC1;p=none;rua=\(addresses)"))
    #expect(long.aggregateReports.count == DMARCRecord.addressLimit)
  }
}
