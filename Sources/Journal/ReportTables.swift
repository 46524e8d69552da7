import GRDB
import Mail

/// Reports in and out: what others said of our mail, and what we are going to say of theirs.
struct ReportTables {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Rows of one domain's tally in a day; what is beyond is counted in a row without words.
  static let tallyLimit = 10_000
  /// Domains of one report in a day: strangers choose them, so the rest is not counted.
  static let tallyDomainLimit = 10_000

  /// A count too large to be true is this much, so that no sum overflows.
  private static let countLimit = 1 << 40

  static let schema = """
    CREATE TABLE report(
      message TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
      organization TEXT NOT NULL, report_id TEXT NOT NULL, UNIQUE(kind, organization, report_id)
    ) WITHOUT ROWID;
    CREATE INDEX report_time ON report(at);
    CREATE TABLE report_row(
      message TEXT NOT NULL, n INTEGER NOT NULL, subject TEXT NOT NULL, source TEXT NOT NULL,
      outcome TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(message, n)
    ) WITHOUT ROWID;
    CREATE TABLE tally(
      kind TEXT NOT NULL, day INTEGER NOT NULL, domain TEXT NOT NULL, policy TEXT NOT NULL,
      row TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(kind, day, domain, policy, row)
    ) WITHOUT ROWID;
    CREATE TABLE daily(name TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
    """

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// A report that came before, by whatever mail, is not counted again.
  func add(_ report: JournaledReport) throws {
    let id = "\(report.message)"
    try run(
      "INSERT OR IGNORE INTO report VALUES (?,?,?,?,?)",
      [id, report.at.microseconds, report.kind, report.organization, report.reportID])
    guard database.changesCount > 0 else { return }
    var rows = report.rows
    if rows.count > JournaledReport.rowLimit {
      let rest = rows[(JournaledReport.rowLimit - 1)...]
      rows.removeLast(rest.count)
      rows.append(
        .init(
          subject: "", source: "", outcome: "not told apart",
          count: rest.reduce(0) { $0.addingClamped($1.count) }))
    }
    for (index, row) in rows.enumerated() {
      try run(
        "INSERT OR REPLACE INTO report_row VALUES (?,?,?,?,?,?)",
        [
          id, index, row.subject, row.source, row.outcome,
          min(max(0, row.count), Self.countLimit),
        ])
    }
  }

  func add(_ tally: Tally) throws {
    if try increase(tally, row: tally.row) { return }
    let known = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM tally WHERE kind = ? AND day = ? AND domain = ?",
      arguments: [tally.kind, tally.day, tally.domain])
    if known == 0, try isFull(tally.kind, tally.day) { return }
    let row = known ?? 0 < Self.tallyLimit ? tally.row : ""
    if row.isEmpty, try increase(tally, row: row) { return }
    try run(
      "INSERT INTO tally VALUES (?,?,?,?,?,?)",
      [tally.kind, tally.day, tally.domain, tally.policy, row, tally.count])
  }

  private func isFull(_ kind: String, _ day: Int) throws -> Bool {
    let domains = try Int.fetchOne(
      database, sql: "SELECT count(DISTINCT domain) FROM tally WHERE kind = ? AND day = ?",
      arguments: [kind, day])
    return domains ?? 0 >= Self.tallyDomainLimit
  }

  private func increase(_ tally: Tally, row: String) throws -> Bool {
    try run(
      """
      UPDATE tally SET count = count + ?
      WHERE kind = ? AND day = ? AND domain = ? AND policy = ? AND row = ?
      """, [tally.count, tally.kind, tally.day, tally.domain, tally.policy, row])
    return database.changesCount > 0
  }
}

extension Int {
  /// A sum too large to be true stays at the largest number.
  func addingClamped(_ other: Int) -> Int {
    let (sum, isOverflow) = addingReportingOverflow(other)
    return isOverflow ? .max : sum
  }
}

// What the daily reports ask; all of it blocks.
extension Journal {
  /// The domains with something to tell of a day.
  package func talliedDomains(_ kind: String, day: Int) -> [String] {
    let domains = try? pool.read { database in
      try String.fetchAll(
        database, sql: "SELECT DISTINCT domain FROM tally WHERE kind = ? AND day = ?",
        arguments: [kind, day])
    }
    return domains ?? []
  }

  package func tallies(_ kind: String, day: Int, domain: String) -> [Tally] {
    let rows = try? pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM tally WHERE kind = ? AND day = ? AND domain = ?",
        arguments: [kind, day, domain])
    }
    return (rows ?? []).map { row in
      Tally(
        kind: kind, day: day, domain: domain, policy: row["policy"], row: row["row"],
        count: row["count"])
    }
  }

  /// What was told, or will never be, goes.
  package func dropTallies(_ kind: String, day: Int, domain: String) {
    try? pool.write { database in
      try database.execute(
        sql: "DELETE FROM tally WHERE kind = ? AND day = ? AND domain = ?",
        arguments: [kind, day, domain])
    }
  }

  package func dropTallies(_ kind: String, before day: Int) {
    try? pool.write { database in
      try database.execute(
        sql: "DELETE FROM tally WHERE kind = ? AND day < ?", arguments: [kind, day])
    }
  }

  /// The last day that a daily task has done; nil before the first.
  package func lastDay(of name: String) -> Int? {
    try? pool.read { database in
      try Int.fetchOne(database, sql: "SELECT day FROM daily WHERE name = ?", arguments: [name])
    }
  }

  package func noteDay(_ day: Int, of name: String) {
    try? pool.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO daily VALUES (?,?)", arguments: [name, day])
    }
  }
}
