import GRDB
import Glibc

/// The SQLite file of the journal: its tables and how it is opened. Mode 0600; WAL, so that the command
/// line reads while the gate writes.
enum JournalFile {
  /// Pages after which the log is written into the file, and both are synced. Syncs of the spool wait for
  /// those on the disk: often a little is better than the 1,000 pages that are SQLite's default (measured at
  /// half the most messages a second: the slowest hundredth waited 9 to 12 ms, and then 6 to 7).
  private static let checkpointPages = 100

  static func open(_ path: String) throws(JournalFailure) -> DatabasePool {
    let handle = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard handle >= 0 else {
      let why = String(cString: strerror(errno))
      throw JournalFailure(description: "can't open the journal \(path): \(why)")
    }
    fchmod(handle, 0o600)
    close(handle)
    do {
      var configuration = Configuration()
      // The writer has its own patience; a person at the command line has this much.
      configuration.busyMode = .timeout(2)
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
      }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try migrations.migrate(pool)
      return pool
    } catch {
      throw failure(error, path)
    }
  }

  /// For the command line: never makes the file and never changes it.
  static func openForReading(_ path: String) throws(JournalFailure) -> DatabaseQueue {
    guard access(path, F_OK) == 0 else {
      throw JournalFailure(
        description: "there is no journal \(path) yet; it is made when the gate first runs")
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw failure(error, path)
    }
  }

  static func failure(_ error: any Error, _ path: String) -> JournalFailure {
    JournalFailure(description: "the journal \(path): \(words(error))")
  }

  static func words(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      "the file is damaged; move it away and start again, mail in the spool is not touched"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it locked; end that program"
    case .SQLITE_FULL: "the disk is full; make room"
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      "it may not be written; give it to the gate's user"
    default: error.message ?? "SQLite error \(error.resultCode.rawValue)"
    }
  }

  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: schema) }
    // What is not finished is asked for at each start, what is old each hour.
    migrator.registerMigration("2") {
      try $0.execute(sql: "CREATE INDEX message_finished ON message(finished_at)")
    }
    migrator.registerMigration("judgements") { try $0.execute(sql: JudgementRows.schema) }
    migrator.registerMigration("reports") { try $0.execute(sql: ReportTables.schema) }
    return migrator
  }

  /// Times are microseconds since 1970; addresses are lower case.
  private static let schema = """
    CREATE TABLE message(
      id TEXT PRIMARY KEY, accepted_at INTEGER NOT NULL, listener TEXT NOT NULL,
      client TEXT NOT NULL, account TEXT, hello TEXT, tls TEXT, sender TEXT NOT NULL,
      message_id TEXT, header_from TEXT, size INTEGER NOT NULL, held TEXT, finished_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX message_time ON message(accepted_at);
    CREATE INDEX message_message_id ON message(message_id);
    CREATE INDEX message_sender ON message(sender);
    CREATE INDEX message_client ON message(client);
    CREATE INDEX message_account ON message(account) WHERE account IS NOT NULL;
    CREATE TABLE recipient(
      message TEXT NOT NULL, n INTEGER NOT NULL, address TEXT NOT NULL, domain TEXT NOT NULL,
      reason TEXT, state TEXT NOT NULL, next_at INTEGER, PRIMARY KEY(message, n)
    ) WITHOUT ROWID;
    CREATE INDEX recipient_address ON recipient(address);
    CREATE INDEX recipient_domain ON recipient(domain);
    CREATE TABLE attempt(
      message TEXT NOT NULL, started_at INTEGER NOT NULL, n INTEGER NOT NULL,
      ended_at INTEGER NOT NULL, destination TEXT NOT NULL, remote TEXT, host TEXT, tls TEXT,
      state TEXT NOT NULL, reply TEXT, text TEXT NOT NULL, PRIMARY KEY(message, started_at, n)
    ) WITHOUT ROWID;
    CREATE INDEX attempt_host ON attempt(host);
    CREATE TABLE action(
      message TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, by TEXT NOT NULL,
      reason TEXT NOT NULL, PRIMARY KEY(message, at, what)
    ) WITHOUT ROWID;
    CREATE TABLE refusal(
      id TEXT NOT NULL, at INTEGER NOT NULL, recipient TEXT NOT NULL, domain TEXT NOT NULL,
      sender TEXT NOT NULL, listener TEXT NOT NULL, client TEXT NOT NULL, account TEXT, hello TEXT,
      reply TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(id, recipient, at)
    ) WITHOUT ROWID;
    CREATE INDEX refusal_time ON refusal(at);
    CREATE INDEX refusal_recipient ON refusal(recipient);
    CREATE INDEX refusal_sender ON refusal(sender);
    CREATE INDEX refusal_client ON refusal(client);
    """
}
