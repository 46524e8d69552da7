package import Mail
package import SMTP
import Synchronization
import Threads

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
  package let fileSystem: any FileSystem
  let files: any WorkQueue
  let index: Mutex<SpoolIndex>
  let writer: any WorkQueue
  private let later: @Sendable (_ job: @escaping @Sendable () -> Void) -> Void
  let store: SegmentStore
  let flaws: SpoolFlaws
  let waiting = Mutex(Waiting())
  private let names: Atomic<UInt32>
  private let tail: Mutex<LogTail>
  private let syncTimes: SyncTimes
  /// Open, and so locked, until the spool is closed.
  private let lockFile: Mutex<(any OpenFile)?>
  private let observation = Mutex(Observation())

  /// A struct round the closure: a bare closure in a `Mutex` gains a thunk with each access.
  private struct Observation: Sendable {
    var tell: Observer?
  }

  struct Commit: Sendable {
    var entries: [SpoolEntry]
    var places: [TraceID: Frame.BodyPlace]
    var isPatient: Bool
    var done: @Sendable (Result<Void, SpoolFailure>) -> Void

    /// Octets of its bodies and amendments, which go into the frame.
    var size: Int {
      let bodies = places.values.reduce(0) { sum, place in
        if case .inline(let body) = place { sum + body.count } else { sum }
      }
      return entries.reduce(bodies) { sum, entry in
        switch entry {
        case .message(let message, _): sum + message.amendment.added
        case .change(_, .amended(let amendment, _, _)): sum + amendment.added
        case .change: sum
        }
      }
    }

    var hasMessage: Bool { !places.isEmpty }
  }

  /// Octets of bodies after which a frame takes no further commit.
  private static let groupLimit = 8 * 1024 * 1024
  /// Patient commits that are company enough for each other.
  private static let patientLimit = 16

  struct Waiting: Sendable {
    var commits: [Commit] = []
    var isScheduled = false
    /// Somebody looks after the patient ones in a moment.
    var isAwaited = false
    var isClosed = false
    var isCopying = false
    var framesToLook = 0
    var isShort = false
    /// Nothing can be written before a new start.
    var isBroken = false
  }

  /// How long the log's syncs took.
  package var syncs: SyncCounts { syncTimes.now }

  private init(
    directory: String, fileSystem: any FileSystem, limits: SpoolLimits, threads: SpoolThreads,
    store: SegmentStore, index: SpoolIndex, fresh: SegmentStore.Fresh, lockFile: any OpenFile,
    flaws: SpoolFlaws, firstName: UInt32
  ) {
    names = Atomic(firstName)
    self.directory = directory
    self.fileSystem = fileSystem
    self.limits = limits
    self.store = store
    self.flaws = flaws
    writer = threads.writer
    later = threads.later
    files = threads.files
    self.index = Mutex(index)
    syncTimes = SyncTimes()
    tail = Mutex(LogTail(fresh, limit: limits.segment, syncs: syncTimes))
    self.lockFile = Mutex(lockFile)
  }

  /// Opens (or makes) the spool in a directory and recovers what it holds.
  package static func open(
    directory: String, fileSystem: any FileSystem, limits: SpoolLimits = .init(),
    threads: SpoolThreads = .init(), random: @escaping @Sendable () -> UInt64 = systemRandom,
    flaws: SpoolFlaws = .init()
  ) throws(SpoolFailure) -> (spool: Spool, recovery: Recovery) {
    let (spool, recovery) = try openLocked(
      directory, fileSystem, limits, threads, random, flaws)
    guard let spool else { throw .locked(directory) }
    return (spool, recovery)
  }

  /// Nil while another gate has the directory.
  private static func openLocked(
    _ directory: String, _ fileSystem: any FileSystem, _ limits: SpoolLimits,
    _ threads: SpoolThreads, _ random: @escaping @Sendable () -> UInt64, _ flaws: SpoolFlaws
  ) throws(SpoolFailure) -> (Spool?, Recovery) {
    do throws(FileFailure) {
      guard let lockFile = try lock(directory, fileSystem) else {
        return (nil, Recovery())
      }
      let store = SegmentStore(
        directory: directory, fileSystem: fileSystem, segmentSize: limits.segment, random: random,
        flaws: flaws)
      var recovery = SpoolRecovery(
        store: store, fileSystem: fileSystem, index: SpoolIndex(warmLimit: limits.warm),
        flaws: flaws)
      try recovery.run()
      let fresh = try store.begin(recovery.next)
      var index = recovery.index
      index.add(fresh.number, fresh.file)
      let spool = Spool(
        directory: directory, fileSystem: fileSystem, limits: limits, threads: threads,
        store: store, index: index, fresh: fresh,
        lockFile: lockFile, flaws: flaws, firstName: UInt32(truncatingIfNeeded: random()))
      spool.tidy(current: fresh.number)
      spool.prepareNext()
      return (spool, recovery.found)
    } catch {
      throw SpoolFailure(error)
    }
  }

  /// The lock of the directory, which is made where it is not there; nil while another gate has it.
  private static func lock(
    _ directory: String, _ fileSystem: any FileSystem
  ) throws(FileFailure) -> (any OpenFile)? {
    _ = try fileSystem.makeDirectory(directory)
    // Also where it was there: a gate that was killed may have made it and not come so far.
    try fileSystem.syncFolder(of: directory)
    let file = try fileSystem.open("\(directory)/lock", create: true)
    return try file.lock() ? file : nil
  }

  package static func systemRandom() -> UInt64 { UInt64.random(in: .min ... .max) }

  /// Set once, before anything is committed.
  package func observe(_ observer: @escaping Observer) {
    observation.withLock { $0.tell = observer }
  }

  /// A name that nothing else has in this life of the gate. A second message of one name would take the place
  /// of the first, and by chance alone, at 10,000 a second, that happened once in a day.
  package func newID(at moment: Timestamp) -> TraceID {
    let number = names.wrappingAdd(1, ordering: .relaxed).oldValue
    // An odd factor: each number of 32 bits has its own, spread over all.
    return TraceID(
      milliseconds: UInt64(max(0, moment.milliseconds)), random: number &* 0x9E37_79B1)
  }

  /// A place for a message's bytes; `prefix` comes before what is written.
  package func draft(id: TraceID, prefix: [UInt8]) -> Draft {
    Draft(id: id, prefix: prefix, spool: self)
  }

  /// Makes all entries durable together. `done` is called on the spool's thread, after the sync. A patient
  /// commit waits a moment for others to share a sync with, so that it makes none wait for one of its own.
  package func commit(
    _ entries: [SpoolEntry], isPatient: Bool = false,
    done: @escaping @Sendable (Result<Void, SpoolFailure>) -> Void
  ) {
    gather(entries[...], places: [:]) { result in
      switch result {
      case .failure(let failure): done(.failure(failure))
      case .success(let places):
        self.enqueue(
          Commit(entries: entries, places: places, isPatient: isPatient, done: done))
      }
    }
  }

  package func commit(
    _ entries: [SpoolEntry], isPatient: Bool = false
  ) async -> Result<Void, SpoolFailure> {
    await withCheckedContinuation { continuation in
      commit(entries, isPatient: isPatient) { continuation.resume(returning: $0) }
    }
  }

  /// Ends after what was committed before.
  package func close() async {
    waiting.withLock { $0.isClosed = true }
    writePatient()
    for thread in [writer, files] {
      await withCheckedContinuation { continuation in
        thread.perform { continuation.resume() }
      }
      thread.close()
    }
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
    enum Next { case refuse, wait, writeLater, write }
    let next = waiting.withLock { waiting -> Next in
      guard !waiting.isClosed else { return .refuse }
      waiting.commits.append(commit)
      if waiting.isScheduled { return .wait }
      if commit.isPatient, waiting.commits.count < Self.patientLimit {
        defer { waiting.isAwaited = true }
        return waiting.isAwaited ? .wait : .writeLater
      }
      waiting.isScheduled = true
      return .write
    }
    switch next {
    case .refuse: commit.done(.failure(.closed))
    case .wait: break
    case .writeLater: later { self.writePatient() }
    case .write: writer.perform { self.writeWaiting() }
    }
  }

  /// Nobody else came along.
  private func writePatient() {
    let isAlone = waiting.withLock { waiting in
      waiting.isAwaited = false
      guard !waiting.isScheduled, !waiting.commits.isEmpty else { return false }
      waiting.isScheduled = true
      return true
    }
    if isAlone { writer.perform { self.writeWaiting() } }
  }

  /// One frame and one sync for all that wait (measured: 9–19 times a synced file each).
  private func writeWaiting() {
    var (commits, isMore) = waiting.withLock { waiting in
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
    if isShortOfRoom() {
      for commit in commits where commit.hasMessage { commit.done(.failure(.full)) }
      commits.removeAll(where: \.hasMessage)
    }
    guard !commits.isEmpty else { return }
    var records: [Frame.Record] = []
    records.reserveCapacity(commits.count)
    for commit in commits {
      for entry in commit.entries {
        switch entry {
        case .message(let message, _):
          if let place = commit.places[message.id] { records.append(.message(message, place)) }
        case .change(let id, let change): records.append(.change(id, change))
        }
      }
    }
    let result = flaws.splitsCommits ? writeApart(records) : write(records)
    // Who waits is told first: the client's 250 needs no more than the sync.
    for commit in commits { commit.done(result.map { _ in }) }
    guard case .success(let published) = result else { return }
    if let tell = observation.withLock({ $0.tell }) {
      for event in published.events { tell(event) }
    }
    removeBodies(published.deadBodies)
  }

  func write(
    _ records: [Frame.Record]
  ) -> Result<SpoolIndex.Published, SpoolFailure> {
    guard !tail.withLock({ $0.isBroken }) else { return .failure(.broken) }
    moveOn()
    let (bytes, places) = Frame.encode(records, salt: tail.withLock { $0.segment.salt })
    switch tail.withLock({ $0.write(bytes) }) {
    case .refused(let failure): return .failure(SpoolFailure(failure))
    case .unknown(let failure):
      waiting.withLock { $0.isBroken = true }
      return .failure(.unknown(failure))
    case .durable(let segment, let offset):
      store.written.store(offset + bytes.count, ordering: .relaxed)
      let published = index.withLock { index in
        var bodies: [TraceID: [UInt8]] = [:]
        var found: [Frame.Found] = []
        for (record, place) in zip(records, places) {
          switch record {
          case .message(let message, let body):
            guard let place else { continue }
            // A held message, or one that was copied forward, will not be wanted at once.
            let isNew = message.hold == nil && index.entries[message.id] == nil
            if case .inline(let octets) = body, isNew {
              bodies[message.id] = message.amendment.applied(to: octets)
            }
            found.append(.message(message, place))
          case .change(let id, let change): found.append(.change(id, change))
          }
        }
        return index.publish(found, segment: segment, at: offset, bodies: bodies)
      }
      tidy(current: segment)
      return .success(published)
    }
  }

  /// Goes over to the segment that was prepared. One that is full is gone on in while the next is being
  /// made, and where it can't be: changes must go through when no file can be made. Where nobody makes it, it
  /// is made now.
  private func moveOn() {
    let (number, isFull, isPrepared) = tail.withLock {
      ($0.segment.number + 1, $0.isFull, $0.segment.isPrepared)
    }
    guard isFull || !isPrepared, let fresh = try? store.take(number, isWanted: isFull) else {
      return
    }
    index.withLock { $0.add(number, fresh.file) }
    tail.withLock { $0.move(to: fresh) }
    store.written.store(0, ordering: .relaxed)
    prepareNext()
  }

  private func prepareNext() {
    guard limits.isNextPrepared else { return }
    let number = tail.withLock { $0.segment.number + 1 }
    store.announceNext()
    store.prepare(number, on: files)
  }
}
