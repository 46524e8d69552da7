import GRDB
package import Threads

/// The file of a journal, in memory: it outlives the gates that write to it, one after the other. For the
/// simulator, which runs the real journal on it.
package final class JournalMemory: Sendable {
  private let database: DatabaseQueue

  package init() throws(JournalFailure) {
    do {
      database = try DatabaseQueue()
      try JournalFile.migrations.migrate(database)
    } catch {
      throw JournalFile.failure(error, "in memory")
    }
  }

  private init(copyOf other: DatabaseQueue) throws {
    database = try DatabaseQueue()
    try other.backup(to: database)
  }

  /// The journal of one gate, its work done by `thread`.
  package func open(_ thread: any WorkQueue) -> Journal {
    Journal(pool: database, thread: thread, ownsFile: false)
  }

  package var reader: JournalReader { JournalReader(database: database, path: "in memory") }

  /// As it is now; what is written to this one later is not in it.
  package func copy() throws(JournalFailure) -> JournalMemory {
    do {
      return try JournalMemory(copyOf: database)
    } catch {
      throw JournalFile.failure(error, "in memory")
    }
  }
}
