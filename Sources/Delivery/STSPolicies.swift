package import DNS
package import Mail
package import MailAuth

/// The MTA-STS policies of domains that we send to: found, fetched, kept (RFC 8461).
///
/// Invariants:
/// 1. A policy that was kept holds to its end, whatever fails meanwhile (RFC 8461 §5.1, §10.2).
/// 2. A domain's policy is fetched once at a time; who asks meanwhile waits for it, at most `seconds`.
/// 3. What is kept is bounded in domains and in octets; the first to end go first.
package actor STSPolicies {
  /// What a domain's policy came to.
  package struct Finding: Hashable, Sendable {
    package let policy: STSPolicy?
    package var fault: STSFault?
    /// Whether the domain may have a policy that could not be had now.
    package var isUncertain = false
  }

  private struct Failure {
    let id: String
    let at: Timestamp
  }

  private let resolver: any Resolver
  private let fetcher: STSFetcher
  private let clock: any Clock
  private let save: @Sendable ([UInt8]) async -> Void
  private var kept: [Domain: CachedSTSPolicy]
  /// Asked for since they were fetched; others need no renewal.
  private var used: Set<Domain> = []
  private var failures: [Domain: Failure] = [:]
  private var underWay: [Domain: Task<Result<CachedSTSPolicy, STSFault>, Never>] = [:]

  /// Seconds after which a fetch that failed is tried again (RFC 8461 §3.3 asks for five minutes at least).
  private static let failureSeconds = 300
  /// Failures that are remembered.
  private static let failureLimit = 10_000

  /// `store` is what `save` was last given: the cache's text.
  package init(
    resolver: any Resolver, fetcher: STSFetcher, clock: any Clock, store: [UInt8] = [],
    save: @escaping @Sendable ([UInt8]) async -> Void = { _ in }
  ) {
    self.resolver = resolver
    self.fetcher = fetcher
    self.clock = clock
    self.save = save
    kept = STSStore.read(store, now: clock.now())
  }

  /// The policy that holds for a domain at the moment; nil without one, and for mode `none`.
  package func policy(of domain: Domain) async -> Finding {
    let found = await STSRecord.find(for: domain, resolver)
    switch CachedSTSPolicy.step(kept[domain], found, now: clock.now()) {
    case .deliver:
      if case .failure = found { return Finding(policy: nil, isUncertain: true) }
      return Finding(policy: nil)
    case .follow(let policy):
      used.insert(domain)
      return Finding(policy: policy.mode == .none ? nil : policy)
    case .fetch(let id, let otherwise):
      let result = await fetch(domain, id)
      let policy = (try? result.get().policy) ?? otherwise
      if kept[domain] != nil { used.insert(domain) }
      var finding = Finding(policy: policy?.mode == STSPolicy.Mode.none ? nil : policy)
      if case .failure(let fault) = result {
        (finding.fault, finding.isUncertain) = (fault, policy == nil)
      }
      return finding
    }
  }

  private func fetch(_ domain: Domain, _ id: String) async -> Result<CachedSTSPolicy, STSFault> {
    if let task = underWay[domain] { return await task.value }
    if let failure = failures[domain], failure.id == id,
      failure.at + Self.failureSeconds > clock.now()
    {
      return .failure(.waiting)
    }
    let (fetcher, clock) = (fetcher, clock)
    let task = Task {
      await fetcher.fetch(domain).map {
        CachedSTSPolicy(policy: $0, id: id, fetchedAt: clock.now())
      }
    }
    underWay[domain] = task
    let result = await task.value
    underWay[domain] = nil
    switch result {
    case .success(let policy): await keep(policy, of: domain)
    case .failure:
      if failures.count >= Self.failureLimit { failures.removeAll() }
      failures[domain] = Failure(id: id, at: clock.now())
    }
    return result
  }

  private func keep(_ policy: CachedSTSPolicy, of domain: Domain) async {
    kept[domain] = policy
    failures[domain] = nil
    let (text, rest) = STSStore.write(kept, now: clock.now())
    kept = rest
    used.formIntersection(rest.keys)
    await save(text)
  }

  // MARK: Renewal

  /// Policies that one round renews.
  private static let renewalLimit = 200

  /// Fetches anew what is used and half over or a day old, whatever the DNS says of it: who can forge
  /// answers must not be able to wait for a policy to end (RFC 8461 §10.2).
  package func renew() async {
    let now = clock.now()
    let due = kept.filter { domain, policy in
      let age = min(86_400, max(1, policy.policy.maximumAgeSeconds / 2))
      return used.contains(domain) && policy.fetchedAt + age <= now && policy.isFresh(at: now)
    }
    for (domain, policy) in due.prefix(Self.renewalLimit) {
      if Task.isCancelled { return }
      if case .success = await fetch(domain, policy.id) { used.remove(domain) }
    }
  }
}
