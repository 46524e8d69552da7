import DNS
import Mail
import MailAuth
import Testing

@Suite struct DMARCVerifierTests {
  private static func domain(_ name: String) -> Domain {
    guard let domain = Domain(name) else { preconditionFailure(name) }
    return domain
  }

  private func judge(
    _ author: String, _ zone: RecordedResolver, spf: [String] = [], dkim: [String] = [],
    temporary: [String] = [], method: DMARCVerifier.Method = .treeWalk
  ) async -> DMARCResult {
    let proven =
      spf.map { AuthenticatedDomain(.spf, Self.domain($0)) }
      + dkim.map { AuthenticatedDomain(.dkim, Self.domain($0)) }
      + temporary.map { AuthenticatedDomain(.dkim, Self.domain($0), .temporaryError) }
    return await DMARCVerifier(resolver: zone, method: method)
      .judge(author: .one(Self.domain(author)), proven)
  }

  @Test func `an aligned domain passes, relaxed or equal`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=reject; aspf=s"]])
    #expect(await judge("mail.example.jp", zone, dkim: ["example.jp"]).outcome == .pass)
    #expect(await judge("example.jp", zone, spf: ["example.jp"]).outcome == .pass)
    let strict = await judge("mail.example.jp", zone, spf: ["example.jp"])
    #expect(strict.outcome == .fail)
    #expect(strict.disposition(sample: 0) == .reject)
    #expect(strict.policyDomain?.ascii == "example.jp")
    #expect(await judge("example.jp", zone, dkim: ["example.com"]).reason == .nothingAligned)
  }

  @Test func `a name without a record is asked about once on its way and then left alone`() async {
    let zone = RecordedResolver([:] as [String: [String]])
    let result = await judge("a.b.c.d.e.f.g.h.example.jp", zone, dkim: ["example.jp"])
    #expect(result.outcome == .none)
    #expect(result.reason == .noRecord)
    #expect(
      zone.asked == [
        "_dmarc.a.b.c.d.e.f.g.h.example.jp", "_dmarc.d.e.f.g.h.example.jp",
        "_dmarc.e.f.g.h.example.jp",
        "_dmarc.f.g.h.example.jp", "_dmarc.g.h.example.jp", "_dmarc.h.example.jp",
        "_dmarc.example.jp", "_dmarc.jp",
      ])
  }

  @Test func `eight labels are asked about one by one`() async {
    let names = DMARCLookup.targets(from: Self.domain("a.b.c.d.e.f.g.h")).map(\.ascii)
    #expect(names.count == 8)
    let long = String(repeating: "a.", count: 100) + "example.jp"
    #expect(DMARCLookup.targets(from: Self.domain(long)).count == DMARCLookup.walkLimit)
  }

  @Test func `an own record and an own proof cost one query`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=reject"]])
    let result = await judge("example.jp", zone, spf: ["other.example"], dkim: ["example.jp"])
    #expect(result.outcome == .pass)
    #expect(result.aligned.map(\.mechanism) == [.dkim])
    #expect(zone.asked.count <= 3)
  }

  @Test func `psd=y parts who lives below it, psd=n makes an organisation of its own`() async {
    let zone = RecordedResolver([
      "_dmarc.bank.example": ["v=DMARC1; p=reject; psd=y"],
      "_dmarc.lab.uni.example": ["v=DMARC1; p=none; psd=n"],
      "_dmarc.uni.example": ["v=DMARC1; p=quarantine"],
    ])
    let foreign = await judge("giant.bank.example", zone, dkim: ["mega.bank.example"])
    #expect(foreign.outcome == .fail)
    #expect(foreign.policyDomain?.ascii == "bank.example")
    #expect(foreign.organizationalDomain?.ascii == "giant.bank.example")
    #expect(foreign.disposition(sample: 0) == .reject)
    #expect(
      await judge("giant.bank.example", zone, dkim: ["m.giant.bank.example"]).outcome == .pass)
    #expect(await judge("uni.example", zone, dkim: ["lab.uni.example"]).outcome == .fail)
    #expect(await judge("a.uni.example", zone, dkim: ["b.uni.example"]).outcome == .pass)
    #expect(await judge("lab.uni.example", zone, dkim: ["x.lab.uni.example"]).outcome == .pass)
    let within = await judge("x.lab.uni.example", zone, dkim: ["uni.example"])
    #expect(within.outcome == .fail)
    #expect(within.policyDomain?.ascii == "lab.uni.example")
  }

  @Test func `a name that does not exist has a policy of its own`() async {
    let zone = RecordedResolver(
      [
        "_dmarc.example.jp": .success(DNSAnswer([Array("v=DMARC1; p=none; np=reject".utf8)])),
        "there.example.jp": .failure(.noRecords), "shaky.example.jp": .failure(.timedOut),
      ])
    #expect(await judge("gone.example.jp", zone).requestedPolicy == .reject)
    #expect(await judge("there.example.jp", zone).requestedPolicy == DMARCRecord.Policy.none)
    #expect(await judge("shaky.example.jp", zone).requestedPolicy == DMARCRecord.Policy.none)
  }

  @Test func `several records are none; by the walk a parent's may hold`() async {
    let two = ["v=DMARC1; p=reject", "v=DMARC1; p=none"]
    let zone = RecordedResolver([
      "_dmarc.a.example.jp": two + ["words"], "_dmarc.example.jp": ["v=DMARC1; p=quarantine"],
    ])
    let walked = await judge("a.example.jp", zone)
    #expect(walked.requestedPolicy == .quarantine)
    let listed = await judge(
      "a.example.jp", zone, method: .publicSuffixList(PublicSuffixListTests.list))
    #expect(listed.outcome == .none)
    #expect(listed.reason == .severalRecords)
  }

  @Test func `by the list organisations are what was registered`() async {
    let method = DMARCVerifier.Method.publicSuffixList(PublicSuffixListTests.list)
    let zone = RecordedResolver(["_dmarc.a.kobe.jp": ["v=DMARC1; p=reject"]])
    #expect(
      await judge("x.a.kobe.jp", zone, dkim: ["y.a.kobe.jp"], method: method).outcome == .pass)
    let foreign = await judge("a.kobe.jp", zone, dkim: ["b.kobe.jp"], method: method)
    #expect(foreign.outcome == .fail)
    #expect(await judge("b.kobe.jp", zone, method: method).outcome == .none)
  }

  @Test func `a DNS that fails for a while proves nothing and refutes nothing`() async {
    let down = RecordedResolver([:], others: .failure(.timedOut))
    let result = await judge("example.jp", down, dkim: ["example.jp"])
    #expect(result.outcome == .temperror)
    #expect(result.reason == .lookupFailed(.timedOut))
    #expect(result.disposition(sample: 0) == .none)
    let half = RecordedResolver(
      ["_dmarc.a.example.jp": .success(DNSAnswer([Array("v=DMARC1;p=reject".utf8)]))],
      others: .failure(.serverFailure("SERVFAIL")))
    #expect(await judge("a.example.jp", half, dkim: ["a.example.jp"]).outcome == .pass)
    #expect(await judge("a.example.jp", half, dkim: ["example.jp"]).outcome == .temperror)
    #expect(await judge("a.example.jp", half).outcome == .fail)
  }

  @Test func `a mechanism that failed for a while counts only where it could have helped`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=reject"]])
    #expect(await judge("example.jp", zone, temporary: ["example.jp"]).outcome == .temperror)
    #expect(await judge("example.jp", zone, temporary: ["other.example"]).outcome == .fail)
    #expect(
      await judge("example.jp", zone, dkim: ["example.jp"], temporary: ["example.jp"]).outcome
        == .pass)
  }

  @Test func `a percentage and a trial soften what is asked`() async {
    let zone = RecordedResolver([
      "_dmarc.a.jp": ["v=DMARC1; p=reject; pct=30"], "_dmarc.b.jp": ["v=DMARC1; p=reject; t=y"],
      "_dmarc.c.jp": ["v=DMARC1; p=quarantine; pct=0"],
    ])
    let sampled = await judge("a.jp", zone)
    #expect(sampled.disposition(sample: 29) == .reject)
    #expect(sampled.disposition(sample: 30) == .quarantine)
    #expect(sampled.isSampledOut(sample: 30))
    #expect(!sampled.isSampledOut(sample: 0))
    #expect(await judge("b.jp", zone).disposition(sample: 99) == .quarantine)
    #expect(await judge("c.jp", zone).disposition(sample: 0) == .none)
    #expect(await judge("a.jp", zone, dkim: ["a.jp"]).disposition(sample: 0) == .none)
  }

  @Test func `thousands of proven domains cost a bounded number of queries`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=reject"]])
    let result = await judge(
      "example.jp", zone, dkim: (0..<3000).map { "a.b.c.d.e.f\($0).example.jp" })
    #expect(result.outcome == .pass)
    #expect(zone.asked.count <= DMARCVerifier.domainLimit * DMARCLookup.walkLimit)
  }

  @Test func `the result says itself in Authentication-Results`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=none; sp=reject"]])
    let result = await judge("a.example.jp", zone)
    let field = AuthenticationResultsField(serverID: "mx", [result.statement]).field()
    #expect(
      String(decoding: field, as: UTF8.self)
        == "Authentication-Results: mx;\r\n"
        + "\tdmarc=fail (no proven domain aligns with From) header.from=a.example.jp\r\n"
        + "\t  polrec.p=reject polrec.domain=example.jp\r\n")
  }

  @Test func `whose author is nobody, several or unreadable is never proven`() async {
    let zone = RecordedResolver(["_dmarc.example.jp": ["v=DMARC1; p=reject"]])
    for author in [AuthorDomain.none, .several, .unreadable] {
      let result = await DMARCVerifier(resolver: zone)
        .judge(author: author, [AuthenticatedDomain(.spf, Self.domain("example.jp"))])
      #expect(result.outcome == .permerror)
    }
  }
}
