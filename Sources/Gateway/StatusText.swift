import Spool
import Transport

/// The pages of `/health` and `/metrics`.
struct StatusText {
  let status: GateStatus

  func page(_ path: String) -> StatusListener.Page? {
    switch path {
    case "/health":
      let lines = (status.isHealthy ? ["ok"] : status.warnings) + status.notes.map { "note: \($0)" }
      return .init(
        status: status.isHealthy ? 200 : 503, body: lines.joined(separator: "\n") + "\n")
    case "/metrics":
      return .init(contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics)
    default: return nil
    }
  }

  /// Prometheus text exposition format, version 0.0.4.
  private var metrics: String {
    let counters: [(String, String, Int)] = [
      ("kadomori_messages_accepted_total", "Messages answered 250.", status.accepted),
      ("kadomori_recipients_refused_total", "Recipients refused at RCPT.", status.refused),
      ("kadomori_recipients_delivered_total", "Recipients delivered.", status.delivered),
      ("kadomori_recipients_deferred_total", "Attempts put off.", status.deferred),
      ("kadomori_recipients_failed_total", "Recipients given up.", status.failed),
      ("kadomori_login_failures_total", "AUTH exchanges that failed.", status.loginFailures),
    ]
    let gauges: [(String, String, Int)] = [
      ("kadomori_sessions_open", "Sessions open now.", status.sessions),
      ("kadomori_queue_messages", "Messages in the queue.", status.queued),
      ("kadomori_queue_held_messages", "Messages held for a person.", status.held),
      ("kadomori_queue_oldest_seconds", "Age of the oldest message.", status.oldestSeconds),
      ("kadomori_journal_waiting_events", "Events not yet in the journal.", status.journalWaiting),
      ("kadomori_healthy", "1 when mail may be sent here.", status.isHealthy ? 1 : 0),
      ("kadomori_notes", "Things that an administrator should look at.", status.notes.count),
    ]
    return counters.map { Self.lines($0, "counter") }.joined() + verdicts
      + Self.metrics(status.inspection)
      + gauges.map { Self.lines($0, "gauge") }.joined() + syncs
  }

  private var syncs: String {
    let name = "kadomori_spool_sync_seconds"
    var (sum, rows) = (0, "")
    for (bound, count) in zip(SyncCounts.bounds, status.syncs.counts) {
      sum += count
      rows += "\(name)_bucket{le=\"\(bound)\"} \(sum)\n"
    }
    return "# HELP \(name) Syncs of the spool's log, which each 250 waits for.\n"
      + "# TYPE \(name) histogram\n" + rows
      + "\(name)_bucket{le=\"+Inf\"} \(status.syncs.all)\n"
      + "\(name)_sum \(status.syncs.seconds)\n\(name)_count \(status.syncs.all)\n"
  }

  private var verdicts: String {
    guard !status.verdicts.isEmpty else { return "" }
    let name = "kadomori_messages_judged_total"
    let rows = status.verdicts.sorted { $0.key < $1.key }.map {
      "\(name){verdict=\"\($0.key)\"} \($0.value)\n"
    }
    return "# HELP \(name) Messages looked into, by verdict.\n# TYPE \(name) counter\n"
      + rows.joined()
  }

  private static func lines(_ metric: (String, String, Int), _ type: String) -> String {
    "# HELP \(metric.0) \(metric.1)\n# TYPE \(metric.0) \(type)\n\(metric.0) \(metric.2)\n"
  }
}
