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
    let server = try NameServer(zone: "zone.example", text: Self.zone)
    defer { server.end() }
    var settings = ResolverSettings()
    settings.servers = ["127.0.0.1@\(server.port)"]
    settings.timeoutSeconds = 10
    let real = try UnboundResolver(settings)
    let ours = ZoneResolver(try ZoneParser.parse(Array(Self.zone.utf8)))
    #expect(await server.answers(real))
    for text in Self.names {
      let full = text == "@" ? "zone.example" : text + ".zone.example"
      let name = try #require(DNSName(full))
      for type in [RecordType.a, .aaaa, .mx, .txt, .tlsa] {
        let served = Self.plain(await real.records(type, of: name, within: nil))
        let read = Self.plain(await ours.records(type, of: name, within: nil))
        #expect(served == read, "\(full) \(type)")
      }
    }
    real.close()
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

/// An nsd of our own on a free port.
struct NameServer {
  private static let program = "/usr/sbin/nsd"
  static let isPresent = FileManager.default.isExecutableFile(atPath: program)

  let port: UInt16
  private let process: Process
  private let folder: String

  init(zone: String, text: String) throws {
    port = Self.freePort()
    folder = "/tmp/kadomori-nsd-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let configuration = """
      server:
        ip-address: 127.0.0.1@\(port)
        username: ""
        chroot: ""
        zonesdir: "\(folder)"
        database: ""
        pidfile: "\(folder)/nsd.pid"
        xfrdfile: "\(folder)/xfrd"
        zonelistfile: "\(folder)/zone.list"
        logfile: "\(folder)/nsd.log"
      remote-control:
        control-enable: no
      zone:
        name: "\(zone)"
        zonefile: "zone"
      """
    try text.write(toFile: folder + "/zone", atomically: true, encoding: .utf8)
    try configuration.write(toFile: folder + "/nsd.conf", atomically: true, encoding: .utf8)
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = ["-d", "-c", folder + "/nsd.conf"]
    process.standardInput = FileHandle.nullDevice
    // Threads of the test run block signals; the server would inherit that and never end.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  /// Whether it came up; asked by names that nothing caches.
  func answers(_ resolver: UnboundResolver) async -> Bool {
    for attempt in 0..<40 {
      guard let name = DNSName("up\(attempt).host.sub.zone.example") else { return false }
      let answer = await resolver.records(.a, of: name, within: .seconds(1))
      if answer == .failure(.noSuchName) { return true }
    }
    return false
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func freePort() -> UInt16 {
    let handle = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard bind(handle, generic, length) == 0, getsockname(handle, generic, &length) == 0 else {
          return 0
        }
        return UInt16(bigEndian: UnsafeRawPointer(generic).load(fromByteOffset: 2, as: UInt16.self))
      }
    }
  }
}
