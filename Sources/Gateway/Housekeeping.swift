import Delivery
import Mail
import Settings
import Synchronization

/// What the running gate looks after each minute: keys that were rotated, lists whose test is due, reports
/// of yesterday.
struct Housekeeping: Sendable {
  private static let seconds = 60

  private let pipeline: Pipeline
  private let blocking: BlockingPool
  private let reports: DailyReports

  init(_ parts: GateParts) {
    pipeline = parts.pipeline
    blocking = parts.blocking
    reports = DailyReports(
      [DMARCDailyReport(pipeline: parts.pipeline, blocking: parts.blocking)],
      journal: parts.pipeline.journal, blocking: parts.blocking, clock: parts.pipeline.clock,
      hostname: parts.settings.hostname)
  }

  /// Minutes between two canaries.
  private static let canaryMinutes = 5

  func run() async {
    var minutes = 0
    while !Task.isCancelled {
      if minutes % Self.canaryMinutes == 0 { await pipeline.content?.sendCanaries() }
      minutes += 1
      await blocking.run { [pipeline] in
        if let fault = pipeline.keys.load() { pipeline.log.write("dkim-keys", ["why": fault]) }
      }
      await pipeline.blocklists.testDue()
      await reports.sendDue()
      try? await Task.sleep(for: .seconds(Self.seconds))
    }
  }
}
