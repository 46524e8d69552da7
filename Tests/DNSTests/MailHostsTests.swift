import Mail
import Testing

@testable import DNS

@Suite struct MailHostsTests {
  private let zone = ZoneResolver(
    """
    two.test MX 20 b.test
    two.test MX 10 a.test
    a.test A 192.0.2.1
    a.test AAAA 2001:db8::1
    b.test A 192.0.2.2
    plain.test A 192.0.2.3
    null.test MX 0 .
    self.test MX 10 gate.test
    self.test MX 20 b.test
    backup.test MX 10 a.test
    backup.test MX 20 other-name.test
    backup.test MX 20 b.test
    other-name.test A 192.0.2.99
    gate.test A 192.0.2.99
    empty.test TXT nothing
    nowhere.test MX 10 gone.test
    half.test MX 10 slow.test
    half.test MX 20 b.test
    slow.test FAIL TIMEOUT
    only-slow.test MX 10 slow.test
    forged.test FAIL BOGUS
    alias.test CNAME two.test
    """)

  private func find(_ name: String) async throws -> Result<[String], MailHostFailure> {
    var generator = SystemRandomNumberGenerator()
    let own: Domain = try #require(Domain("gate.test"))
    let address = try #require(IPAddress("192.0.2.99"))
    let hosts = MailHosts(resolver: zone, ownName: own, ownAddresses: [address])
    let domain: Domain = try #require(Domain(name))
    return await hosts.find(domain, using: &generator).map { $0.map(\.name.ascii) }
  }

  @Test(arguments: [
    ("two.test", ["a.test", "b.test"]), ("plain.test", ["plain.test"]),
    ("backup.test", ["a.test"]), ("half.test", ["b.test"]), ("alias.test", ["a.test", "b.test"]),
  ])
  func `hosts come in the order of RFC 5321 §5_1`(name: String, hosts: [String]) async throws {
    #expect(try await find(name) == .success(hosts))
  }

  @Test(arguments: [
    ("null.test", MailHostFailure.acceptsNoMail), ("self.test", .loopsToSelf),
    ("gate.test", .loopsToSelf), ("absent.test", .noSuchDomain), ("empty.test", .noMailHost),
    ("nowhere.test", .noMailHost),
    ("only-slow.test", .temporary("slow.test: the DNS did not answer in time")),
    ("slow.test", .temporary("slow.test MX: the DNS did not answer in time")),
    ("forged.test", .temporary("forged.test MX: DNSSEC calls the answer bogus: the zone says so")),
  ])
  func `where no host takes mail the reason is told`(
    name: String, failure: MailHostFailure
  ) async throws {
    #expect(try await find(name) == .failure(failure))
  }

  @Test func `both kinds of address are tried, the newer first`() async throws {
    let name: Domain = try #require(Domain("a.test"))
    let answer = try await zone.addresses(of: name).get()
    #expect(answer.records.map(\.description) == ["2001:db8::1", "192.0.2.1"])
  }
}
