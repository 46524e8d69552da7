package import Mail

/// The text in which policies outlive a restart: a block each, the policy as its owner wrote it.
///
///     kadomori-sts 1
///     example.jp 20260831085700Z 1798761600
///     version: STSv1
///     mode: enforce
///     mx: *.example.jp
///     max_age: 604800
///     (an empty line)
///
/// A block that can't be read is passed over: that domain's policy is then fetched again.
package enum STSStore {
  private static let head = "kadomori-sts 1"
  /// Domains that are kept, and octets of all their policies.
  package static let domainLimit = 10_000
  package static let sizeLimit = 16 << 20

  package static func read(_ bytes: [UInt8], now: Timestamp) -> [Domain: CachedSTSPolicy] {
    guard bytes.count <= 2 * sizeLimit else { return [:] }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.first.map({ $0.elementsEqual(head.utf8) }) == true else { return [:] }
    var kept: [Domain: CachedSTSPolicy] = [:]
    for block in lines.dropFirst().split(separator: []) where kept.count < domainLimit {
      guard let (domain, policy) = read(block: block), policy.isFresh(at: now) else { continue }
      kept[domain] = policy
    }
    return kept
  }

  private static func read(
    block: ArraySlice<ArraySlice<UInt8>>
  ) -> (Domain, CachedSTSPolicy)? {
    let words =
      block.first?.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) } ?? []
    guard words.count == 3, let domain = Domain(words[0]), let seconds = Int64(words[2]),
      (0...Int64(Int32.max) * 100).contains(seconds),
      let policy = try? STSPolicy(parsing: Array(block.dropFirst().joined(separator: [0x0A])))
    else { return nil }
    let at = Timestamp(microseconds: seconds * 1_000_000)
    return (domain, CachedSTSPolicy(policy: policy, id: words[1], fetchedAt: at))
  }

  /// The text, and what of the policies it holds: those that have ended don't, and beyond the limits those
  /// that end first don't.
  package static func write(
    _ kept: [Domain: CachedSTSPolicy], now: Timestamp
  ) -> (text: [UInt8], kept: [Domain: CachedSTSPolicy]) {
    var text = Array((head + "\n").utf8)
    var rest: [Domain: CachedSTSPolicy] = [:]
    let fresh = kept.filter { $0.value.isFresh(at: now) }
    for (domain, policy) in fresh.sorted(by: { $0.value.expiresAt > $1.value.expiresAt }) {
      let lines =
        ["\(domain.ascii) \(policy.id) \(policy.fetchedAt.seconds)"]
        + policy.policy.lines + ["\n"]
      let block = Array(lines.joined(separator: "\n").utf8)
      guard rest.count < domainLimit, text.count + block.count <= sizeLimit else { continue }
      text += block
      rest[domain] = policy
    }
    return (text, rest)
  }
}
