import GRDB
import Glibc
package import Mail
package import SMTP
import Spool
import Synchronization
import Threads

/// The history of every message, written in batches behind the spool.
///
/// `note` never waits. What can't be written yet stays in memory, in order, and nothing is dropped; when
/// too much waits `hasRoom` turns false and the gate answers 4xx to new mail. Writing is idempotent: after
/// a crash the spool tells of its messages again.
package final class Journal: Sendable {
  private struct Contents {
    var waiting: [JournalEvent] = []
    /// Events that are being written.
    var inHand = 0
    var isWriting = false
    var isClosed = false
    var state = JournalState.ok
    var flushed: [@Sendable () -> Void] = []
  }

  private let contents = Mutex(Contents())
  let pool: any DatabaseWriter
  private let thread: any WorkQueue
  /// The file is ours alone, and closed with us; so is the thread, which may wait. Not the simulator's.
  private let ownsFile: Bool

  /// Events that wait before new mail is put off; about 20 MB.
  package static let waitingLimit = 20_000
  /// Events of one transaction.
  private static let batchLimit = 2000
  /// Milliseconds between tries when the file can't be written, and at most.
  private static let firstPauseMilliseconds: UInt32 = 50
  private static let longestPauseMilliseconds: UInt32 = 2000

  init(pool: any DatabaseWriter, thread: any WorkQueue, ownsFile: Bool) {
    self.pool = pool
    self.thread = thread
    self.ownsFile = ownsFile
  }

  /// Opens the file, making it where it is not there.
  package static func open(path: String) throws(JournalFailure) -> Journal {
    Journal(
      // Mail does not wait for its history.
      pool: try JournalFile.open(path), thread: WorkThread("journal", .behind), ownsFile: true)
  }

  package var waiting: Int { contents.withLock { $0.waiting.count + $0.inHand } }
  package var hasRoom: Bool { waiting < Self.waitingLimit }
  package var state: JournalState { contents.withLock { $0.state } }

  package func note(_ event: JournalEvent) {
    let isFirst = contents.withLock { contents in
      contents.waiting.append(event)
      defer { contents.isWriting = true }
      return !contents.isWriting
    }
    if isFirst { thread.perform { self.write() } }
  }

  /// Returns when everything noted so far is written, or the journal was closed.
  package func flush() async {
    await withCheckedContinuation { continuation in
      let isIdle = contents.withLock { contents in
        if contents.isWriting { contents.flushed.append { continuation.resume() } }
        return !contents.isWriting
      }
      if isIdle { continuation.resume() }
    }
  }

  /// Writes what it can, then ends.
  package func close() async {
    contents.withLock { $0.isClosed = true }
    await flush()
    thread.close()
    if ownsFile { try? pool.close() }
  }

  /// Waits a moment for more: most of what is accepted is finished at once, and is then written once, as it
  /// ended. Nobody waits for the journal but `flush`.
  private func gather() {
    guard ownsFile else { return }
    for _ in 0..<Self.gatherSteps {
      let isEnough = contents.withLock { contents in
        contents.isClosed || !contents.flushed.isEmpty || contents.waiting.isEmpty
          || contents.waiting.count >= Self.batchLimit
      }
      if isEnough { return }
      usleep(Self.gatherStepMilliseconds * 1000)
    }
  }

  /// A tenth of a second in all; a crash can cost the history of what was finished within it, never mail.
  private static let gatherSteps = 5
  private static let gatherStepMilliseconds: UInt32 = 20

  /// On the journal's thread: batch after batch, until nothing waits.
  private func write() {
    while true {
      gather()
      let (batch, flushed) = take()
      for tell in flushed { tell() }
      if batch.isEmpty { return }
      write(batch)
    }
  }

  /// The next batch; when there is none, who wants to be told that all is written. What was written is let go
  /// of outside of the lock: a thousand messages take milliseconds, and those who note must never wait.
  private func take() -> (batch: [JournalEvent], flushed: [@Sendable () -> Void]) {
    contents.withLock { contents in
      var (batch, flushed): ([JournalEvent], [@Sendable () -> Void]) = ([], [])
      if contents.waiting.count <= Self.batchLimit {
        swap(&batch, &contents.waiting)
      } else {
        batch = Array(contents.waiting.prefix(Self.batchLimit))
        contents.waiting.removeFirst(Self.batchLimit)
      }
      contents.inHand = batch.count
      if batch.isEmpty {
        contents.isWriting = false
        swap(&flushed, &contents.flushed)
      }
      return (batch, flushed)
    }
  }

  /// Writes a batch, however long that takes; only a journal that closes gives it up.
  private func write(_ batch: [JournalEvent]) {
    let isInTime = ownsFile && batch.count < Self.batchLimit
    var pause = Self.firstPauseMilliseconds
    while true {
      do {
        try pool.write { database in
          try JournalWriter(database).write(batch, pause: { if isInTime { stepAside() } })
        }
        return contents.withLock { ($0.inHand, $0.state) = (0, .ok) }
      } catch {
        let isClosed = contents.withLock { contents in
          contents.state = .behind(JournalFile.words(error))
          // The spool has it all; what is not written now is told again at the next start.
          if contents.isClosed { (contents.waiting, contents.inHand) = ([], 0) }
          return contents.isClosed
        }
        if isClosed { return }
        usleep(pause * 1000)
        pause = min(pause * 2, Self.longestPauseMilliseconds)
      }
    }
  }

  /// Lets whoever waits for this processor go first: a batch is ten milliseconds of work, and a client's 250
  /// stands behind it otherwise.
  private func stepAside() { sched_yield() }

  /// Messages that are not finished as far as the journal knows. Blocks; empty where it can't be read.
  package func unfinished() -> [TraceID] {
    let ids = try? pool.read { database in
      try String.fetchAll(database, sql: "SELECT id FROM message WHERE finished_at IS NULL")
    }
    return (ids ?? []).compactMap { TraceID($0) }
  }

  /// Rows deleted at once, so that writing does not wait long.
  private static let pruneLimit = 1000

  /// Forgets what was finished, or refused, before a moment. Blocks; may be cut short by a full or
  /// locked file and is simply called again.
  package func prune(before moment: Timestamp) {
    for (table, own, time) in [
      ("message", "id", "finished_at"), ("refusal", "id", "at"), ("report", "message", "at"),
    ] {
      var isMore = true
      while isMore {
        let ids = try? pool.write { database in
          let ids = try String.fetchAll(
            database, sql: "SELECT \(own) FROM \(table) WHERE \(time) < ? LIMIT ?",
            arguments: [moment.microseconds, Self.pruneLimit])
          for id in ids {
            try database.execute(sql: "DELETE FROM \(table) WHERE \(own) = ?", arguments: [id])
            if table == "report" {
              try database.execute(
                sql: "DELETE FROM report_row WHERE message = ?", arguments: [id])
            }
            guard table == "message" else { continue }
            for part in ["recipient", "attempt", "action"] {
              try database.execute(sql: "DELETE FROM \(part) WHERE message = ?", arguments: [id])
            }
          }
          return ids.count
        }
        isMore = ids == Self.pruneLimit
      }
    }
    var isMore = true
    while isMore {
      let count = try? pool.write { database in
        try JudgementRows.prune(before: moment, limit: Self.pruneLimit, database)
      }
      isMore = count == Self.pruneLimit
    }
  }
}
