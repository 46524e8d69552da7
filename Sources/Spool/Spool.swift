import Mail
package import SMTP
import Synchronization

/// Bounds of a spool.
package struct SpoolLimits: Hashable, Sendable {
  /// Octets of a body that go into the log itself; a longer one gets its own file.
  package var inlineBody = 256 * 1024
  /// Octets after which a new segment is begun.
  package var segment = 64 * 1024 * 1024
  /// Segments kept before the oldest one's living messages are copied forward.
  package var segments = 8

  package init() {}
}

/// What happened, told in log order after it is on the disk.
package enum SpoolEvent: Sendable {
  case accepted(StoredMessage)
  /// The message as it is after the change.
  case changed(StoredMessage, Change)
}

/// One thing to be made durable; a commit may have several, and has all of them or none.
package enum SpoolEntry: Sendable {
  case message(StoredMessage, Draft)
  case change(TraceID, Change)
}

/// Messages at rest: a log of what was accepted and what became of it (`docs/spool.md`).
///
/// Any thread may commit; one writer thread takes all commits that wait, writes them as one frame,
/// syncs once, and only then tells each of them that it is safe.
package final class Spool: Sendable {
  package typealias Observer = @Sendable (SpoolEvent) -> Void

  let directory: String
  let limits: SpoolLimits
  let fileSystem: any FileSystem
  let files = WorkThread()
  private let writer = WorkThread()
  private let waiting = Mutex(Waiting())
  let log: Mutex<SpoolLog>
  /// Open, and so locked, until the spool is closed.
  private let lockFile: Mutex<(any OpenFile)?>
  private let observer = Mutex<Observer?>(nil)

  private struct Commit: Sendable {
    var entries: [SpoolEntry]
    var places: [TraceID: Frame.BodyPlace]
    var done: @Sendable (Result<Void, SpoolFailure>) -> Void

    /// Octets of its bodies that go into the frame.
    var size: Int {
      places.values.reduce(0) { sum, place in
        if case .inline(let body) = place { sum + body.count } else { sum }
      }
    }
  }

  /// Octets of bodies after which a frame takes no further commit.
  private static let groupLimit = 8 * 1024 * 1024

  private struct Waiting {
    var commits: [Commit] = []
    var isScheduled = false
    var isClosed = false
  }

  private init(
    directory: String, fileSystem: any FileSystem, limits: SpoolLimits, log: SpoolLog,
    lockFile: any OpenFile
  ) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.limits = limits
    self.log = Mutex(log)
    self.lockFile = Mutex(lockFile)
  }

  /// Opens (or makes) the spool in a directory and recovers what it holds.
  package static func open(
    directory: String, fileSystem: any FileSystem, limits: SpoolLimits = .init()
  ) throws(SpoolFailure) -> (spool: Spool, recovery: Recovery) {
    let lockFile = try onDisk { () throws(FileFailure) in
      try fileSystem.makeDirectory(directory)
      return try fileSystem.open("\(directory)/lock", create: true)
    }
    guard try onDisk({ () throws(FileFailure) in try lockFile.lock() }) else {
      throw .locked(directory)
    }
    var log = SpoolLog(directory: directory, fileSystem: fileSystem, limits: limits)
    let recovery: Recovery
    do throws(FileFailure) { recovery = try log.recover() } catch { throw SpoolFailure(error) }
    let spool = Spool(
      directory: directory, fileSystem: fileSystem, limits: limits, log: log, lockFile: lockFile)
    return (spool, recovery)
  }

  private static func onDisk<Value>(
    _ work: () throws(FileFailure) -> Value
  ) throws(SpoolFailure) -> Value {
    do throws(FileFailure) { return try work() } catch { throw SpoolFailure(error) }
  }

  /// Set once, before anything is committed.
  package func observe(_ observer: @escaping Observer) {
    self.observer.withLock { $0 = observer }
  }

  /// A place for a message's bytes; `prefix` comes before what is written.
  package func draft(id: TraceID, prefix: [UInt8]) -> Draft {
    Draft(id: id, prefix: prefix, spool: self)
  }

  /// Makes all entries durable together. `done` is called on the spool's thread, after the sync.
  package func commit(
    _ entries: [SpoolEntry], done: @escaping @Sendable (Result<Void, SpoolFailure>) -> Void
  ) {
    gather(entries[...], places: [:]) { result in
      switch result {
      case .failure(let failure): done(.failure(failure))
      case .success(let places):
        self.enqueue(Commit(entries: entries, places: places, done: done))
      }
    }
  }

  package func commit(_ entries: [SpoolEntry]) async -> Result<Void, SpoolFailure> {
    await withCheckedContinuation { continuation in
      commit(entries) { continuation.resume(returning: $0) }
    }
  }

  /// A message's present state; nil when it is finished or was never here.
  package func message(_ id: TraceID) -> StoredMessage? { log.withLock { $0.entries[id]?.message } }

  /// Everything that is not finished.
  package var messages: [StoredMessage] { log.withLock { $0.entries.values.map(\.message) } }

  package var count: Int { log.withLock { $0.entries.count } }

  /// Reads a message's bytes in pieces, and checks them against the checksum at the end.
  package func body(of id: TraceID) -> any BodyReader { SpooledBody(id: id, spool: self) }

  /// Ends after what was committed before.
  package func close() async {
    waiting.withLock { $0.isClosed = true }
    await withCheckedContinuation { continuation in
      writer.perform { continuation.resume() }
    }
    writer.close()
    files.close()
    lockFile.withLock { $0 = nil }
  }

  func bodyPath(_ id: TraceID) -> String { "\(directory)/body-\(id)" }

  // MARK: Group commit

  /// Waits until every body is where it belongs.
  private func gather(
    _ entries: ArraySlice<SpoolEntry>, places: [TraceID: Frame.BodyPlace],
    done: @escaping @Sendable (Result<[TraceID: Frame.BodyPlace], SpoolFailure>) -> Void
  ) {
    guard let first = entries.first else { return done(.success(places)) }
    let rest = entries.dropFirst()
    guard case .message(let message, let draft) = first else {
      return gather(rest, places: places, done: done)
    }
    draft.finish { result in
      switch result {
      case .failure(let failure): done(.failure(failure))
      case .success(let place):
        var places = places
        places[message.id] = place
        self.gather(rest, places: places, done: done)
      }
    }
  }

  private func enqueue(_ commit: Commit) {
    enum Next { case refuse, wait, write }
    let next = waiting.withLock { waiting -> Next in
      guard !waiting.isClosed else { return .refuse }
      waiting.commits.append(commit)
      defer { waiting.isScheduled = true }
      return waiting.isScheduled ? .wait : .write
    }
    switch next {
    case .refuse: commit.done(.failure(.closed))
    case .wait: break
    case .write: writer.perform { self.writeWaiting() }
    }
  }

  private func write(_ records: [Frame.Record]) -> Result<[SpoolEvent], SpoolFailure> {
    do throws(SpoolFailure) {
      let plan = try planned(records)
      switch plan.write() {
      case .durable: return .success(log.withLock { $0.publish(plan) })
      case .refused(let failure): throw SpoolFailure(failure)
      case .unknown(let failure):
        log.withLock { $0.breakDown() }
        throw .unknown(failure)
      }
    } catch {
      return .failure(error)
    }
  }

  private func planned(_ records: [Frame.Record]) throws(SpoolFailure) -> SpoolLog.Plan {
    let result = log.withLock { log -> Result<SpoolLog.Plan, SpoolFailure> in
      do throws(SpoolFailure) { return .success(try log.plan(records)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// One frame and one sync for all that wait (measured: 9–19 times a synced file each).
  private func writeWaiting() {
    let (commits, isMore) = waiting.withLock { waiting in
      var octets = 0
      let count = waiting.commits.prefix { commit in
        defer { octets += commit.size }
        return octets < Self.groupLimit
      }.count
      defer { waiting.commits.removeFirst(count) }
      waiting.isScheduled = count < waiting.commits.count
      return (Array(waiting.commits.prefix(count)), waiting.isScheduled)
    }
    if isMore { writer.perform { self.writeWaiting() } }
    guard !commits.isEmpty else { return }
    let records = commits.flatMap { commit in
      commit.entries.compactMap { entry -> Frame.Record? in
        switch entry {
        case .message(let message, _):
          commit.places[message.id].map { .message(message, $0) }
        case .change(let id, let change): .change(id, change)
        }
      }
    }
    let result = write(records)
    if case .success(let events) = result, let observer = observer.withLock({ $0 }) {
      for event in events { observer(event) }
    }
    for commit in commits { commit.done(result.map { _ in }) }
  }
}
