import DNS
import Mail
import MailAuth
import Relay
import SMTP
import Spool
import Synchronization
import Testing

@testable import Delivery

/// What policies, settings and messages ask of the way to a host, and what comes of it.
@Suite struct CourierTLSTests {
  private static let digest = String(repeating: "ab", count: 32)
  private static let zone = """
    $SECURE signed.example
    signed.example            MX    10 mx.signed.example
    mx.signed.example         A     192.0.2.1
    _25._tcp.mx.signed.example TLSA 3 1 1 \(digest)
    two.signed.example        MX    10 forged.signed.example
    two.signed.example        MX    20 mx.signed.example
    forged.signed.example     A     192.0.2.2
    _25._tcp.forged.signed.example FAIL BOGUS
    bad.signed.example        MX    10 forged.signed.example
    old.signed.example        MX    10 unusable.signed.example
    unusable.signed.example   A     192.0.2.4
    _25._tcp.unusable.signed.example TLSA 0 1 1 \(digest)
    bare.signed.example       MX    10 bare-mx.signed.example
    bare-mx.signed.example    A     192.0.2.5
    plain.example             MX    10 mx.plain.example
    mx.plain.example          A     192.0.2.6
    sts.example               MX    10 mx.sts.example
    sts.example               MX    20 other.example
    mx.sts.example            A     192.0.2.7
    other.example             A     192.0.2.8
    _mta-sts.sts.example      TXT   "v=STSv1; id=1"
    mta-sts.sts.example       A     192.0.2.9
    dark.example              MX    10 mx.plain.example
    _mta-sts.dark.example     FAIL  TIMEOUT
    """

  /// A server whose STARTTLS somebody hides.
  private static var stripped: ScriptedServer {
    ScriptedServer(failure: .tlsNotOffered, where: [.encrypted, .dane, .verified])
  }

  private struct Seen {
    let result: RecipientResult
    let attempt: Attempt
    let connects: [ConnectionRequest]
    let sessions: [TLSSession]
  }

  /// Sends one message and tells what came of it.
  private func send(
    to address: String, by server: ScriptedServer = ScriptedServer(),
    tls: TLSRequirement = .opportunistic, parameters: MailParameters = .init(),
    from sender: String? = "a@b.example",
    mode: String = "enforce", policyHost: ScriptedWeb.Answer? = nil,
    rules: @escaping @Sendable (inout DeliveryRules) -> Void = { _ in }
  ) async throws -> Seen {
    let sessions = Sessions()
    let resolver = ZoneResolver(Self.zone)
    let web = ScriptedWeb(
      policy: "version: STSv1\nmode: \(mode)\nmx: mx.sts.example\nmax_age: 86400\n")
    if let policyHost { web.answer(policyHost) }
    let sts = STSPolicies(
      resolver: resolver, fetcher: STSFetcher(resolver: resolver, web: web), clock: TurnedClock())
    let policies = TransportPolicies(dane: DANELookup(resolver), sts: sts)
    let bench = try Workbench(
      server: server, zone: Self.zone, route: .mx(tls: tls), policies: policies, rules: rules,
      sessions: { sessions.add($0) })
    _ = try await bench.accept(from: sender, to: [recipient(address)], parameters: parameters)
    let attempt = await bench.next(1)[0].1
    try await bench.close()
    return Seen(
      result: attempt.results[0], attempt: attempt,
      connects: server.log.withLock { $0.connects }, sessions: sessions.all)
  }

  private func isLater(_ seen: Seen) -> Bool {
    if case .queued = seen.result.state { true } else { false }
  }

  @Test func `a host with TLSA records is met by TLS that they prove`() async throws {
    let server = ScriptedServer(tls: TLSFacts(version: "TLSv1.3", proof: .daneEE))
    let seen = try await send(to: "x@signed.example", by: server)
    #expect(seen.result.state == .delivered)
    #expect(seen.connects.map(\.tls) == [.dane])
    #expect(seen.connects[0].judge?.isAdvisory == false)
    #expect(seen.connects[0].serverName == "mx.signed.example")
    #expect(seen.attempt.tls?.words == "TLSv1.3, verified by dane-ee")
    #expect(seen.sessions.map(\.failure) == [nil])
    guard case .tlsa(let records, let host) = try #require(seen.sessions.first).policy else {
      Issue.record("\(seen.sessions)")
      return
    }
    #expect(records == ["3 1 1 \(Self.digest)"])
    #expect(host.ascii == "mx.signed.example")
  }

  @Test func `a stripped STARTTLS is not delivered to`() async throws {
    let seen = try await send(to: "x@signed.example", by: Self.stripped)
    #expect(isLater(seen))
    #expect(seen.result.text.contains("TLS is required and not offered"))
    #expect(seen.sessions.map(\.failure) == [.notOffered])
    let unusable = try await send(to: "x@old.signed.example", by: Self.stripped)
    #expect(isLater(unusable))
    // Without records it is, in clear, as ever.
    #expect(
      try await send(to: "x@bare.signed.example", by: Self.stripped).result.state == .delivered)
    // Unless the settings say otherwise, for all or for one.
    #expect(isLater(try await send(to: "x@plain.example", by: Self.stripped, tls: .encrypted)))
    let plain = try #require(Domain("plain.example"))
    let single = try await send(to: "x@plain.example", by: Self.stripped) {
      $0.tlsByDomain = [plain: .verified]
    }
    #expect(isLater(single))
  }

  @Test func `a host whose records can't be known is passed over, never met in clear`()
    async throws
  {
    let seen = try await send(to: "x@two.signed.example")
    #expect(seen.result.state == .delivered)
    #expect(seen.attempt.remote == "mx.signed.example [192.0.2.1]:25")
    #expect(seen.sessions.map(\.failure).first == .dnssecInvalid)
    let alone = try await send(to: "x@bad.signed.example")
    #expect(isLater(alone))
    #expect(alone.connects.isEmpty)
    #expect(alone.result.text.contains("bogus"))
  }

  @Test func `a certificate that no record matches is not delivered to`() async throws {
    let fault = CertificateFault(.invalid, "no TLSA record matches the certificate")
    let server = ScriptedServer(failure: .untrusted(fault), where: [.dane])
    let seen = try await send(to: "x@signed.example", by: server)
    #expect(isLater(seen))
    #expect(seen.result.text.contains("no TLSA record matches"))
    #expect(seen.sessions.map(\.failure) == [.invalid])
  }

  @Test func `DANE can be demanded, and can be left alone`() async throws {
    let demanded = try await send(to: "x@plain.example", tls: .dane)
    #expect(isLater(demanded))
    #expect(demanded.connects.isEmpty)
    #expect(demanded.sessions.map(\.failure) == [.daneRequired])
    let left = try await send(to: "x@signed.example", by: Self.stripped) { $0.followsDANE = false }
    #expect(left.result.state == .delivered)
  }

  // MARK: MTA-STS

  @Test func `an enforced policy wants its hosts and their certificates`() async throws {
    let seen = try await send(to: "x@sts.example")
    #expect(seen.connects.map(\.tls) == [.verified])
    #expect(seen.connects[0].judge?.demand == "mta-sts mx.sts.example")
    #expect(seen.connects[0].judge?.isAdvisory == false)
    let fault = CertificateFault(.expired, "the certificate has expired")
    let server = ScriptedServer(failure: .untrusted(fault), where: [.verified])
    let expired = try await send(to: "x@sts.example", by: server)
    #expect(isLater(expired))
    // The host that the policy does not name is not even tried.
    #expect(expired.connects.count == 1)
    #expect(expired.sessions.map(\.failure) == [.expired, .hostMismatch])
    #expect(isLater(try await send(to: "x@sts.example", by: Self.stripped)))
  }

  @Test func `a policy on trial delivers and reports`() async throws {
    let seen = try await send(to: "x@sts.example", by: Self.stripped, mode: "testing")
    #expect(seen.result.state == .delivered)
    #expect(seen.connects[0].judge?.isAdvisory == true)
    #expect(seen.sessions.map(\.failure) == [.notOffered])
    guard case .sts = try #require(seen.sessions.first).policy else {
      Issue.record("\(seen.sessions)")
      return
    }
  }

  @Test func `a policy for nothing, or one that is left alone, asks nothing`() async throws {
    let none = try await send(to: "x@sts.example", by: Self.stripped, mode: "none")
    #expect(none.result.state == .delivered)
    let left = try await send(to: "x@sts.example", by: Self.stripped) { $0.followsSTS = false }
    #expect(left.result.state == .delivered)
  }

  @Test func `REQUIRETLS trusts a policy on trial for the host's name`() async throws {
    let seen = try await send(
      to: "x@sts.example", by: Self.promising(), parameters: Self.required, mode: "testing")
    #expect(seen.result.state == .delivered)
    #expect(seen.connects[0].judge?.isAdvisory == false)
  }

  // MARK: RFC 8689

  @Test func `REQUIRETLS waits where a policy can't be had now`() async throws {
    let seen = try await send(
      to: "x@sts.example", by: Self.promising(), parameters: Self.required,
      policyHost: .failure(.timedOut))
    #expect(isLater(seen))
    #expect(seen.connects.isEmpty)
    let dark = try await send(
      to: "x@dark.example", by: Self.promising(), parameters: Self.required)
    #expect(isLater(dark))
  }

  private static let required: MailParameters = {
    var parameters = MailParameters()
    parameters.requireTLS = true
    return parameters
  }()

  private static func promising() -> ScriptedServer {
    var extensions = ServerExtensions()
    extensions.requireTLS = true
    return ScriptedServer(
      extensions: extensions, tls: TLSFacts(version: "TLSv1.3", proof: .daneEE))
  }

  @Test func `REQUIRETLS goes to a proven host that promises it`() async throws {
    let server = Self.promising()
    let seen = try await send(to: "x@signed.example", by: server, parameters: Self.required)
    #expect(seen.result.state == .delivered)
    #expect(server.log.withLock { $0.transactions.map(\.parameters.requireTLS) } == [true])
    // Without TLSA records an authority must certify the host, whom DNSSEC has named.
    let bare = try await send(
      to: "x@bare.signed.example", by: Self.promising(), parameters: Self.required)
    #expect(bare.connects.map(\.tls) == [.verified])
    #expect(bare.connects[0].judge?.demand == "pkix bare-mx.signed.example")
  }

  @Test func `REQUIRETLS goes back where nobody promises it`() async throws {
    let seen = try await send(to: "x@signed.example", parameters: Self.required)
    #expect(seen.result.state == .failed)
    #expect(seen.result.text.contains("REQUIRETLS is not offered"))
    let unnamed = try await send(
      to: "x@plain.example", by: Self.promising(), parameters: Self.required)
    #expect(unnamed.result.state == .failed)
    #expect(unnamed.connects.isEmpty)
    let stripped = try await send(
      to: "x@signed.example", by: Self.stripped, parameters: Self.required)
    #expect(stripped.result.state == .failed)
    // A host that is down may be up again.
    let down = try await send(
      to: "x@signed.example", by: ScriptedServer(failure: .refused), parameters: Self.required)
    #expect(isLater(down))
  }

  @Test func `a notice is not lost for want of REQUIRETLS`() async throws {
    let seen = try await send(
      to: "x@bare.signed.example", parameters: Self.required, from: nil)
    #expect(seen.result.state == .delivered)
  }

  @Test func `a notice of a protected message is protected and short`() async throws {
    let server = ScriptedServer()
    let policies = TransportPolicies(dane: DANELookup(ZoneResolver(Self.zone)), sts: nil)
    let bench = try Workbench(
      server: server, zone: Self.zone, route: .mx(tls: .opportunistic), policies: policies)
    var parameters = Self.required
    parameters.returnContent = .full
    _ = try await bench.accept(
      from: "a@bare.signed.example", to: [recipient("x@signed.example")], parameters: parameters)
    let seen = await bench.next(2)
    let notice = seen[1].0
    #expect(notice.envelope.sender == .null)
    #expect(notice.envelope.parameters.requireTLS)
    #expect(seen[1].1.results[0].state == .delivered)
    try await bench.close()
  }

  @Test func `TLS-Required No makes policies wishes`() async throws {
    var parameters = MailParameters()
    parameters.isTLSOptional = true
    for domain in ["signed.example", "bad.signed.example", "old.signed.example"] {
      let seen = try await send(to: "x@\(domain)", by: Self.stripped, parameters: parameters)
      #expect(seen.result.state == .delivered, "\(domain)")
    }
    let seen = try await send(to: "x@signed.example", parameters: parameters)
    #expect(seen.connects[0].judge?.isAdvisory == true)
    let encrypted = try await send(to: "x@signed.example", tls: .encrypted, parameters: parameters)
    #expect(encrypted.connects.map(\.tls) == [.encrypted])
    // What the settings demand is not the sender's to take back.
    let demanded = try await send(
      to: "x@signed.example", by: Self.stripped, tls: .verified, parameters: parameters)
    #expect(isLater(demanded))
  }
}

/// What delivery told of its connections.
final class Sessions: Sendable {
  private let sessions = Mutex<[TLSSession]>([])
  func add(_ session: TLSSession) { sessions.withLock { $0.append(session) } }
  var all: [TLSSession] { sessions.withLock { $0 } }
}
