import Foundation
import Mail
import Testing

@testable import DNS

/// The same zone file read by us and served by nsd, asked through libunbound: both must say the same.
@Suite(.enabled(if: NameServer.isPresent, "needs nsd: scripts/setup --tests"), .serialized)
struct ServedZoneTests {
  private static let zone = ##"""
    $ORIGIN zone.example.
    $TTL 1h
    @        IN SOA  ns hostmaster ( 1 2h 600 1w 60 )
                NS   ns
                MX   10 mail
             1h MX   20 mail.other.example.
    ns          A    127.0.0.1
    mail        A    192.0.2.1
                A    192.0.2.2
                AAAA 2001:db8::1
    null        MX   0 .
    text        TXT  "v=spf1 a;b" plain "\195\169\000 \"q\" \\"
    many        TXT  one
    many        TXT  two
    alias       CNAME chain
    chain       CNAME mail
    lost        CNAME nowhere
    loop        CNAME loop
    *           TXT  wild
    host.sub    A    192.0.2.3
    odd\.label  A    192.0.2.4
    foo:bar/b\032z\000 A 192.0.2.5
    _25._tcp.mail TLSA 3 1 1 ( 00112233 44556677
                        8899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF )
    generic     TYPE1 \# 4 C0000206
    UPPER       A    192.0.2.7
    *.al        CNAME mail

    """##

  private static let names = [
    "@", "ns", "mail", "null", "text", "many", "alias", "chain", "lost", "loop", "absent",
    "a.b.absent", "sub", "host.sub", "x.sub", #"odd\.label"#, "odd.label", #"foo:bar/b\032z\000"#,
    "_25._tcp.mail", "_tcp.mail", "x.mail", "generic", "upper", "x.al", "x.y.al",
  ]

  @Test func `nsd and libunbound answer every name as the zone resolver does`() async throws {
    let server = try NameServer(["zone.example": Self.zone])
    defer { server.end() }
    let real = try await server.resolver(zone: "zone.example")
    defer { real.close() }
    let ours = ZoneResolver(try ZoneParser.parse(Array(Self.zone.utf8)))
    for text in Self.names {
      let full = text == "@" ? "zone.example" : text + ".zone.example"
      let name = try #require(DNSName(full))
      for type in [RecordType.a, .aaaa, .mx, .txt, .tlsa] {
        let served = Self.plain(await real.records(type, of: name, within: nil))
        let read = Self.plain(await ours.records(type, of: name, within: nil))
        #expect(served == read, "\(full) \(type)")
      }
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Zones").path

  @Test func `what is signed is secure, what was changed is bogus, what is not signed is neither`()
    async throws
  {
    let signed = try String(contentsOfFile: Self.folder + "/signed.zone", encoding: .utf8)
    let server = try NameServer(["signed.example": signed, "zone.example": Self.zone])
    defer { server.end() }
    let anchor = Self.folder + "/signed.key"
    let resolver = try await server.resolver(trustAnchor: anchor, zone: "zone.example")
    defer { resolver.close() }
    func ask(_ type: RecordType, _ name: String) async throws -> Result<Bool, DNSFailure> {
      await resolver.records(type, of: try #require(DNSName(name)), within: nil).map(\.isSecure)
    }
    for (type, name) in [
      (RecordType.a, "mail.signed.example"), (.a, "alias.signed.example"),
      (.mx, "signed.example"), (.tlsa, "_25._tcp.mail.signed.example"),
      (.txt, "x.wild.signed.example"),
    ] {
      #expect(try await ask(type, name) == .success(true), "\(name)")
    }
    #expect(try await ask(.a, "mail.zone.example") == .success(false))
    #expect(try await ask(.tlsa, "mail.signed.example") == .failure(.noRecords))
    #expect(try await ask(.a, "absent.signed.example") == .failure(.noSuchName))
    guard case .failure(.bogus(let why)) = try await ask(.a, "forged.signed.example") else {
      Issue.record("a forged address came through")
      return
    }
    #expect(!why.isEmpty)
    // Without the key nothing is known of it.
    let blind = try await server.resolver(zone: "zone.example")
    defer { blind.close() }
    let forged = try #require(DNSName("forged.signed.example"))
    #expect(try await blind.records(.a, of: forged, within: nil).get().isSecure == false)
    // And we read such a file too.
    let read = ZoneResolver(try ZoneParser.parse(Array(signed.utf8)))
    let tlsa = try #require(DNSName("_25._tcp.mail.signed.example"))
    #expect(try await read.records(.tlsa, of: tlsa, within: nil).get().records.count == 1)
  }

  /// Without what nsd may choose: the order of records, and words for a failure.
  private static func plain(_ result: Result<DNSAnswer<[UInt8]>, DNSFailure>) -> String {
    switch result {
    case .success(let answer):
      let records = answer.records.sorted { $0.lexicographicallyPrecedes($1) }
      return "\(records) of \(answer.canonicalName.map { "\($0)" } ?? "itself")"
    case .failure(.serverFailure): return "failure"
    case .failure(let failure): return "\(failure)"
    }
  }
}
