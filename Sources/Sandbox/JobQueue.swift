import Glibc

/// Jobs in order, for threads that wait for one.
/// `@unchecked`: mutex and condition are made for many threads and never move; they guard the rest.
final class JobQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Few: admission bounds them.
  private var jobs: [InspectionJob] = []
  private var isClosed = false
  /// Threads that take jobs.
  private var threads = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// False when nothing more is taken.
  func append(_ job: InspectionJob) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isClosed else { return false }
    jobs.append(job)
    pthread_cond_signal(condition)
    return true
  }

  /// Waits for a job; nil when the queue is closed and nothing is left.
  func take() -> InspectionJob? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(condition, mutex)
    }
    return jobs.removeFirst()
  }

  func enter() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    threads += 1
  }

  func leave() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    threads -= 1
    pthread_cond_broadcast(condition)
  }

  /// Waits until no thread takes jobs any more.
  func waitForThreads() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while threads > 0 { pthread_cond_wait(condition, mutex) }
  }

  func close() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isClosed = true
    pthread_cond_broadcast(condition)
  }
}
