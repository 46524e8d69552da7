import Glibc
import Inspection
import Threads

/// Drives one inspector: starts it when there is something to do, replaces it when it is worn,
/// gone, or judges by old rules.
final class InspectorThread {
  private let queue: JobQueue
  private let settings: InspectorSettings
  private let rules: RuleShelf
  private var inspector: Inspector?

  private init(_ queue: JobQueue, _ settings: InspectorSettings, _ rules: RuleShelf) {
    self.rules = rules
    self.queue = queue
    self.settings = settings
  }

  /// Runs on a thread of its own until the queue is closed.
  static func start(_ queue: JobQueue, _ settings: InspectorSettings, _ rules: RuleShelf) {
    queue.enter()
    OwnThread.start("inspection") { InspectorThread(queue, settings, rules).run() }
  }

  private func run() {
    while let job = queue.take() { job.finish(answer(job)) }
    inspector = nil
    queue.leave()
  }

  private func answer(_ job: InspectionJob) -> Result<InspectionReport, NoInspector> {
    do throws(NoInspector) {
      return .success(try judge(job))
    } catch {
      inspector = nil
      return .failure(error)
    }
  }

  private func judge(_ job: InspectionJob) throws(NoInspector) -> InspectionReport {
    switch try ask(job) {
    case .success(let report):
      if let inspector, inspector.messages >= settings.messagesPerProcess { self.inspector = nil }
      return report
    case .failure(let failure):
      // Perhaps another message broke the process; so once more, in one that saw nothing else and will
      // see nothing else.
      inspector = nil
      defer { inspector = nil }
      switch try ask(job) {
      case .success(let report): return report.adding([failure.recovered])
      case .failure(let failure): return failure.report
      }
    }
  }

  private func ask(
    _ job: InspectionJob
  ) throws(NoInspector) -> Result<InspectionReport, InspectorFailure> {
    guard let edition = rules.edition else { throw .noMemory }
    if let inspector, inspector.edition == edition.number { return try inspector.inspect(job) }
    inspector = nil
    let fresh = try Inspector(settings, edition)
    inspector = fresh
    return try fresh.inspect(job)
  }
}
