/// Counts sessions for one domain's TLS report (RFC 8460 §4.3), each under the policy it followed.
package struct TLSTally: Sendable {
  /// Kinds of failures that one policy's result tells apart; beyond it only the sum grows.
  package static let kindLimit = 1000
  /// Policies that one domain had in a day.
  package static let policyLimit = 100

  private struct Result {
    var successes = 0
    var failures = 0
    var kinds: [TLSReport.Failure: Int] = [:]
  }

  private var results: [TLSReport.Policy: Result] = [:]

  package init() {}

  /// Sessions that were as the policy wants it.
  package mutating func succeed(_ policy: TLSReport.Policy, count: Int = 1) {
    guard results[policy] != nil || results.count < Self.policyLimit else { return }
    results[policy, default: Result()].successes += count
  }

  /// Sessions that were not; `failure.sessions` is not looked at, and nil tells no details.
  package mutating func fail(
    _ policy: TLSReport.Policy, _ failure: TLSReport.Failure?, count: Int = 1
  ) {
    guard results[policy] != nil || results.count < Self.policyLimit else { return }
    var result = results[policy] ?? Result()
    result.failures += count
    if var kind = failure {
      kind.sessions = 0
      if result.kinds[kind] != nil || result.kinds.count < Self.kindLimit {
        result.kinds[kind, default: 0] += count
      }
    }
    results[policy] = result
  }

  /// In an order that does not change.
  package var policies: [TLSReport.PolicyResult] {
    results.map { policy, result in
      let failures = result.kinds.map { kind, count in
        var failure = kind
        failure.sessions = count
        return failure
      }
      return TLSReport.PolicyResult(
        policy: policy,
        summary: .init(successes: result.successes, failures: result.failures),
        failures: failures.isEmpty ? nil : failures.sorted(by: Self.comesFirst))
    }.sorted { Self.key($0.policy) < Self.key($1.policy) }
  }

  /// The most frequent first.
  private static func comesFirst(_ one: TLSReport.Failure, _ other: TLSReport.Failure) -> Bool {
    if one.sessions != other.sessions { return one.sessions > other.sessions }
    return (one.type, one.receivingHost ?? "") < (other.type, other.receivingHost ?? "")
  }

  private static func key(_ policy: TLSReport.Policy) -> String {
    ([policy.type] + (policy.strings ?? [])).joined(separator: "\n")
  }
}
