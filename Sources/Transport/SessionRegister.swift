import NIOCore
import Synchronization

/// The open sessions of one listener, so that a drain can reach them.
final class SessionRegister: Sendable {
  /// How one session is reached.
  private struct Session {
    let drain: @Sendable () -> Void
    let cut: @Sendable () -> Void
  }
  private struct Contents {
    var next = 0
    var open: [Int: Session] = [:]
    var isDraining = false
    /// Who waits for the last session to go, by key; each is called once, by whoever removes it here.
    var waiting: [Int: @Sendable () -> Void] = [:]
  }
  private let contents = Mutex(Contents())

  var count: Int { contents.withLock { $0.open.count } }
  var isDraining: Bool { contents.withLock { $0.isDraining } }

  func add(drain: @escaping @Sendable () -> Void, cut: @escaping @Sendable () -> Void) -> Int {
    contents.withLock { contents in
      contents.next += 1
      contents.open[contents.next] = Session(drain: drain, cut: cut)
      return contents.next
    }
  }

  func remove(_ key: Int) {
    let waiting = contents.withLock { contents in
      contents.open[key] = nil
      guard contents.open.isEmpty else { return [@Sendable () -> Void]() }
      defer { contents.waiting = [:] }
      return Array(contents.waiting.values)
    }
    for tell in waiting { tell() }
  }

  /// Idle sessions are told, busy ones remember it.
  func drain() {
    let open = contents.withLock { contents in
      contents.isDraining = true
      return Array(contents.open.values)
    }
    for session in open { session.drain() }
  }

  /// Every session is ended.
  func cut() {
    for session in contents.withLock({ Array($0.open.values) }) { session.cut() }
  }

  /// Returns when no session is open, or when the time is over.
  func emptied(within time: Duration, on loop: any EventLoop) async {
    let promise = loop.makePromise(of: Void.self)
    let key = contents.withLock { contents in
      guard !contents.open.isEmpty else { return nil as Int? }
      contents.next += 1
      contents.waiting[contents.next] = { promise.succeed(()) }
      return contents.next
    }
    guard let key else { return promise.succeed(()) }
    let timer = loop.scheduleTask(in: TimeAmount(time)) {
      self.contents.withLock { $0.waiting.removeValue(forKey: key) }?()
    }
    try? await promise.futureResult.get()
    timer.cancel()
  }
}
