import GRDB
import Mail
import SMTP

/// Finds lives of messages, while the gate writes or when it is down.
package struct JournalReader: Sendable {
  private let database: DatabaseQueue
  private let path: String

  package init(path: String) throws(JournalFailure) {
    database = try JournalFile.openForReading(path)
    self.path = path
  }

  init(database: DatabaseQueue, path: String) {
    self.database = database
    self.path = path
  }

  /// Letters of an id that find it.
  private static let idPrefix = 8

  /// Messages and refusals that a word names, newest first, at most `limit` of each: an id or the
  /// beginning of one, a Message-ID, an address, a domain, a client's address, an account, a host.
  package func trace(_ word: String, limit: Int) throws(JournalFailure) -> Trace {
    try read { database in
      let (condition, arguments) = Self.messages(word)
      let ids = try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT id FROM message WHERE id IN (\(condition))
          ORDER BY accepted_at DESC, id DESC LIMIT \(max(0, limit))
          """, arguments: arguments)
      return Trace(
        messages: try ids.compactMap { try Self.message($0, database) },
        refusals: try Self.refusals(word, limit, database))
    }
  }

  func read<Value>(_ work: (Database) throws -> Value) throws(JournalFailure) -> Value {
    do {
      return try database.read(work)
    } catch {
      throw JournalFile.failure(error, path)
    }
  }

  // MARK: Which

  private static func messages(_ word: String) -> (String, StatementArguments) {
    let lower = word.lowercased()
    var parts: [String] = []
    var arguments: StatementArguments = []
    func add(_ sql: String, _ value: String) {
      parts.append(sql)
      arguments += [value]
    }
    if word.utf8.count >= idPrefix, word.utf8.allSatisfy({ isLetterOrDigit($0) }) {
      parts.append("SELECT id FROM message WHERE id >= ? AND id < ?")
      arguments += [word.uppercased(), word.uppercased() + "~"]
    }
    let bare =
      word.hasPrefix("<") && word.hasSuffix(">") ? String(word.dropFirst().dropLast()) : word
    add("SELECT id FROM message WHERE message_id = ?", "<\(bare)>")
    add("SELECT id FROM message WHERE sender = ?", lower)
    add("SELECT message FROM recipient WHERE address = ?", lower)
    add("SELECT message FROM recipient WHERE domain = ?", lower)
    add("SELECT id FROM message WHERE client = ?", lower)
    add("SELECT id FROM message WHERE account = ?", lower)
    add("SELECT message FROM attempt WHERE host = ?", lower)
    if lower.contains("@") {
      add("SELECT id FROM message WHERE instr(lower(header_from), ?) > 0", lower)
    } else if lower.contains(".") {
      // A sender's domain: the part behind the last @.
      let pattern = "%@" + escaped(lower)
      add("SELECT id FROM message WHERE sender LIKE ? ESCAPE '\\'", pattern)
    }
    return (parts.joined(separator: " UNION "), arguments)
  }

  private static func refusals(
    _ word: String, _ limit: Int, _ database: Database
  ) throws -> [TracedRefusal] {
    let lower = word.lowercased()
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM refusal WHERE recipient = ? OR sender = ? OR client = ? OR domain = ?
          OR account = ? OR id = ? ORDER BY at DESC LIMIT \(max(0, limit))
        """, arguments: [lower, lower, lower, lower, lower, word.uppercased()])
    return try rows.map { row in
      TracedRefusal(
        id: row["id"], at: time(row["at"]), listener: row["listener"], client: row["client"],
        account: row["account"], hello: row["hello"], sender: row["sender"],
        recipient: row["recipient"], reply: row["reply"], reason: row["reason"],
        judgement: try JudgementRows.read(row["id"], database))
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// LIKE's wildcards taken for what they are.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if "%_\\".unicodeScalars.contains(scalar) { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }

  // MARK: What

  private static func time(_ microseconds: Int64) -> String {
    Timestamp(microseconds: microseconds).iso8601
  }

  private static func message(_ id: String, _ database: Database) throws -> TracedMessage? {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM message WHERE id = ?", arguments: [id])
    else { return nil }
    let attempts = try Row.fetchAll(
      database, sql: "SELECT * FROM attempt WHERE message = ? ORDER BY started_at", arguments: [id])
    let byRecipient = Dictionary(grouping: attempts) { $0["n"] as Int }
    let recipients = try Row.fetchAll(
      database, sql: "SELECT * FROM recipient WHERE message = ? ORDER BY n", arguments: [id])
    let actions = try Row.fetchAll(
      database, sql: "SELECT * FROM action WHERE message = ? ORDER BY at", arguments: [id])
    return TracedMessage(
      id: id, judgement: try JudgementRows.read(id, database), acceptedAt: time(row["accepted_at"]),
      finishedAt: (row["finished_at"] as Int64?).map(time), listener: row["listener"],
      client: row["client"], account: row["account"], hello: row["hello"], tls: row["tls"],
      sender: row["sender"], messageID: row["message_id"], headerFrom: row["header_from"],
      size: row["size"], held: row["held"],
      recipients: recipients.map { recipient in
        TracedRecipient(
          address: recipient["address"], reason: recipient["reason"], state: recipient["state"],
          nextAttemptAt: (recipient["next_at"] as Int64?).map(time),
          attempts: (byRecipient[recipient["n"]] ?? []).map(attempt))
      },
      actions: actions.map {
        TracedAction(at: time($0["at"]), what: $0["what"], by: $0["by"], reason: $0["reason"])
      })
  }

  private static func attempt(_ row: Row) -> TracedAttempt {
    let (start, end) = (row["started_at"] as Int64, row["ended_at"] as Int64)
    return TracedAttempt(
      at: time(start), seconds: Double(end - start) / 1_000_000, destination: row["destination"],
      remote: row["remote"], tls: row["tls"], state: row["state"], reply: row["reply"],
      text: row["text"])
  }
}
