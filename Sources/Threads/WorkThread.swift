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

  /// The name is what `top -H` shows, of at most 15 octets.
  package init(_ name: String, _ standing: Standing = .usual) {
    signal = Signal()
    OwnThread.start(name) { [self] in
      standing.take()
      run()
    }
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
