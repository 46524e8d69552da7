import Glibc
import Synchronization
package import Threads

/// Threads for work that waits on the disk or the system's resolver, so that neither event loops nor
/// Swift's own few threads ever do.
package final class BlockingPool: Sendable {
  private struct Contents {
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false
  }

  /// `@unchecked`: both are made for many threads and never move.
  private final class Monitor: @unchecked Sendable {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    var contents = Contents()

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    /// Waits for a job; nil when the pool is closed and nothing is left.
    func take() -> (@Sendable () -> Void)? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while contents.jobs.isEmpty {
        if contents.isClosed { return nil }
        pthread_cond_wait(condition, mutex)
      }
      return contents.jobs.removeFirst()
    }

    /// Changes what there is to do, and wakes one thread, or all of them.
    func change<Value>(wakesAll: Bool = false, _ change: (inout Contents) -> Value) -> Value {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if wakesAll { pthread_cond_broadcast(condition) } else { pthread_cond_signal(condition) }
      return change(&contents)
    }
  }

  private let monitor = Monitor()
  /// Does the work instead of threads.
  private let queue: (any WorkQueue)?

  /// Without threads: the simulator's queue does the work.
  package init(queue: any WorkQueue) { self.queue = queue }

  package init(threads: Int) {
    queue = nil
    for _ in 0..<threads {
      OwnThread.start("blocking work") { [monitor] in
        while let job = monitor.take() { job() }
      }
    }
  }

  package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      add { continuation.resume(returning: work()) }
    }
  }

  /// Hands work over; false when so much waits that it is not taken.
  package func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
    monitor.change { contents in
      guard !contents.isClosed, contents.jobs.count < Self.waitingLimit else { return false }
      contents.jobs.append(work)
      return true
    }
  }

  /// Jobs of `submit` that wait.
  private static let waitingLimit = 1000

  private func add(_ job: @escaping @Sendable () -> Void) {
    if let queue { return queue.perform(job) }
    monitor.change { $0.jobs.append(job) }
  }

  /// The threads end after what they have.
  package func close() { monitor.change(wakesAll: true) { $0.isClosed = true } }
}

/// As the place where tasks run that keep the processor busy: neither event loops nor Swift's own threads,
/// which everybody shares, wait for them. It must outlive its tasks.
extension BlockingPool: TaskExecutor {
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    add { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
