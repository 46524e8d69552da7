import GRDB
import Mail
import SMTP
import Spool

/// Puts one event into the tables. Writing the same event twice leaves the same rows.
struct JournalWriter {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// The last that a batch tells of a message.
  private struct Last {
    let index: Int
    let message: StoredMessage
    let at: Timestamp

    var finishedAt: Timestamp? { message.isFinished ? at : nil }
  }

  /// Writes events in their order. Of a message that came and changed within one batch only the last
  /// state is written: most messages are gone before anyone could look. `pause` is called after each event.
  func write(_ batch: some Collection<JournalEvent>, pause: () -> Void = {}) throws {
    var last: [TraceID: Last] = [:]
    for (index, event) in batch.enumerated() {
      guard case .changed(let message, let change) = event else { continue }
      last[message.id] = Last(index: index, message: message, at: change.at)
    }
    var new: Set<TraceID> = []
    for (index, event) in batch.enumerated() {
      defer { pause() }
      switch event {
      case .accepted(let message, let reasons):
        let present = last[message.id]
        if try accepted(present?.message ?? message, reasons, finishedAt: present?.finishedAt) {
          new.insert(message.id)
        }
      case .retold(let message):
        // Known ones are left alone: their next change brings them up to date, and a queue of 200,000
        // must not be written anew at each start.
        try insert(message, [], finishedAt: nil)
      case .changed(let message, let change):
        try changed(message, change)
        guard let end = last[message.id], end.index == index, !new.contains(message.id) else {
          continue
        }
        try states(message, finishedAt: end.finishedAt)
      case .refused(let refusal): try refused(refusal)
      case .judged(let id, let judgement, let at):
        try JudgementRows.write(judgement, of: id, at: at, database)
      case .forgotten(let id, let at): try forgotten("\(id)", at)
      case .remarked(let id, let at, let subject, let words):
        try action("\(id)", at, subject, "gate", words)
      case .reported(let report): try ReportTables(database).add(report)
      case .tallied(let tally): try ReportTables(database).add(tally)
      }
    }
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// False when the message was there already.
  private func accepted(
    _ message: StoredMessage, _ reasons: [String], finishedAt: Timestamp?
  ) throws -> Bool {
    if try insert(message, reasons, finishedAt: finishedAt) { return true }
    try states(message, finishedAt: finishedAt)
    return false
  }

  @discardableResult
  private func insert(
    _ message: StoredMessage, _ reasons: [String], finishedAt: Timestamp?
  ) throws -> Bool {
    let origin = message.origin
    try run(
      "INSERT OR IGNORE INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        "\(message.id)", message.acceptedAt.microseconds, origin.listener.rawValue,
        "\(origin.address)", origin.account?.lowercased(), origin.hello.map { "\($0)" },
        origin.tls?.version, Self.key(message.envelope.sender.mailbox), message.facts.messageID,
        message.facts.from, message.size, message.hold?.reason, finishedAt?.microseconds,
      ])
    guard database.changesCount > 0 else { return false }
    for (index, recipient) in message.envelope.recipients.enumerated() {
      let (state, next) = Self.columns(message.recipients[index])
      let mailbox = recipient.path.mailbox
      let reason = index < reasons.count ? reasons[index] : nil
      try run(
        "INSERT OR IGNORE INTO recipient VALUES (?,?,?,?,?,?,?)",
        [
          "\(message.id)", index, mailbox == nil ? "postmaster" : Self.key(mailbox),
          mailbox.map { "\($0.host)" } ?? "", reason, state, next,
        ])
    }
    return true
  }

  private func states(_ message: StoredMessage, finishedAt: Timestamp?) throws {
    for (index, state) in message.recipients.enumerated() {
      let (word, next) = Self.columns(state)
      try run(
        "UPDATE recipient SET state = ?, next_at = ? WHERE message = ? AND n = ?",
        [word, next, "\(message.id)", index])
    }
    try run(
      "UPDATE message SET held = ?, finished_at = coalesce(?, finished_at) WHERE id = ?",
      [message.hold?.reason, finishedAt?.microseconds, "\(message.id)"])
  }

  private static func columns(_ state: RecipientState) -> (word: String, next: Int64?) {
    if case .queued(_, let at) = state { return (word(state), at.microseconds) }
    return (word(state), nil)
  }

  private func changed(_ message: StoredMessage, _ change: Change) throws {
    let id = "\(message.id)"
    switch change {
    case .attempted(let attempt): try attempted(id, attempt)
    case .held(let hold): try action(id, change.at, "held", hold.by, hold.reason)
    case .released(let by, let reason, _): try action(id, change.at, "released", by, reason)
    case .rescheduled(_, let by): try action(id, change.at, "rescheduled", by, "")
    case .removed(let by, let reason, _): try action(id, change.at, "removed", by, reason)
    case .delayReported: try action(id, change.at, "delay reported", "gate", "")
    case .amended(_, let by, _): try action(id, change.at, "amended", by, "")
    }
  }

  private func forgotten(_ id: String, _ at: Timestamp) throws {
    try run(
      "UPDATE message SET finished_at = ? WHERE id = ? AND finished_at IS NULL",
      [at.microseconds, id])
    guard database.changesCount > 0 else { return }
    try run(
      "UPDATE recipient SET state = 'unknown', next_at = NULL WHERE message = ? AND state = 'queued'",
      [id])
    try action(
      id, at, "finished", "gate",
      "before a crash that kept the last attempt from this journal; it is not queued any more")
  }

  private func attempted(_ id: String, _ attempt: Attempt) throws {
    for result in attempt.results {
      try run(
        "INSERT OR REPLACE INTO attempt VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        [
          id, attempt.startedAt.microseconds, result.recipient, attempt.endedAt.microseconds,
          attempt.destination, attempt.remote,
          attempt.remote.flatMap { $0.split(separator: " ").first.map { $0.lowercased() } },
          attempt.tls?.words, Self.word(result.state), result.reply?.words,
          result.text,
        ])
    }
  }

  private func action(
    _ id: String, _ at: Timestamp, _ what: String, _ by: String, _ reason: String
  ) throws {
    try run(
      "INSERT OR REPLACE INTO action VALUES (?,?,?,?,?)", [id, at.microseconds, what, by, reason])
  }

  private func refused(_ refusal: Refusal) throws {
    let recipient = refusal.recipient.lowercased()
    let domain = recipient.split(separator: "@").last.map(String.init) ?? ""
    let origin = refusal.origin
    try run(
      "INSERT OR REPLACE INTO refusal VALUES (?,?,?,?,?,?,?,?,?,?,?)",
      [
        "\(refusal.id)", refusal.at.microseconds, recipient, domain, refusal.sender.lowercased(),
        origin.listener.rawValue, "\(origin.address)", origin.account?.lowercased(),
        origin.hello.map { "\($0)" },
        refusal.reply.words, refusal.reason,
      ])
  }

  private static func key(_ mailbox: Mailbox?) -> String {
    mailbox.map { "\($0)".lowercased() } ?? "<>"
  }

  static func word(_ state: RecipientState) -> String {
    switch state {
    case .queued: "queued"
    case .delivered: "delivered"
    case .failed: "failed"
    case .removed: "removed"
    }
  }
}

extension Change {
  /// When it happened.
  fileprivate var at: Timestamp {
    switch self {
    case .attempted(let attempt): attempt.endedAt
    case .held(let hold): hold.at
    case .released(_, _, let at), .rescheduled(let at, _), .removed(_, _, let at),
      .delayReported(let at), .amended(_, _, let at):
      at
    }
  }
}
