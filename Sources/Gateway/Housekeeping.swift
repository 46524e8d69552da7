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
  private let resolverWatch: ResolverWatch

  init(_ parts: GateParts) {
    pipeline = parts.pipeline
    blocking = parts.blocking
    resolverWatch = parts.resolverWatch
    reports = DailyReports(
      [
        DMARCDailyReport(pipeline: parts.pipeline, blocking: parts.blocking),
        TLSDailyReport(
          pipeline: parts.pipeline, blocking: parts.blocking,
          post: TLSReportPost(resolver: parts.resolver, web: parts.web)),
      ],
      journal: parts.pipeline.journal, blocking: parts.blocking, clock: parts.pipeline.clock,
      hostname: parts.settings.hostname)
  }

  /// Seconds between two canaries, and between two looks at the folders of rules: two make a change hold.
  private static let canarySeconds = 300
  private static let ruleSeconds = 2

  /// Reports wait for many look-ups; keys, lists and canaries do not wait for them.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await Self.every(Self.seconds) { await lookAfter() } }
      group.addTask { await Self.every(Self.seconds) { await reports.sendDue() } }
      group.addTask { await Self.every(Self.seconds) { await lookAtNames() } }
      group.addTask {
        await Self.every(Self.canarySeconds) { await pipeline.content?.sendCanaries() }
      }
      if let rules = pipeline.content?.rules {
        group.addTask { await Self.every(Self.ruleSeconds) { await blocking.run { rules.look() } } }
      }
    }
  }

  private func lookAfter() async {
    await blocking.run { [pipeline] in
      if let fault = pipeline.keys.load() { pipeline.log.write("dkim-keys", ["why": fault]) }
    }
    await pipeline.blocklists.testDue()
  }

  private func lookAtNames() async {
    if let change = await resolverWatch.look() { pipeline.log.write("dns", ["what": change]) }
  }

  private static func every(_ seconds: Int, _ work: () async -> Void) async {
    while !Task.isCancelled {
      await work()
      try? await Task.sleep(for: .seconds(seconds))
    }
  }
}
