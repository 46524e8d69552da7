extension TLSReport {
  private static let failureLimit = 14

  /// Sessions of all policies.
  package var successes: Int { Self.sum(policies.map(\.summary.successes)) }
  package var failures: Int { Self.sum(policies.map { $0.summary.failures ?? 0 }) }

  private static func sum(_ numbers: [Int]) -> Int {
    numbers.reduce(0) {
      let (sum, isOverflow) = $0.addingReportingOverflow($1)
      return isOverflow ? Int.max : sum
    }
  }

  /// The report on one screen.
  package var summaryLines: [String] {
    let domains = policies.compactMap(\.policy.domain).prefix(3).map { "\(ShownText($0))" }
    return [
      "TLS report of \(ShownText(organization ?? "nobody")) on \(domains.joined(separator: ", "))",
      "  \(ShownText(dateRange.start, limit: 30)) to \(ShownText(dateRange.end, limit: 30)), "
        + "id \(ShownText(reportID))",
      "  sessions \(Self.sum([successes, failures])): \(successes) good, \(failures) failed",
    ] + policies.flatMap(Self.lines).firstLines(Self.failureLimit)
  }

  private static func lines(_ result: PolicyResult) -> [String] {
    let policy = result.policy
    let place = policy.domain.map { " of \(ShownText($0))" } ?? ""
    let good = result.summary.successes
    let bad = result.summary.failures ?? 0
    let head = "  policy \(ShownText(policy.type, limit: 30))\(place): \(good) good, \(bad) failed"
    let failures = (result.failures ?? []).sorted { $0.sessions > $1.sessions }.map { failure in
      "    \(failure.sessions) \(ShownText(failure.type, limit: 40)) at "
        + "\(ShownText(failure.receivingHost ?? failure.receivingAddress ?? "?"))"
        + (failure.reasonCode.map { ": \(ShownText($0, limit: 40))" } ?? "")
    }
    return [head] + failures
  }
}
