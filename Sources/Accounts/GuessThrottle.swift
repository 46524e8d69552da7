import Mail

/// How much guessing is borne before it is slowed down.
package struct GuessLimits: Hashable, Sendable {
  /// Failures from one network, or against one account, before waits begin.
  package var free = 5
  /// The first wait; it doubles with each further failure. Seconds.
  package var firstWaitSeconds = 4
  package var longestWaitSeconds = 3600
  /// Failures against one account, from anywhere, in `windowSeconds`: what slow guessing spread over
  /// many networks comes to. Networks from which the owner has logged in are not counted against.
  package var perAccount = 50
  /// A failure is forgotten after this time.
  package var windowSeconds = 86_400

  package init() {}
}

/// Who has failed to log in how often, as a value: it knows no clock.
///
/// Three counts: by network (IPv4 /24, IPv6 /64), by network and account, and by account. The account's
/// own count does not bind a network from which its owner lately came, so nobody can lock an owner
/// out by guessing from elsewhere.
///
/// A try is `admit`ted before its proof is looked at, and ends by `failed`, `succeeded` or `withdrew`.
/// While it is open it counts like a failure: who opens many at once gets no more guesses than who
/// tries one after the other.
struct GuessThrottle: Sendable {
  private enum Key: Hashable, Sendable {
    case network([UInt8])
    case pair([UInt8], String)
    case account(String)
  }

  private struct Count: Sendable {
    var failures = 0
    var last: Timestamp
  }

  private var counts: [Key: Count] = [:]
  /// Tries that were admitted and are not yet judged.
  private var open: [Key: Int] = [:]
  private var homes: [Key: Timestamp] = [:]
  private let limits: GuessLimits

  /// Keys that are remembered; the oldest half is dropped beyond. About 20 MB.
  static let memory = 100_000

  init(limits: GuessLimits) { self.limits = limits }

  /// When the next try is allowed; nil when it is now.
  func blockedUntil(_ account: String, from client: IPAddress, now: Timestamp) -> Timestamp? {
    let network = Self.network(client)
    let isHome = homes[.pair(network, account)].map { $0 + homeSeconds > now } == true
    var moments = [
      wait(.pair(network, account), free: limits.free, now),
      isHome ? nil : wait(.network(network), free: limits.free * 4, now),
    ]
    if !isHome { moments.append(wait(.account(account), free: limits.perAccount, now)) }
    return moments.compactMap(\.self).max().flatMap { $0 > now ? $0 : nil }
  }

  /// Opens a try; or says when the next is allowed, and opens none.
  mutating func admit(
    _ account: String, from client: IPAddress, now: Timestamp
  ) -> Timestamp? {
    if let until = blockedUntil(account, from: client, now: now) { return until }
    for key in Self.keys(account, client) { open[key, default: 0] += 1 }
    return nil
  }

  /// Ends a try that was not judged.
  mutating func withdrew(_ account: String, from client: IPAddress) {
    for key in Self.keys(account, client) {
      guard let tries = open[key] else { continue }
      open[key] = tries > 1 ? tries - 1 : nil
    }
  }

  /// Ends a try whose proof was wrong.
  mutating func failed(_ account: String, from client: IPAddress, now: Timestamp) {
    withdrew(account, from: client)
    for key in Self.keys(account, client) {
      var count = counts[key] ?? Count(last: now)
      if count.last + limits.windowSeconds <= now { count.failures = 0 }
      count.failures += 1
      count.last = now
      counts[key] = count
    }
    if counts.count > Self.memory { forget() }
  }

  /// Ends a try whose proof was right.
  mutating func succeeded(_ account: String, from client: IPAddress, now: Timestamp) {
    withdrew(account, from: client)
    let network = Self.network(client)
    counts[.pair(network, account)] = nil
    homes[.pair(network, account)] = now
    if homes.count > Self.memory {
      let middle = homes.values.sorted()[homes.count / 2]
      homes = homes.filter { $0.value >= middle }
    }
  }

  /// How long a network stays an owner's own after a login.
  private var homeSeconds: Int { 30 * 86_400 }

  private func wait(_ key: Key, free: Int, _ now: Timestamp) -> Timestamp? {
    let count = counts[key].flatMap { $0.last + limits.windowSeconds > now ? $0 : nil }
    let tries = open[key, default: 0]
    // The guess that may be one too many waits for those before it.
    if tries > 0, (count?.failures ?? 0) + tries >= free { return now + limits.firstWaitSeconds }
    guard let count, count.failures >= free else { return nil }
    let seconds = limits.firstWaitSeconds << min(count.failures - free, 16)
    return count.last + min(seconds, limits.longestWaitSeconds)
  }

  private mutating func forget() {
    let middle = counts.values.map(\.last).sorted()[counts.count / 2]
    counts = counts.filter { $0.value.last >= middle }
    if counts.count > Self.memory { counts.removeAll() }
  }

  private static func keys(_ account: String, _ client: IPAddress) -> [Key] {
    let network = network(client)
    return [.network(network), .pair(network, account), .account(account)]
  }

  private static func network(_ address: IPAddress) -> [UInt8] {
    let bytes = address.octets
    return Array(bytes.prefix(bytes.count == 4 ? 3 : 8))
  }
}
