import DNS
import Mail
import MailAuth
import SMTP
import Synchronization
import Testing

@testable import Delivery

/// A web that answers as it is told, and keeps what it was asked.
final class ScriptedWeb: WebClient {
  typealias Answer = Result<WebAnswer, WebFailure>
  private struct Contents {
    var answer: Answer
    var requests: [WebRequest] = []
  }
  private let contents: Mutex<Contents>

  init(_ answer: Answer) { contents = Mutex(Contents(answer: answer)) }

  convenience init(policy: String) {
    self.init(.success(WebAnswer(status: 200, contentType: "text/plain", body: Array(policy.utf8))))
  }

  var requests: [WebRequest] { contents.withLock { $0.requests } }
  func answer(_ answer: Answer) { contents.withLock { $0.answer = answer } }
  func answer(policy: String) {
    answer(.success(WebAnswer(status: 200, contentType: "text/plain", body: Array(policy.utf8))))
  }

  func send(_ request: WebRequest) async -> Answer {
    contents.withLock {
      $0.requests.append(request)
      return $0.answer
    }
  }
}

/// Finding, fetching, keeping and renewing MTA-STS policies, as values.
@Suite struct STSPoliciesTests {
  private static let zone = """
    _mta-sts.a.example TXT "v=STSv1; id=1"
    mta-sts.a.example  A   192.0.2.1
    mta-sts.a.example  A   192.0.2.2
    _mta-sts.nohost.example TXT "v=STSv1; id=1"
    """
  private static let enforce = "version: STSv1\nmode: enforce\nmx: mx.a.example\nmax_age: 86400\n"

  private let clock = TurnedClock()
  private let saved = Saved()

  /// What was saved last.
  private final class Saved: Sendable {
    private let text = Mutex<[UInt8]>([])
    func set(_ bytes: [UInt8]) { text.withLock { $0 = bytes } }
    var bytes: [UInt8] { text.withLock { $0 } }
  }

  private func policies(_ web: ScriptedWeb, zone: String = Self.zone, _ store: [UInt8] = [])
    -> STSPolicies
  {
    let resolver = ZoneResolver(zone)
    return STSPolicies(
      resolver: resolver, fetcher: STSFetcher(resolver: resolver, web: web), clock: clock,
      store: store, save: { [saved] in saved.set($0) })
  }

  private func domain(_ name: String = "a.example") throws -> Domain { try #require(Domain(name)) }

  @Test func `a policy is fetched from its own host, once, and kept`() async throws {
    let web = ScriptedWeb(policy: Self.enforce)
    let policies = policies(web)
    for _ in 0..<3 {
      let found = await policies.policy(of: try domain())
      #expect(found.policy?.mode == .enforce)
      #expect(found.fault == nil)
    }
    let request = try #require(web.requests.first)
    #expect(web.requests.count == 1)
    #expect(request.host.ascii == "mta-sts.a.example")
    #expect(request.path == "/.well-known/mta-sts.txt")
    #expect(request.port == 443)
    #expect(request.sizeLimit == 65_536)
    #expect(request.seconds * 2 <= STSFetcher.seconds)
    // After a restart it holds, though the DNS and the web have forgotten it.
    let again = self.policies(ScriptedWeb(.failure(.timedOut)), zone: "", saved.bytes)
    #expect(await again.policy(of: try domain()).policy?.mode == .enforce)
    clock.turn(seconds: 86_401)
    #expect(await again.policy(of: try domain()).policy == nil)
  }

  @Test func `many who ask at once cause one fetch`() async throws {
    let web = ScriptedWeb(policy: Self.enforce)
    let policies = policies(web)
    let domain = try domain()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 { group.addTask { _ = await policies.policy(of: domain) } }
    }
    #expect(web.requests.count == 1)
  }

  @Test func `a domain without a record has no policy, and nothing is fetched`() async throws {
    let web = ScriptedWeb(policy: Self.enforce)
    #expect(await policies(web).policy(of: try domain("b.example")).policy == nil)
    #expect(web.requests.isEmpty)
  }

  @Test(arguments: [
    (ScriptedWeb.Answer.success(WebAnswer(status: 301)), TLSSessionFailure.policyFetch),
    (.success(WebAnswer(status: 200, contentType: "text/html")), .policyInvalid),
    (.success(WebAnswer(status: 200)), .policyInvalid),
    (.success(WebAnswer(status: 200, contentType: "text/plain", body: [0x78])), .policyInvalid),
    (.success(WebAnswer(status: 404, contentType: "text/plain")), .policyFetch),
    (.failure(.tooLarge), .policyInvalid), (.failure(.timedOut), .policyFetch),
    (.failure(.untrusted("expired")), .policyAuthority),
  ])
  func `what can't be had is a fault, tried again after five minutes`(
    answer: ScriptedWeb.Answer, kind: TLSSessionFailure
  ) async throws {
    let web = ScriptedWeb(answer)
    let policies = policies(web)
    let found = await policies.policy(of: try domain())
    #expect(found.policy == nil)
    #expect(found.fault?.report == kind)
    let count = web.requests.count
    #expect(await policies.policy(of: try domain()).fault == .waiting)
    #expect(web.requests.count == count)
    clock.turn(seconds: 301)
    web.answer(policy: Self.enforce)
    #expect(await policies.policy(of: try domain()).policy != nil)
  }

  @Test func `a new id fetches anew, and a failure keeps what there was`() async throws {
    let web = ScriptedWeb(policy: Self.enforce)
    _ = await policies(web).policy(of: try domain())
    let changed = Self.zone.replacing(
      "a.example TXT \"v=STSv1; id=1", with: "a.example TXT \"v=STSv1; id=2")
    let failing = ScriptedWeb(.failure(.timedOut))
    let later = policies(failing, zone: changed, saved.bytes)
    let found = await later.policy(of: try domain())
    #expect(found.policy?.mode == .enforce)
    #expect(found.fault?.report == .policyFetch)
    let none = "version: STSv1\nmode: none\nmax_age: 86400\n"
    let ended = policies(ScriptedWeb(policy: none), zone: changed, saved.bytes)
    #expect(await ended.policy(of: try domain()).policy == nil)
  }

  @Test func `a policy that is used is renewed before it ends, one that is not is let go`()
    async throws
  {
    let web = ScriptedWeb(policy: Self.enforce)
    let policies = policies(web)
    _ = await policies.policy(of: try domain())
    await policies.renew()
    #expect(web.requests.count == 1)
    clock.turn(seconds: 50_000)
    await policies.renew()
    #expect(web.requests.count == 2)
    clock.turn(seconds: 50_000)
    await policies.renew()
    #expect(web.requests.count == 2)
    #expect(await policies.policy(of: try domain()).policy != nil)
  }

  @Test func `a policy host without an address is a fault`() async throws {
    let found = await policies(ScriptedWeb(policy: Self.enforce)).policy(
      of: try domain("nohost.example"))
    #expect(found.fault?.report == .policyFetch)
  }

  @Test(arguments: [
    "text/plain", "Text/Plain; charset=utf-8", " text/plain ;x",
  ])
  func `plain text is plain text`(type: String) {
    let answer = WebAnswer(status: 200, contentType: type, body: Array(Self.enforce.utf8))
    #expect(throws: Never.self) { try STSFetcher.read(.success(answer)).get() }
  }
}
