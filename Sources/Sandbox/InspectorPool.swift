package import Inspection
import Synchronization

/// Inspectors behind one queue: a thread for each process, which waits where neither event loops nor
/// Swift's own threads may.
///
///     inspect ─▶ admitted? ─▶ queue ─▶ thread ─▶ process ─▶ findings
///                  waits                  └─ gone, late, too large: once more in a fresh process, alone;
///                                            then the message counts as unanalysable, with the reason
///
/// It never loses a message's question: whatever a message does to its inspector, a report comes. What is our
/// own trouble, when no inspector can be had, is thrown (`NoInspector`) and no word about the message.
package final class InspectorPool: Sendable {
  private let settings: InspectorSettings
  private let queue: JobQueue
  private let places: Admission
  private let rules: RuleShelf

  package init(
    _ settings: InspectorSettings = InspectorSettings(), rules: InspectorRules = InspectorRules()
  ) {
    self.settings = settings
    self.rules = RuleShelf(rules)
    queue = JobQueue()
    places = Admission(settings.processes * settings.admitted)
    for _ in 0..<settings.processes {
      InspectorThread.start(queue, settings, self.rules)
    }
  }

  /// What is judged by from the next message on; false when there is no memory for them, and those before
  /// stay.
  package func use(_ rules: InspectorRules) -> Bool { self.rules.put(rules) }

  /// Inspects a message that is in memory.
  package func inspect(
    _ octets: [UInt8], _ submission: Submission = .mail, _ context: FactContext = FactContext()
  ) async throws -> InspectionReport {
    try await inspect(submission, context) { SealedFile(octets) }
  }

  /// Inspects what `seal` makes (nil: there is no memory for it), which is asked only when the message's
  /// turn is near: so much memory is taken as `InspectorSettings.admitted` says, however many wait.
  package func inspect(
    _ submission: Submission = .mail, _ context: FactContext = FactContext(),
    seal: () async throws -> SealedFile?
  ) async throws -> InspectionReport {
    await places.enter()
    defer { places.leave() }
    guard let message = try await seal() else { throw NoInspector.noMemory }
    return try await withCheckedThrowingContinuation { continuation in
      let job = InspectionJob(message: message, submission: submission, context: context) {
        continuation.resume(with: $0)
      }
      if !queue.append(job) { job.finish(.failure(.closed)) }
    }
  }

  /// Takes nothing more and ends the processes after what waits.
  package func close() { queue.close() }

  /// Waits, blocking, until a closed pool's processes are gone: for commands that end with it.
  package func waitForEnd() { queue.waitForThreads() }
}

/// A message that waits for an inspector, and who waits for the report.
struct InspectionJob: Sendable {
  let message: SealedFile
  let submission: Submission
  let context: FactContext
  let finish: @Sendable (Result<InspectionReport, NoInspector>) -> Void
}

/// Lets so many in at once; the others wait in order.
final class Admission: Sendable {
  private struct Contents {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Of `waiting`, those at the front that were let in.
    var done = 0
  }

  private let contents: Mutex<Contents>

  init(_ places: Int) { contents = Mutex(Contents(free: places)) }

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = contents.withLock { contents in
        guard contents.free > 0 else {
          contents.waiting.append(continuation)
          return false
        }
        contents.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    let next = contents.withLock { contents -> CheckedContinuation<Void, Never>? in
      guard contents.done < contents.waiting.count else {
        contents.free += 1
        return nil
      }
      let next = contents.waiting[contents.done]
      contents.done += 1
      if contents.done == contents.waiting.count || contents.done > 1000 {
        contents.waiting.removeFirst(contents.done)
        contents.done = 0
      }
      return next
    }
    next?.resume()
  }
}
