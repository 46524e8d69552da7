import Mail

/// How many refusals of one client the journal takes, as a value: a stranger who asks for 100,000
/// recipients must not fill the disk with our memory of it. What is beyond is counted and logged.
struct RefusalBudget: Sendable {
  private struct Bucket: Sendable {
    var left: Double
    var at: Timestamp
  }

  /// Refusals that a client may have noted at once, and how many come back each second.
  static let burst = 200.0
  static let perSecond = 0.1
  /// Clients that are remembered; beyond, those whose bucket is full again are forgotten. About 2 MB.
  private static let clientLimit = 20_000

  private var buckets: [IPAddress: Bucket] = [:]

  /// Whether one more refusal of this client is noted.
  mutating func spend(_ client: IPAddress, now: Timestamp) -> Bool {
    var bucket = buckets[client] ?? Bucket(left: Self.burst, at: now)
    bucket.left = min(
      Self.burst, bucket.left + Self.perSecond * Double(now.seconds - bucket.at.seconds))
    bucket.at = now
    let isNoted = bucket.left >= 1
    if isNoted { bucket.left -= 1 }
    buckets[client] = bucket
    if buckets.count > Self.clientLimit { forget(now: now) }
    return isNoted
  }

  private mutating func forget(now: Timestamp) {
    buckets = buckets.filter { _, bucket in
      bucket.left + Self.perSecond * Double(now.seconds - bucket.at.seconds) < Self.burst
    }
    if buckets.count > Self.clientLimit { buckets.removeAll() }
  }
}
