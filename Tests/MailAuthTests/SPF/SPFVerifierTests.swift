import DNS
import Mail
import MailAuth
import Synchronization
import Testing

/// A clock whose hands others turn.
final class SPFTestClock: Clock {
  private let moment = Mutex(Timestamp(microseconds: 1_000_000_000_000))
  func now() -> Timestamp { moment.withLock { $0 } }
  func turn(seconds: Int) { moment.withLock { $0 = $0 + seconds } }
}

/// Takes its time for every question, and counts them.
final class SlowResolver: Resolver {
  private let zone: ZoneResolver
  private let clock: SPFTestClock
  private let seconds: Int
  private let asked = Mutex<[String]>([])
  var questions: [String] { asked.withLock { $0 } }

  init(_ zone: String, clock: SPFTestClock = SPFTestClock(), seconds: Int = 0) {
    self.zone = ZoneResolver(zone)
    self.clock = clock
    self.seconds = seconds
  }

  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
    asked.withLock { $0.append("\(name) \(type)") }
    clock.turn(seconds: seconds)
    return await zone.records(type, of: name, within: limit)
  }
}

@Suite struct SPFVerifierTests {
  private func check(
    _ zone: String, _ client: String = "192.0.2.1", helo: String = "mail.example",
    sender: String = "a@a.example"
  ) async throws -> SPFOutcome {
    let client = try #require(IPAddress(client))
    return await SPFVerifier(resolver: ZoneResolver(zone), clock: SPFTestClock())
      .check(SPFRequest(client: client, helo: helo, sender: sender))
  }

  @Test(arguments: [
    ("a", SPFResult.pass), ("-a", .fail), ("a:b.example -all", .fail), ("mx", .pass),
    ("a:b.example/24 -all", .pass), ("ptr -all", .pass), ("ptr:a.example -all", .pass),
    ("ptr:other.example -all", .fail), ("exists:%{ir}.list.example -all", .pass),
    ("include:ok.example -all", .pass), ("include:no.example ~all", .softfail),
    ("?include:ok.example", .neutral), ("redirect=no.example", .fail), ("", .neutral),
    ("include:none.example", .permerror), ("redirect=none.example", .permerror),
    ("redirect=a..b.example", .permerror), ("include:slow.example", .temperror),
    ("a:slow.example", .temperror), ("mx:slow.example", .temperror),
    ("a:forged.example", .temperror),
    ("ip4:192.0.2.1 a:slow.example", .pass), ("exists:six.example -all", .fail),
    ("a:lost..example -all", .fail), ("mx:many.example", .permerror),
    ("mx:null.example -all", .fail),
    ("all redirect=none.example", .pass), ("ip4:192.0.2.1 oops", .permerror),
    ("a:alias.example -all", .pass),
  ])
  func `each mechanism means what RFC 7208 §5 says`(terms: String, result: SPFResult) async throws {
    let exchangers = (0..<11).map { "many.example MX \($0) m\($0).example" }
    let outcome = try await check(
      """
      a.example TXT "v=spf1 \(terms)"
      a.example A 192.0.2.1
      a.example MX 10 a.example
      b.example A 192.0.2.9
      1.2.0.192.in-addr.arpa PTR a.example
      1.2.0.192.in-addr.arpa PTR other.example
      1.2.0.192.list.example A 127.0.0.2
      ok.example TXT "v=spf1 ip4:192.0.2.0/24 -all"
      no.example TXT "v=spf1 -all"
      slow.example FAIL TIMEOUT
      forged.example FAIL BOGUS
      six.example AAAA 2001:db8::1
      null.example MX 0 .
      alias.example CNAME a.example
      \(exchangers.joined(separator: "\n"))
      """)
    #expect(outcome.result == result, "\(terms): \(outcome.reason.sentence)")
    #expect(outcome.reason.sentence.hasSuffix("."))
  }

  @Test func `the reason names the record and the term that decided`() async throws {
    let zone = """
      a.example TXT "v=spf1 include:b.example redirect=c.example"
      b.example TXT "v=spf1 ?all"
      c.example TXT "v=spf1 -all"
      """
    #expect(try await check(zone).reason == .matched(term: "-all", domain: "c.example"))
    let wrong = try await check("a.example TXT \"v=spf1 mox\"").reason
    #expect(
      wrong == .wrongRecord(domain: "a.example", SyntaxError(expected: "a mechanism", at: 7)))
    #expect(
      try await check("a.example FAIL BOGUS").reason
        == .dns(name: "a.example", type: "TXT", .bogus("the zone says so")))
  }

  @Test(arguments: [
    "a@b@c.example", "a@localhost", "a@[192.0.2.1]", "a@a..example", "a@", "a@192.0.2.1",
    "a@" + String(repeating: "x", count: 64) + ".example", "a@.example", "a@x y.example",
  ])
  func `who has no domain has no result, and a record is not looked for elsewhere`(
    sender: String
  ) async throws {
    let outcome = try await check("a.example TXT \"v=spf1 +all\"", sender: sender)
    #expect(outcome.result == .none)
  }

  @Test func `a null sender is the HELO name's postmaster`() async throws {
    let zone = """
      mail.example TXT "v=spf1 exists:%{l}.%{o}.yes.example -all"
      postmaster.mail.example.yes.example A 127.0.0.2
      """
    let client = try #require(IPAddress("192.0.2.1"))
    let verifier = SPFVerifier(resolver: ZoneResolver(zone), clock: SPFTestClock())
    let null = await verifier.check(SPFRequest(client: client, helo: "mail.example", sender: nil))
    #expect(null.result == .pass && null.identity == .mailFrom && null.domain == "mail.example")
    let helo = await verifier.check(SPFRequest(client: client, helo: "mail.example"))
    #expect(helo.result == .pass && helo.identity == .helo)
  }

  @Test func `an international domain is asked as its A-label`() async throws {
    let outcome = try await check(
      "xn--r8jz45g.example TXT \"v=spf1 +all\"", sender: "a@例え.example")
    #expect(outcome.result == .pass)
    #expect(outcome.domain == "xn--r8jz45g.example")
  }

  @Test func `a mailbox is asked by its domain, its local part as meant`() async throws {
    let zone = "b.example TXT \"v=spf1 -all exp=why.example\"\nwhy.example TXT \"%{s}\""
    let mailbox = try #require(Mailbox("\"a b\"@B.example"))
    let client = try #require(IPAddress("192.0.2.1"))
    let request = SPFRequest(client: client, helo: "mail.example", sender: mailbox)
    let outcome = await SPFVerifier(resolver: ZoneResolver(zone), clock: SPFTestClock())
      .check(request)
    #expect(outcome.explanation == "a b@b.example")
  }

  // MARK: Limits

  @Test func `ten terms may ask, and include and redirect are among them`() async throws {
    let many = (0..<5).map { "a:x\($0).example " }.joined()
    let hosts = (0..<10).map { "x\($0).example A 192.0.2.\($0 + 100)" }.joined(separator: "\n")
    let good = "a.example TXT \"v=spf1 \(many)include:b.example -all\"\n\(hosts)\n"
    let four = (5..<9).map { "a:x\($0).example " }.joined()
    let ten = try await check(good + "b.example TXT \"v=spf1 \(four)?all\"")
    #expect(ten.result == .fail && ten.lookups == 10)
    let eleven = try await check(good + "b.example TXT \"v=spf1 \(four)a:x9.example ?all\"")
    #expect(eleven.reason == .tooManyLookups(term: "a:x9.example", domain: "b.example"))
    #expect(eleven.result == .permerror)
  }

  @Test func `loops end in a permanent error after few questions`() async throws {
    for terms in ["redirect=a.example", "include:a.example", "include:b.example"] {
      let resolver = SlowResolver(
        """
        a.example TXT "v=spf1 \(terms)"
        b.example TXT "v=spf1 include:a.example include:a.example"
        """)
      let client = try #require(IPAddress("192.0.2.1"))
      let outcome = await SPFVerifier(resolver: resolver, clock: SPFTestClock())
        .check(SPFRequest(client: client, helo: "", sender: "a@a.example"))
      #expect(outcome.result == .permerror)
      #expect(resolver.questions.count == 11)
    }
  }

  @Test func `two terms may find nothing, however many names one of them asks`() async throws {
    let zone = """
      a.example TXT "v=spf1 a:n1.example mx:hosts.example ?all"
      hosts.example MX 1 n1.example
      hosts.example MX 2 n2.example
      hosts.example MX 3 n3.example
      b.example TXT "v=spf1 a:n1.example exists:n2.example mx:n3.example ?all"
      """
    let two = try await check(zone)
    #expect(two.result == .neutral && two.voids == 2)
    let three = try await check(zone, sender: "a@b.example")
    #expect(three.reason == .tooManyVoids(term: "mx:n3.example", domain: "b.example"))
  }

  @Test func `a client with a thousand names has ten looked at`() async throws {
    let names = (0..<1000).map { "1.2.0.192.in-addr.arpa PTR n\($0).example" }
    let resolver = SlowResolver(
      """
      a.example TXT "v=spf1 ptr ?exists:%{p}.x.example -all"
      \(names.joined(separator: "\n"))
      """)
    let client = try #require(IPAddress("192.0.2.1"))
    let outcome = await SPFVerifier(resolver: resolver, clock: SPFTestClock())
      .check(SPFRequest(client: client, helo: "", sender: "a@a.example"))
    #expect(outcome.result == .fail)
    // TXT, PTR, ten A, and one for exists; %{p} is known by then.
    #expect(resolver.questions.count == 13)
  }

  @Test func `a check ends in time, whatever the DNS does`() async throws {
    let clock = SPFTestClock()
    let resolver = SlowResolver(
      """
      a.example TXT "v=spf1 a:1.x.example a:2.x.example a:3.x.example -all"
      *.x.example A 192.0.2.9
      """, clock: clock, seconds: 8)
    let client = try #require(IPAddress("192.0.2.1"))
    let outcome = await SPFVerifier(resolver: resolver, clock: clock)
      .check(SPFRequest(client: client, helo: "", sender: "a@a.example"))
    #expect(outcome.result == .temperror)
    #expect(outcome.reason == .tookTooLong(seconds: 20))
    #expect(resolver.questions.count == 3)
  }

  @Test func `a client whose names take their time does not use up the check`() async throws {
    let clock = SPFTestClock()
    let names = (0..<10).map { "1.2.0.192.in-addr.arpa PTR n\($0).example" }
    let resolver = SlowResolver(
      "a.example TXT \"v=spf1 ptr -all\"\n\(names.joined(separator: "\n"))", clock: clock,
      seconds: 6)
    let client = try #require(IPAddress("192.0.2.1"))
    let outcome = await SPFVerifier(resolver: resolver, clock: clock)
      .check(SPFRequest(client: client, helo: "", sender: "a@a.example"))
    #expect(outcome.result == .fail)
    #expect(resolver.questions.count == 3)
  }

  // MARK: Explanations

  @Test(arguments: [
    ("why.example TXT \"%{i} may not, says %{d}\"", "192.0.2.1 may not, says a.example"),
    ("why.example TXT one\nwhy.example TXT two", nil), ("why.example TXT \"%{broken\"", nil),
    ("why.example FAIL TIMEOUT", nil), ("why.example TXT \"\\195\\169\"", nil), ("", nil),
  ])
  func `a refused sender is told what the domain says, if it says it well`(
    zone: String, explanation: String?
  ) async throws {
    let outcome = try await check("a.example TXT \"v=spf1 -all exp=why.example\"\n" + zone)
    #expect(outcome.result == .fail)
    #expect(outcome.explanation == explanation)
  }

  @Test func `only the record that refuses explains, and only a refusal is explained`() async throws
  {
    let zone = """
      a.example TXT "v=spf1 -include:b.example ~all exp=why.example"
      b.example TXT "v=spf1 all exp=other.example"
      c.example TXT "v=spf1 redirect=d.example exp=why.example"
      d.example TXT "v=spf1 -all exp=other.example"
      e.example TXT "v=spf1 ~all exp=why.example"
      why.example TXT why
      other.example TXT other
      """
    #expect(try await check(zone).explanation == "why")
    #expect(try await check(zone, sender: "a@c.example").explanation == "other")
    #expect(try await check(zone, sender: "a@e.example").explanation == nil)
  }
}
