import Mail

extension AggregateReport {
  /// Sources that a summary names.
  private static let sourceLimit = 12

  /// The report on one screen, sources that fail first.
  package var summary: [String] {
    let passed = count(where: \.passes)
    var lines = [
      "DMARC report of \(ShownText(metadata.organization)) on \(ShownText(policy.domain))",
      "  \(Self.day(metadata.begin)) to \(Self.day(metadata.end)), "
        + "id \(ShownText(metadata.reportID))",
      "  policy \(policy.policy?.rawValue ?? "not said")"
        + (policy.subdomainPolicy.map { ", below \($0.rawValue)" } ?? "")
        + (policy.isTesting == true ? ", on trial" : ""),
      "  messages \(count()): \(passed) passed, \(count { !$0.passes }) failed",
    ]
    for kind in [Disposition.quarantine, .reject] {
      let count = count { $0.disposition == kind }
      if count > 0 { lines.append("  \(kind.rawValue): \(count)") }
    }
    lines += sources
    lines += flaws.prefix(3).map { "  odd: \(ShownText($0))" }
    lines += metadata.errors.prefix(2).map { "  reporter's error: \(ShownText($0))" }
    return lines
  }

  private var sources: [String] {
    let order = records.sorted {
      ($0.passes ? 1 : 0, -$0.count, $0.sourceAddress) < (
        $1.passes ? 1 : 0, -$1.count, $1.sourceAddress
      )
    }
    return order.map { record in
      let proofs = [
        record.isDKIMAligned ? "DKIM" : nil, record.isSPFAligned ? "SPF" : nil,
      ].compactMap { $0 }
      let how = proofs.isEmpty ? "FAILED" : "by " + proofs.joined(separator: " and ")
      let reason = record.reasons.first.map { " (\(ShownText($0.type, limit: 20)))" } ?? ""
      return "  \(record.count) from \(ShownText(record.sourceAddress, limit: 40)) as "
        + "\(ShownText(record.headerFrom, limit: 40)): \(how), "
        + "\(record.disposition?.rawValue ?? "?")\(reason)"
    }.firstLines(Self.sourceLimit)
  }

  private static func day(_ seconds: Int64) -> String {
    // Beyond the year 9999 nobody reported anything.
    let inRange = min(max(seconds, 0), 253_402_300_799)
    return String(Timestamp(microseconds: inRange * 1_000_000).iso8601.prefix(10))
  }
}
