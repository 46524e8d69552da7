/// Counts messages that are alike in all that a DMARC report says of them, for one domain's report.
///
/// What can differ without end (sources, selectors of a stranger's choice) is bounded: beyond the
/// bound messages are counted as left out, and the report says how many.
package struct AggregateTally: Sendable {
  /// Kinds of messages that one report tells apart.
  package static let kindLimit = 10_000

  private var counts: [AggregateReport.Record: Int] = [:]
  /// Messages that no record counts.
  package private(set) var leftOut = 0

  package init() {}

  /// One message, or as many as the record says.
  package mutating func add(_ record: AggregateReport.Record) {
    var kind = record
    kind.count = 0
    let number = max(1, record.count)
    guard counts[kind] != nil || counts.count < Self.kindLimit else {
      leftOut += number
      return
    }
    counts[kind, default: 0] += number
  }

  /// Most frequent first, in an order that does not change.
  package var records: [AggregateReport.Record] {
    counts.map { kind, count in
      var record = kind
      record.count = count
      return record
    }.sorted(by: Self.comesFirst)
  }

  private static func comesFirst(
    _ one: AggregateReport.Record, _ other: AggregateReport.Record
  ) -> Bool {
    if one.count != other.count { return one.count > other.count }
    return (one.sourceAddress, one.headerFrom) < (other.sourceAddress, other.headerFrom)
  }

  /// The report of what was counted.
  package func report(
    _ metadata: AggregateReport.Metadata, _ policy: AggregateReport.Policy
  ) -> AggregateReport {
    var report = AggregateReport()
    report.version = "1.0"
    report.metadata = metadata
    report.policy = policy
    report.records = records
    if leftOut > 0 { report.metadata.errors.append("\(leftOut) more messages were not counted") }
    return report
  }
}
