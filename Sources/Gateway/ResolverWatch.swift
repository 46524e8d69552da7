import DNS
import Mail
import Synchronization

/// Looks whether the DNS answers at all and whether its answers prove themselves, and says so once instead of
/// in every message that waits. A forwarder that strips DNSSEC makes each name look forged.
final class ResolverWatch: Sendable {
  private struct Contents {
    var trouble: DNSFailure?
    /// None before the first look.
    var lookedAt: Timestamp?
  }

  private let resolver: any Resolver
  /// Whether the servers are those of the system, which must know the root.
  private let asksSystem: Bool
  private let clock: any Clock
  private let contents = Mutex(Contents())

  /// Seconds between looks while all is well; else every call looks.
  private static let calmSeconds: Int64 = 3600
  /// For the one name.
  private static let patience = Duration.seconds(20)

  init(resolver: any Resolver, asksSystem: Bool, clock: any Clock) {
    self.resolver = resolver
    self.asksSystem = asksSystem
    self.clock = clock
  }

  /// Looks where it is time to; the change in words, for the log.
  func look() async -> String? {
    let now = clock.now()
    let isDue = contents.withLock { contents in
      guard contents.trouble == nil, let last = contents.lookedAt else { return true }
      return now.seconds - last.seconds >= Self.calmSeconds
    }
    guard isDue else { return nil }
    let trouble = await trouble()
    let before = contents.withLock { contents in
      defer { contents = Contents(trouble: trouble, lookedAt: now) }
      return contents.trouble
    }
    guard trouble != before else { return nil }
    return warning ?? "the DNS answers again"
  }

  /// Of every server that resolves names the root's SOA can be had; a server of one's own may know only
  /// some zones and refuse it.
  private func trouble() async -> DNSFailure? {
    switch await resolver.records(.soa, of: .root, within: Self.patience) {
    case .failure(.bogus(let why)): .bogus(why)
    case .failure(.timedOut): .timedOut
    case .failure(.serverFailure(let why)) where asksSystem: .serverFailure(why)
    case .success, .failure: nil
    }
  }

  /// What an administrator should know and do; nil while all is well.
  var warning: String? {
    switch contents.withLock({ $0.trouble }) {
    case nil: nil
    case .bogus(let why)?:
      "the DNS servers pass no DNSSEC on, or answers are forged, and mail to others waits (\(why)): "
        + "name servers that do in dns.servers, or give DNSSEC up by dns.trust-anchor = \"none\""
    case let failure?:
      "\(failure.words), and mail to others waits: look at /etc/resolv.conf, or name servers in "
        + "dns.servers"
    }
  }
}
