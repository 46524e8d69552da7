import Mail
import Spool
import Synchronization
import Threads

/// Runs everything of one life of the gate on the calling thread, in an order drawn from the seed.
///
/// Whatever could run next (a job of a work queue, a task that was resumed, a timer that rang) waits in one
/// bag; each step draws one. Time passes a little with each step, and jumps to the next timer when the bag
/// is empty. Once `isDying` is set no timer is waited for, so that all that is suspended comes to an end.
final class Scheduler: TaskExecutor, Clock {
  fileprivate struct Timer {
    let at: Timestamp
    let job: @Sendable () -> Void
  }

  fileprivate struct Contents {
    var chance: Chance
    var now: Timestamp
    var jobs: [@Sendable () -> Void] = []
    var timers: [Timer] = []
    var isDying = false
    var steps = 0
    var trace: EventTrace
  }

  private let contents: Mutex<Contents>

  init(chance: Chance, now: Timestamp, trace: EventTrace) {
    contents = Mutex(Contents(chance: chance, now: now, trace: trace))
  }

  func now() -> Timestamp { contents.withLock { $0.now } }
  var trace: EventTrace { contents.withLock { $0.trace } }
  var steps: Int { contents.withLock { $0.steps } }
  var isDying: Bool { contents.withLock { $0.isDying } }

  func note(_ words: @autoclosure () -> String) {
    contents.withLock { $0.trace.note(words(), at: $0.now) }
  }

  func detail(_ words: @autoclosure () -> String) {
    contents.withLock { $0.trace.detail(words(), at: $0.now) }
  }

  func die() { contents.withLock { $0.isDying = true } }

  func draw() -> UInt64 { contents.withLock { $0.chance.next() } }
  func below(_ bound: Int) -> Int { contents.withLock { $0.chance.below(bound) } }
  func happens(_ perMille: Int) -> Bool { contents.withLock { $0.chance.happens(perMille) } }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    add { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  func add(_ job: @escaping @Sendable () -> Void) { contents.withLock { $0.jobs.append(job) } }

  func after(microseconds: Int, _ job: @escaping @Sendable () -> Void) {
    contents.withLock { contents in
      let at = Timestamp(microseconds: contents.now.microseconds + Int64(microseconds))
      contents.timers.append(Timer(at: at, job: job))
    }
  }

  func sleep(milliseconds: Int) async {
    await withCheckedContinuation { continuation in
      after(microseconds: milliseconds * 1000) { continuation.resume() }
    }
  }

  /// Time that a slow disk takes.
  func pass(milliseconds: Int) {
    contents.withLock { $0.now.microseconds += Int64(milliseconds) * 1000 }
  }

  /// One job; false when nothing is left to do.
  func step() -> Bool {
    let job = contents.withLock { contents in
      contents.wakeTimers()
      guard !contents.jobs.isEmpty else { return nil as (@Sendable () -> Void)? }
      let index = contents.chance.below(contents.jobs.count)
      contents.trace.mix(UInt64(index) << 32 | UInt64(contents.jobs.count))
      contents.now.microseconds += Int64(contents.chance.below(500))
      contents.steps += 1
      contents.jobs.swapAt(index, contents.jobs.count - 1)
      return contents.jobs.removeLast()
    }
    job?()
    return job != nil
  }
}

extension Scheduler.Contents {
  fileprivate mutating func wakeTimers() {
    guard !timers.isEmpty else { return }
    if jobs.isEmpty, !isDying, let first = timers.map(\.at).min(), first > now { now = first }
    let due = timers.filter { isDying || $0.at <= now }
    guard !due.isEmpty else { return }
    jobs += due.map(\.job)
    timers.removeAll { isDying || $0.at <= now }
  }
}

/// A work queue of the spool: its jobs in order, each when the scheduler draws it.
final class SimulatedQueue: WorkQueue {
  private let scheduler: Scheduler
  private let jobs = Mutex<[@Sendable () -> Void]>([])

  init(_ scheduler: Scheduler) { self.scheduler = scheduler }

  func perform(_ job: @escaping @Sendable () -> Void) {
    let isFirst = jobs.withLock { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst { scheduler.add { self.runFirst() } }
  }

  func close() {}

  private func runFirst() {
    let first = jobs.withLock { $0.first }
    first?()
    let isMore = jobs.withLock { jobs in
      jobs.removeFirst()
      return !jobs.isEmpty
    }
    if isMore { scheduler.add { self.runFirst() } }
  }
}
