import DNS
import Mail
import MailAuth
import Testing

@Suite struct BlocklistTests {
  private let list = DNSName("list.example") ?? .root
  private var zone: BlocklistZone {
    BlocklistZone(
      name: list, subjects: [.v4, .v6, .domain],
      meanings: [
        .init(.code(0, 0, 10), .dynamic, "dial-up"), .init(.code(0, 0, 20), .trusted, "good"),
        .init(.code(0, 0, 30), .refused, "no key"), .init(.code(0, 1, 255), .misasked, "odd"),
      ])
  }
  private let bits = BlocklistZone(
    name: DNSName("bits.example") ?? .root, subjects: [.domain],
    meanings: [.init(.bit(8), .listed, "phish"), .init(.bit(64), .listed, "abuse")], otherwise: nil)

  private func check(_ answers: String, client: String = "203.0.113.7") async throws
    -> BlocklistAnswer
  {
    let lookup = BlocklistLookup(zone, resolver: ZoneResolver(answers))
    return await lookup.check(try #require(IPAddress(client)))
  }

  private func check(_ domain: String, in answers: String, _ zone: BlocklistZone) async throws
    -> BlocklistAnswer
  {
    let name: Domain = try #require(Domain(domain))
    return await BlocklistLookup(zone, resolver: ZoneResolver(answers)).check(name)
  }

  // MARK: Answers

  @Test func `clients and domains are asked by their own kind of name`() async throws {
    guard case .listed(let four) = try await check("7.113.0.203.list.example A 127.0.0.2") else {
      Issue.record("IPv4 is not found")
      return
    }
    #expect(four.map(\.kind) == [.listed] && four.map(\.label) == ["127.0.0.2"])
    let nibbles = "1." + String(repeating: "0.", count: 23) + "8.b.d.0.1.0.0.2.list.example"
    guard case .listed = try await check("\(nibbles) A 127.0.0.2", client: "2001:db8::1") else {
      Issue.record("IPv6 is not found")
      return
    }
    let domain = try await check("Bad.Example", in: "bad.example.list.example A 127.0.0.10", zone)
    guard case .listed(let one) = domain else {
      Issue.record("a domain is not found")
      return
    }
    #expect(one.map(\.kind) == [.dynamic] && one.map(\.label) == ["dial-up"])
    #expect(try await check("") == .notListed)
  }

  @Test func `a bit has a meaning each, and an unknown code of such a list has none`() async throws
  {
    let listed = try await check("a.test", in: "a.test.bits.example A 127.0.0.72", bits)
    guard case .listed(let listings) = listed else {
      Issue.record("\(listed)")
      return
    }
    #expect(listings.map(\.label) == ["phish", "abuse"])
    #expect(try await check("a.test", in: "a.test.bits.example A 127.0.0.2", bits) == .notListed)
  }

  @Test(arguments: [
    "192.0.2.1", "127.255.255.252", "127.255.255.254", "127.255.255.255", "127.255.255.1",
    "127.0.0.30", "126.0.0.2", "0.0.0.0",
  ])
  func `what is no listing never counts, even beside one`(code: String) async throws {
    for zone in [
      "7.113.0.203.list.example A \(code)",
      "7.113.0.203.list.example A 127.0.0.2\n7.113.0.203.list.example A \(code)",
    ] {
      guard case .untrustworthy(let fault) = try await check(zone) else {
        Issue.record("\(code) counts")
        return
      }
      #expect(fault.sentence.hasSuffix("."))
    }
  }

  @Test func `nobody switches a list off by naming what it does not list`() async throws {
    #expect(try await check("7.113.0.203.list.example A 127.0.1.255") == .notListed)
    #expect(
      try await check("203.0.113.7", in: "*.list.example A 127.0.0.2", zone)
        == .notAsked(.notItsSubject))
  }

  @Test func `a time-out decides nothing`() async throws {
    #expect(try await check("7.113.0.203.list.example FAIL TIMEOUT") == .undecided(.timedOut))
    #expect(
      try await check("*.list.example FAIL SERVFAIL") == .undecided(.serverFailure("SERVFAIL")))
  }

  @Test(arguments: ["10.1.2.3", "127.0.0.2", "192.168.1.1", "fe80::1", "::1", "fc00::1"])
  func `private addresses are never asked`(client: String) async throws {
    let resolver = SlowResolver("*.list.example A 127.0.0.2")
    let address = try #require(IPAddress(client))
    #expect(await BlocklistLookup(zone, resolver: resolver).check(address) == .notAsked(.isPrivate))
    #expect(resolver.questions.isEmpty)
  }

  @Test func `a list is asked only what it lists, and no name too long`() async throws {
    let client = try #require(IPAddress("203.0.113.7"))
    let lookup = BlocklistLookup(bits, resolver: ZoneResolver("*.bits.example A 127.0.0.8"))
    #expect(await lookup.check(client) == .notAsked(.notItsSubject))
    let label = String(repeating: "a", count: 60)
    let long = [label, label, label, label].joined(separator: ".")
    #expect(try await check(long, in: "", bits) == .notAsked(.tooLong))
  }

  // MARK: Test points

  private static let good = """
    2.0.0.127.list.example A 127.0.0.2
    2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.list.example A 127.0.0.2
    test.list.example A 127.0.0.2

    """

  @Test(arguments: [
    (good, BlocklistTest.passed), ("", .failed(.listsNothing)),
    ("*.list.example A 127.0.0.2", .failed(.listsEverything)),
    (good + "1.0.0.127.list.example A 127.0.0.2", .failed(.listsEverything)),
    (good + "invalid.list.example A 127.0.0.2", .failed(.listsEverything)),
    ("*.list.example A 127.255.255.254", .failed(.refusesUs("127.255.255.254"))),
    ("*.list.example FAIL TIMEOUT", .undecided),
    (good + "invalid.list.example FAIL TIMEOUT", .undecided),
    ("2.0.0.127.list.example A 127.0.0.2", .failed(.listsNothing)),
  ])
  func `test points show whether a list is in order`(answers: String, test: BlocklistTest) async {
    #expect(await BlocklistLookup(zone, resolver: ZoneResolver(answers)).test() == test)
  }

  @Test func `a sold zone that answers its parking page is off`() async throws {
    let parked = BlocklistLookup(zone, resolver: ZoneResolver("*.list.example A 203.0.113.80"))
    let page = try #require(IPAddress("203.0.113.80"))
    #expect(await parked.test() == .failed(.answersOutsideLoopback(page)))
  }

  // MARK: Health

  @Test func `a list is asked after a good test, tested hourly, and soon again after no answer`() {
    let now = Timestamp(microseconds: 1_000_000_000_000)
    var health = BlocklistHealth()
    func expectChange(_ isChange: Bool, _ event: (inout BlocklistHealth) -> Bool) {
      let changed = event(&health)
      #expect(changed == isChange)
    }
    #expect(health.objection == .isUntested)
    #expect(health.testDueAt <= now)
    expectChange(false) { $0.tested(.undecided, at: now) }
    #expect(health.testDueAt == now + 60)
    expectChange(true) { $0.tested(.passed, at: now) }
    #expect(health.objection == nil)
    #expect(health.testDueAt == now + 3600)
    // What was good stays so while the DNS is down.
    expectChange(false) { $0.tested(.undecided, at: now) }
    #expect(health.state == .good)
    expectChange(true) { $0.tested(.failed(.listsEverything), at: now) }
    expectChange(false) { $0.tested(.failed(.listsEverything), at: now) }
    #expect(health.objection == .isSwitchedOff(.listsEverything))
    expectChange(false) { $0.tested(.undecided, at: now) }
    #expect(health.objection == .isSwitchedOff(.listsEverything))
    expectChange(true) { $0.tested(.passed, at: now) }
    expectChange(false) { $0.noted(.undecided(.timedOut), at: now) }
    expectChange(false) { $0.noted(.listed([]), at: now) }
    expectChange(true) { $0.noted(.untrustworthy(.refusesUs("x")), at: now) }
    #expect(health.objection == .isSwitchedOff(.refusesUs("x")))
  }

  @Test func `the lists together: untested is not asked, a fault switches off and says so`()
    async throws
  {
    let clock = SPFTestClock()
    let client = try #require(IPAddress("203.0.113.7"))
    let other = try #require(IPAddress("203.0.113.8"))
    let answers = """
      7.113.0.203.list.example A 127.0.0.2
      8.113.0.203.list.example A 127.255.255.255
      test.bits.example A 127.0.0.2
      """
    let lists = Blocklists([zone, bits], resolver: ZoneResolver(Self.good + answers), clock: clock)
    #expect(await lists.check(client).answers[list] == .notAsked(.isUntested))
    #expect(await lists.testDue().map(\.state) == [.good, .good])
    #expect(await lists.testDue().isEmpty)
    guard case .listed? = await lists.check(client).answers[list] else {
      Issue.record("not listed")
      return
    }
    let (_, changes) = await lists.check(other)
    #expect(
      changes.map(\.sentence) == [
        "The blocklist list.example is switched off. It refuses to answer us: 127.255.255.255."
      ])
    #expect(
      await lists.check(client).answers[list]
        == .notAsked(.isSwitchedOff(.refusesUs("127.255.255.255"))))
    clock.turn(seconds: 3600)
    #expect(await lists.testDue().map(\.zone) == [list])
    guard case .listed? = await lists.check(client).answers[list] else {
      Issue.record("not asked again")
      return
    }
  }

  @Test func `known lists have names and meanings`() throws {
    for zone in [BlocklistZone.zen, .dbl, .surbl] {
      #expect(zone.name.labels.count == 3)
      #expect(!zone.meanings.isEmpty)
    }
  }
}
