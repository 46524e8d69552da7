import DNS
import Mail
import Synchronization
import Testing

@testable import Gateway

@Suite struct ResolverWatchTests {
  /// Answers about the root as it is told to, and counts who asks.
  private final class Root: Resolver {
    let answer = Mutex<Result<DNSAnswer<[UInt8]>, DNSFailure>>(.success(DNSAnswer([[0]])))
    let count = Mutex(0)

    func records(
      _ type: RecordType, of name: DNSName, within limit: Duration?
    ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
      count.withLock { $0 += 1 }
      return name == .root && type == .soa ? answer.withLock { $0 } : .failure(.noSuchName)
    }

    func fail(_ failure: DNSFailure?) {
      answer.withLock { $0 = failure.map { .failure($0) } ?? .success(DNSAnswer([[0]])) }
    }
  }

  private final class Hands: Clock {
    let seconds = Mutex<Int64>(1_800_000_000)
    func now() -> Timestamp { Timestamp(microseconds: seconds.withLock { $0 } * 1_000_000) }
  }

  @Test func `stripped DNSSEC is said once, with the remedy, until it is mended`() async throws {
    let root = Root()
    let watch = ResolverWatch(resolver: root, asksSystem: true, clock: Hands())
    root.fail(.bogus("no DNSKEY"))
    let said = try #require(await watch.look())
    #expect(said.contains("no DNSKEY") && said.contains("dns.trust-anchor = \"none\""))
    #expect(watch.warning == said)
    #expect(await watch.look() == nil)
    root.fail(nil)
    #expect(await watch.look() == "the DNS answers again")
    #expect(watch.warning == nil)
  }

  @Test func `while all is well it asks once an hour, in trouble each time`() async {
    let (root, hands) = (Root(), Hands())
    let watch = ResolverWatch(resolver: root, asksSystem: true, clock: hands)
    for _ in 0..<3 { #expect(await watch.look() == nil) }
    #expect(root.count.withLock { $0 } == 1)
    hands.seconds.withLock { $0 += 3600 }
    root.fail(.timedOut)
    #expect(await watch.look()?.contains("did not answer in time") == true)
    _ = await watch.look()
    #expect(root.count.withLock { $0 } == 3)
  }

  @Test func `a server of one's own need not know the root`() async {
    let root = Root()
    root.fail(.serverFailure("REFUSED"))
    let own = ResolverWatch(resolver: root, asksSystem: false, clock: Hands())
    #expect(await own.look() == nil)
    let system = ResolverWatch(resolver: root, asksSystem: true, clock: Hands())
    #expect(await system.look()?.contains("/etc/resolv.conf") == true)
  }
}
