import Glibc
import Synchronization

/// Does what it is given, in order.
package protocol WorkQueue: Sendable {
  func perform(_ job: @escaping @Sendable () -> Void)
  /// Takes nothing more; what it has is still done.
  func close()
}

/// A thread that does what it is given, in order. File work waits here and nowhere else.
package final class WorkThread: WorkQueue {
  private struct Contents {
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false
    /// The thread waits, or is about to.
    var isIdle = false
  }

  private let contents = Mutex(Contents())
  private let signal: Signal

  /// `stepsBehind` is how far it stands behind others where the processors are short.
  package init(stepsBehind: Int32 = 0) {
    signal = Signal()
    let box = Unmanaged.passRetained(
      ThreadStart { [self] in
        // On Linux a thread has its own niceness.
        if stepsBehind > 0 {
          _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, stepsBehind)
        }
        run()
      })
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    precondition(code == 0, "the system gives us a thread")
    pthread_detach(thread)
  }

  package func perform(_ job: @escaping @Sendable () -> Void) {
    let isIdle = contents.withLock { contents in
      contents.jobs.append(job)
      defer { contents.isIdle = false }
      return contents.isIdle
    }
    if isIdle { signal.raise() }
  }

  /// Ends the thread after the jobs it has.
  package func close() {
    contents.withLock { $0.isClosed = true }
    signal.raise()
  }

  private func run() {
    while true {
      let (jobs, isClosed) = contents.withLock { contents in
        defer { contents.jobs = [] }
        contents.isIdle = contents.jobs.isEmpty
        return (contents.jobs, contents.isClosed)
      }
      for job in jobs { job() }
      if jobs.isEmpty {
        if isClosed { return }
        signal.wait()
      }
    }
  }
}

private final class ThreadStart: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A POSIX semaphore: what wakes a thread that has nothing to do.
/// `@unchecked`: the semaphore is made for use from many threads; its storage never moves.
final class Signal: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func raise() { sem_post(semaphore) }

  func wait() { while sem_wait(semaphore) != 0, errno == EINTR {} }
}
