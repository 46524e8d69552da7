import GRDB
package import Mail

/// What others reported of our mail in a span of time, summed up.
package struct ReportSummary: Codable, Hashable, Sendable {
  /// Messages, sessions or complaints with one outcome.
  package struct Line: Codable, Hashable, Sendable {
    package var kind: String
    package var subject: String
    /// Nil where sources are summed up.
    package var source: String?
    package var outcome: String
    package var count: Int
  }

  package var since: String
  /// Reports by kind: `dmarc`, `tls`, `feedback`.
  package var reports: [String: Int]
  package var organizations: Int
  /// Each domain's outcomes, the most frequent first.
  package var outcomes: [Line]
  /// Where most of what failed came from, or went to.
  package var failures: [Line]
}

extension JournalReader {
  /// Failing sources that are told.
  private static let failureLimit = 30

  package func reports(since moment: Timestamp) throws(JournalFailure) -> ReportSummary {
    try read { database in
      let counts = try Row.fetchAll(
        database, sql: "SELECT kind, count(*) AS n FROM report WHERE at >= ? GROUP BY kind",
        arguments: [moment.microseconds])
      let organizations = try Int.fetchOne(
        database, sql: "SELECT count(DISTINCT organization) FROM report WHERE at >= ?",
        arguments: [moment.microseconds])
      return ReportSummary(
        since: moment.iso8601,
        reports: Dictionary(counts.map { ($0["kind"], $0["n"]) }) { first, _ in first },
        organizations: organizations ?? 0,
        outcomes: try Self.lines("kind, subject, outcome", "1", moment, database),
        failures: try Self.lines(
          "kind, subject, source, outcome", "outcome NOT LIKE 'pass%'", moment, database))
    }
  }

  /// Counts are bounded when they are written, so that no sum overflows.
  private static func lines(
    _ columns: String, _ condition: String, _ moment: Timestamp, _ database: Database
  ) throws -> [ReportSummary.Line] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT \(columns), sum(count) AS sum FROM report JOIN report_row USING (message)
        WHERE at >= ? AND \(condition) GROUP BY \(columns)
        ORDER BY kind, sum DESC, subject, outcome
        """, arguments: [moment.microseconds])
    let hasSource = columns.contains("source")
    return rows.prefix(hasSource ? failureLimit : rows.count).map { row in
      ReportSummary.Line(
        kind: row["kind"], subject: row["subject"], source: hasSource ? row["source"] : nil,
        outcome: row["outcome"], count: row["sum"])
    }
  }
}

/// A summary as lines for the administrator.
package struct ReportSummaryText: Sendable {
  private let summary: ReportSummary

  package init(_ summary: ReportSummary) { self.summary = summary }

  private static let kinds = [
    ("dmarc", "DMARC", "messages"), ("tls", "TLS", "sessions"),
    ("feedback", "complaints", "messages"),
  ]

  package var lines: [String] {
    var lines = ["since \(summary.since), of \(summary.organizations) organisations"]
    for (kind, title, unit) in Self.kinds {
      lines.append("\(title): \(summary.reports[kind] ?? 0) reports")
      for line in summary.outcomes where line.kind == kind {
        lines.append("  \(line.subject): \(line.count) \(unit) \(line.outcome)")
      }
      for line in summary.failures where line.kind == kind {
        let source = line.source ?? ""
        lines.append("    \(line.count) \(line.outcome) of \(line.subject) by \(source)")
      }
    }
    return lines
  }
}
