import GRDB
import Inspection
import Mail
import SMTP

/// Judgements in the journal's tables.
enum JudgementRows {
  static let schema = """
    CREATE TABLE judgement(
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT NOT NULL, score REAL NOT NULL,
      action TEXT NOT NULL, milliseconds REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX judgement_time ON judgement(at);
    CREATE TABLE finding(
      message TEXT NOT NULL, n INTEGER NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL,
      weight REAL NOT NULL, evidence TEXT NOT NULL, start INTEGER, end INTEGER, path TEXT,
      ja TEXT NOT NULL, en TEXT NOT NULL, PRIMARY KEY(message, n)
    ) WITHOUT ROWID;
    CREATE INDEX finding_rule ON finding(rule);
    """

  static func write(
    _ judgement: Judgement, of id: TraceID, at: Timestamp, _ database: Database
  ) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO judgement VALUES (?,?,?,?,?,?)")
      .execute(arguments: [
        "\(id)", at.microseconds, judgement.verdict.rawValue, judgement.score, judgement.action,
        judgement.milliseconds,
      ])
    // It may have been judged before, with more findings.
    try database.cachedStatement(sql: "DELETE FROM finding WHERE message = ?")
      .execute(arguments: ["\(id)"])
    for (index, finding) in judgement.findings.enumerated() {
      try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO finding VALUES (?,?,?,?,?,?,?,?,?,?,?)"
      ).execute(arguments: [
        "\(id)", index, finding.rule, finding.kind.rawValue, finding.weight, finding.evidence,
        finding.place?.lowerBound, finding.place?.upperBound, finding.path, finding.sentence.ja,
        finding.sentence.en,
      ])
    }
  }

  static func read(_ id: String, _ database: Database) throws -> Judgement? {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM judgement WHERE id = ?", arguments: [id]),
      let verdict = Verdict(rawValue: row["verdict"])
    else { return nil }
    let findings = try Row.fetchAll(
      database, sql: "SELECT * FROM finding WHERE message = ? ORDER BY n", arguments: [id])
    return Judgement(
      verdict: verdict, score: row["score"], action: row["action"],
      milliseconds: row["milliseconds"], findings: findings.compactMap(finding))
  }

  private static func finding(_ row: Row) -> Finding? {
    guard let kind = FindingKind(rawValue: row["kind"]) else { return nil }
    var place: Range<Int>?
    if let start = row["start"] as Int?, let end = row["end"] as Int?, start <= end {
      place = start..<end
    }
    return Finding(
      row["rule"], kind, weight: row["weight"], evidence: row["evidence"], place: place,
      path: row["path"], Sentence(ja: row["ja"], en: row["en"]))
  }

  /// Forgets what was judged before a moment.
  static func prune(before moment: Timestamp, limit: Int, _ database: Database) throws -> Int {
    let ids = try String.fetchAll(
      database, sql: "SELECT id FROM judgement WHERE at < ? LIMIT ?",
      arguments: [moment.microseconds, limit])
    for id in ids {
      try database.execute(sql: "DELETE FROM judgement WHERE id = ?", arguments: [id])
      try database.execute(sql: "DELETE FROM finding WHERE message = ?", arguments: [id])
    }
    return ids.count
  }
}
