import DNS
import Mail
import MailAuth
import Testing

/// Where TLSA records are looked for, and what an answer of each DNSSEC state means.
@Suite struct DANELookupTests {
  private static let digest = String(repeating: "ab", count: 32)
  private static let zone = """
    $SECURE signed.example
    $INSECURE island.signed.example
    signed.example            MX    10 mx.signed.example
    mx.signed.example         A     192.0.2.1
    _25._tcp.mx.signed.example TLSA 3 1 1 \(digest)
    bare.signed.example       A     192.0.2.2
    old.signed.example        A     192.0.2.3
    _25._tcp.old.signed.example TLSA 1 1 1 \(digest)
    forged.signed.example     A     192.0.2.4
    _25._tcp.forged.signed.example FAIL BOGUS
    slow.signed.example       A     192.0.2.5
    _25._tcp.slow.signed.example FAIL TIMEOUT
    alias.signed.example      CNAME mx.signed.example
    both.signed.example       CNAME bare.signed.example
    _25._tcp.both.signed.example TLSA 3 1 1 \(digest)
    out.signed.example        CNAME host.island.signed.example
    _25._tcp.out.signed.example TLSA 3 1 1 \(digest)
    host.island.signed.example A    192.0.2.6
    _25._tcp.host.island.signed.example TLSA 3 1 1 \(digest)
    away.signed.example       A     192.0.2.7
    _25._tcp.away.signed.example CNAME _25._tcp.host.island.signed.example
    loop.signed.example       A     192.0.2.8
    _25._tcp.loop.signed.example CNAME _25._tcp.loop.signed.example
    plain.example             A     192.0.2.9
    _25._tcp.plain.example    TLSA 3 1 1 \(digest)
    via.island.signed.example CNAME mx.signed.example
    """
  private let resolver = ZoneResolver(Self.zone)

  private func find(_ name: String, named isNamedSecurely: Bool = true) async throws -> DANEFinding
  {
    let host = try #require(Domain(name))
    let answer = try await resolver.addresses(of: host).get()
    let mailHost = MailHost(
      name: host, addresses: answer.records, isNamedSecurely: isNamedSecurely,
      isSecure: isNamedSecurely && answer.isSecure, canonicalName: answer.canonicalName)
    return await DANELookup(resolver).find(mailHost, of: try #require(Domain("signed.example")))
  }

  private func base(_ name: String) async throws -> String? {
    guard case .authenticate = try await find(name).policy else { return nil }
    return try await find(name).base?.ascii
  }

  @Test func `a proven host's records are followed`() async throws {
    let finding = try await find("mx.signed.example")
    guard case .authenticate(let records) = finding.policy else {
      Issue.record("\(finding)")
      return
    }
    #expect(records.count == 1)
    #expect(finding.names.map(\.ascii) == ["mx.signed.example", "signed.example"])
  }

  @Test func `a certificate may name the records' place, the domain, and what that is an alias of`()
    async throws
  {
    let zone =
      Self.zone + """

        alias-mx.signed.example MX 10 alias.signed.example
        shop.signed.example CNAME alias-mx.signed.example
        """
    let resolver = ZoneResolver(zone)
    let own = try #require(Domain("gate.example"))
    let shop = try #require(Domain("shop.signed.example"))
    var generator = SystemRandomNumberGenerator()
    let hosts = try await MailHosts(resolver: resolver, ownName: own, ownAddresses: [])
      .find(shop, using: &generator).get()
    let finding = await DANELookup(resolver).find(try #require(hosts.first), of: shop)
    // Not alias.signed.example: the records stand behind it (RFC 7672 §3.2.2).
    #expect(
      finding.names.map(\.ascii)
        == ["mx.signed.example", "shop.signed.example", "alias-mx.signed.example"])
  }

  @Test func `without records, or without proof, nothing is asked`() async throws {
    #expect(try await find("bare.signed.example") == .absent)
    #expect(try await find("plain.example") == .absent)
    #expect(try await find("mx.signed.example", named: false) == .absent)
    // The record stands in a zone that nobody signed, though the way to it is signed.
    #expect(try await find("away.signed.example") == .absent)
  }

  @Test func `records that SMTP can't use still ask for TLS`() async throws {
    #expect(try await find("old.signed.example").policy == .encrypt)
  }

  @Test func `what can't be known is a failure and not an absence`() async throws {
    guard case .failure(.bogus) = try await find("forged.signed.example").policy else {
      Issue.record("forged records passed for none")
      return
    }
    #expect(try await find("slow.signed.example").policy == .failure(.timedOut))
    guard case .failure(.serverFailure) = try await find("loop.signed.example").policy else {
      Issue.record("an endless alias passed for none")
      return
    }
  }

  @Test func `behind an alias first, then at the name itself`() async throws {
    #expect(try await base("alias.signed.example") == "mx.signed.example")
    #expect(try await base("both.signed.example") == "both.signed.example")
    // Only the alias is proven: the records of what it leads to are not asked for.
    #expect(try await base("out.signed.example") == "out.signed.example")
    // The alias is not: nothing is.
    #expect(try await find("via.island.signed.example") == .absent)
  }

  @Test func `of a huge set only so many records are looked at`() async throws {
    let many = (0..<2000).map { number in
      let digits = String(number, radix: 16)
      let digest = String(repeating: "0", count: 64 - digits.count) + digits
      return "_25._tcp.mx.big.example TLSA 3 1 1 \(digest)\n"
    }
    let resolver = ZoneResolver(
      "$SECURE big.example\nmx.big.example A 192.0.2.1\n" + many.joined())
    let name = try #require(Domain("mx.big.example"))
    let host = MailHost(name: name, addresses: [], isNamedSecurely: true, isSecure: true)
    guard case .authenticate(let records) = await DANELookup(resolver).find(host, of: name).policy
    else {
      Issue.record("not followed")
      return
    }
    #expect(records.count == DANEPolicy.recordLimit)
  }
}
