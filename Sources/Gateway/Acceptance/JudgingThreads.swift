import Delivery

/// Where messages are judged: threads of their own, since hashes and signatures take time that neither the
/// event loops have nor Swift's own few threads, which anybody's waiting may hold up. What runs here is
/// bounded by the sessions that wait for it.
final class JudgingThreads: TaskExecutor {
  /// One judges while another's pieces come from the disk; more would only take turns on few cores.
  static let count = 2

  private let pool = BlockingPool(threads: JudgingThreads.count)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pool.perform { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  func close() { pool.close() }
}
