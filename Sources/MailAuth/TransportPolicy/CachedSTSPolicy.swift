package import Mail

/// A policy that was fetched, and for how long it holds (RFC 8461 §3.3, §5.1, §10.2).
///
/// What was once promised holds to its end whatever the DNS says later: who can forge or stop
/// answers could otherwise take the protection away.
package struct CachedSTSPolicy: Hashable, Sendable {
  package let policy: STSPolicy
  /// The record's `id` at the time.
  package let id: String
  package let fetchedAt: Timestamp

  package init(policy: STSPolicy, id: String, fetchedAt: Timestamp) {
    self.policy = policy
    self.id = id
    self.fetchedAt = fetchedAt
  }

  package var expiresAt: Timestamp { fetchedAt + policy.maximumAgeSeconds }

  package func isFresh(at now: Timestamp) -> Bool { now < expiresAt }

  /// What to do before a delivery.
  package enum Step: Hashable, Sendable {
    /// The domain has no policy that holds.
    case deliver
    /// Follow the policy as it is.
    case follow(STSPolicy)
    /// Fetch; should that fail, follow the kept policy, if there is one.
    case fetch(id: String, otherwise: STSPolicy?)
  }

  /// RFC 8461 §5.1: a new `id` calls for fetching; nothing else ends a policy that is kept.
  package static func step(
    _ kept: CachedSTSPolicy?, _ found: RecordDiscovery<STSRecord>, now: Timestamp
  ) -> Step {
    let fresh = kept.flatMap { $0.isFresh(at: now) ? $0 : nil }
    guard case .record(let record) = found else {
      return fresh.map { .follow($0.policy) } ?? .deliver
    }
    if let fresh, fresh.id == record.id { return .follow(fresh.policy) }
    return .fetch(id: record.id, otherwise: fresh?.policy)
  }
}
