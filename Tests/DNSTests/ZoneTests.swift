import Mail
import Testing

@testable import DNS

@Suite struct ZoneTests {
  private func zone(_ text: String, isSecure: Bool = false) throws -> ZoneResolver {
    ZoneResolver(try ZoneParser.parse(Array(text.utf8), isSecure: isSecure))
  }

  private func name(_ text: String) throws -> DNSName { try #require(DNSName(text)) }

  private func addresses(
    _ zone: ZoneResolver, _ text: String
  ) async throws -> Result<[String], DNSFailure> {
    await zone.addresses(of: try name(text), family: .v4).map { $0.records.map(\.description) }
  }

  private func texts(_ zone: ZoneResolver, _ text: String) async throws -> [String] {
    try await zone.texts(of: try name(text)).get().records.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  // MARK: What a file may look like

  /// The example of RFC 1035 §5.3, with what later files have.
  private let ordinary = """
    $ORIGIN isi.edu.
    $TTL 1h
    @   IN  SOA     VENERA      Action\\.domains (
                                     20     ; SERIAL
                                     7200   ; REFRESH
                                     600    ; RETRY
                                     3600000; EXPIRE
                                     60)    ; MINIMUM

            NS      A.ISI.EDU.
            NS      VENERA
            MX      10      VENERA
    \t60 IN MX      20 VAXA
    A    \t  A       26.3.0.103
    IN 1d MX 5 @
    VENERA  IN 300  A       10.1.0.52
            300 IN  A       128.9.0.32\r
    quoted  TXT "v=spf1 a;b (c) \\"d\\" \\065\\\\" ( plain
       "two  blanks" )
    odd\\.label TXT dot
    generic TYPE1 \\# 4 c000 0201
    mapped  AAAA ::ffff:192.0.2.1
    @       RRSIG NSEC 13 2 3600 ( 2030 2020 1 isi.edu. abcd== )
    _25._tcp.VENERA TLSA 3 1 1 ( 00ff
        AB )
    """

  @Test func `an ordinary zone file is read`() async throws {
    let zone = try zone(ordinary)
    let exchangers = try await zone.mailExchangers(of: try name("isi.edu")).get().records
    #expect(exchangers.map { $0.host?.description } == ["venera.isi.edu", "vaxa.isi.edu"])
    #expect(exchangers.map(\.preference) == [10, 20])
    #expect(try await addresses(zone, "venera.isi.edu") == .success(["10.1.0.52", "128.9.0.32"]))
    // An owner that is called like the class.
    #expect(try await zone.mailExchangers(of: try name("in.isi.edu")).get().records.count == 1)
    #expect(
      try await texts(zone, "quoted.isi.edu") == [#"v=spf1 a;b (c) "d" A\plaintwo  blanks"#])
    #expect(try await texts(zone, #"odd\.label.isi.edu"#) == ["dot"])
    #expect(try await addresses(zone, "generic.isi.edu") == .success(["192.0.2.1"]))
    let service = try #require(DNSName("_25._tcp", below: try name("venera.isi.edu")))
    let associations = try await zone.records(.tlsa, of: service, within: nil).get().records
    #expect(associations == [[3, 1, 1, 0x00, 0xFF, 0xAB]])
  }

  @Test(arguments: [
    ("a.test A 192.0.2", 1, 10), ("a.test A 192.0.2.1 x", 1, 20), ("a.test\nb.test A", 1, 7),
    ("\n a A 192.0.2.1", 2, 2), ("a.test TXT \"x", 1, 12), ("a.test TXT (\nx", 1, 12),
    ("a.test TXT x)", 1, 13), ("a.test TXT ((x))", 1, 13), ("a..test A 192.0.2.1", 1, 1),
    ("a.test MX 65536 b", 1, 11), ("a.test MX x b", 1, 11), ("a.test AAAA 192.0.2.1", 1, 13),
    ("a.test A ::1", 1, 10), ("a.test NONSENSE x", 1, 8), ("$INCLUDE file", 1, 1),
    ("$ORIGIN", 1, 8), ("$ORIGIN a b", 1, 11), ("$TTL soon", 1, 6), (#"a\300.test A ::"#, 1, 2),
    ("a.test FAIL", 1, 12), ("a.test FAIL ODDLY", 1, 13), ("a.test FAIL TIMEOUT XX", 1, 21),
    ("a CNAME b\na A 192.0.2.1", 2, 3), ("a A 192.0.2.1\na CNAME b", 2, 3),
    ("a CNAME b\na CNAME c", 2, 3), ("a TLSA 3 1 1", 1, 13), ("a TLSA 3 1 1 0", 1, 14),
    ("a TLSA 3 1 1 0g", 1, 15), ("a A \\# 3 01", 1, 8), ("a CH A 192.0.2.1", 1, 3),
    ("\"a\" A 192.0.2.1", 1, 2),
  ])
  func `a fault is told with its place`(text: String, line: Int, column: Int) throws {
    let fault = #expect(throws: ZoneFault.self) { try zone(text) }
    #expect(fault?.line == line && fault?.column == column, "\(fault.map { "\($0)" } ?? "")")
    #expect(fault?.expected.isEmpty == false)
  }

  @Test func `a string has at most 255 octets and a zone its bound`() {
    let long = String(repeating: "x", count: 256)
    #expect(throws: ZoneFault.self) { try zone("a TXT \(long)") }
    #expect(throws: ZoneFault.self) {
      try ZoneParser.parse([UInt8](repeating: 0x20, count: ZoneParser.lengthLimit + 1))
    }
  }

  @Test func `what stands twice stands once`() async throws {
    let zone = try zone("a TXT x\na TXT x\na TXT y")
    #expect(try await texts(zone, "a") == ["x", "y"])
  }

  // MARK: Failures

  @Test func `failures are for every type without a record, or for some types`() async throws {
    let zone = try zone(
      """
      slow.test FAIL TIMEOUT
      half.test A 192.0.2.1
      half.test FAIL TIMEOUT
      part.test A 192.0.2.1
      part.test FAIL SERVFAIL A MX
      *.dead.test FAIL BOGUS
      """)
    #expect(try await addresses(zone, "slow.test") == .failure(.timedOut))
    #expect(try await addresses(zone, "half.test") == .success(["192.0.2.1"]))
    #expect(await zone.texts(of: try name("half.test")) == .failure(.timedOut))
    #expect(try await addresses(zone, "part.test") == .failure(.serverFailure("SERVFAIL")))
    #expect(await zone.texts(of: try name("part.test")) == .failure(.noRecords))
    #expect(
      try await addresses(zone, "a.b.dead.test") == .failure(.bogus("the zone says so")))
  }

  // MARK: Aliases and wildcards

  @Test func `aliases are followed and loops end`() async throws {
    let zone = try zone(
      """
      a.test CNAME b.test
      b.test CNAME c.test
      c.test A 192.0.2.1
      loop.test CNAME loop.test
      lost.test CNAME nowhere.test
      """)
    let answer = try await zone.addresses(of: try name("a.test"), family: .v4).get()
    #expect(answer.canonicalName == DNSName("c.test"))
    #expect(
      try await zone.addresses(of: try name("c.test"), family: .v4).get().canonicalName == nil)
    #expect(try await addresses(zone, "loop.test") == .failure(.serverFailure("SERVFAIL")))
    #expect(try await addresses(zone, "lost.test") == .failure(.noSuchName))
  }

  /// The zone of RFC 4592 §2.2.1 and the answers it lists.
  @Test func `wildcards answer as RFC 4592 says`() async throws {
    let zone = try zone(
      """
      $ORIGIN example.
      *            TXT "this is a wildcard"
      *            MX 10 host1
      sub.*        TXT "this is not a wildcard"
      host1        A 192.0.2.1
      _ssh._tcp.host1 SRV 0 0 22 host1
      subdel       NS ns.example.com.
      """)
    #expect(try await zone.mailExchangers(of: try name("host3.example")).get().records.count == 1)
    #expect(
      await zone.addresses(of: try name("host3.example"), family: .v4) == .failure(.noRecords))
    #expect(try await texts(zone, "foo.bar.example") == ["this is a wildcard"])
    #expect(await zone.mailExchangers(of: try name("host1.example")) == .failure(.noRecords))
    #expect(await zone.mailExchangers(of: try name("sub.*.example")) == .failure(.noRecords))
    #expect(await zone.texts(of: try name("_telnet._tcp.host1.example")) == .failure(.noSuchName))
    #expect(await zone.texts(of: try name("_tcp.host1.example")) == .failure(.noRecords))
    #expect(await zone.texts(of: try name("ghost.*.example")) == .failure(.noSuchName))
  }

  // MARK: Security

  @Test func `an answer is secure when every step to it is`() async throws {
    let zone = try zone(
      """
      $SECURE safe.test.
      $ORIGIN open.safe.test.
      $INSECURE
      $ORIGIN .
      a.safe.test A 192.0.2.1
      b.open.safe.test A 192.0.2.2
      c.safe.test CNAME b.open.safe.test
      d.safe.test CNAME a.safe.test
      e.test CNAME a.safe.test
      """)
    for (place, isSecure) in [
      ("a.safe.test", true), ("b.open.safe.test", false), ("c.safe.test", false),
      ("d.safe.test", true), ("e.test", false),
    ] {
      let answer = try await zone.addresses(of: try name(place), family: .v4).get()
      #expect(answer.isSecure == isSecure, "\(place)")
    }
    let all = try self.zone("a A 192.0.2.1", isSecure: true)
    #expect(try await all.addresses(of: try name("a")).get().isSecure)
  }
}
