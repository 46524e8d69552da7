package import Mail
package import SMTP
package import Spool

/// What the journal is told of.
package enum JournalEvent: Sendable {
  /// A message is on the disk; for each recipient the reason why it was taken, as far as it is known.
  case accepted(StoredMessage, reasons: [String])
  /// A message that the spool had at a start: a crash may have kept it from us.
  case retold(StoredMessage)
  /// A message after a change.
  case changed(StoredMessage, Change)
  case refused(Refusal)
  /// What inspection said of a message, taken or not.
  case judged(TraceID, Judgement, at: Timestamp)
  /// The spool finished this message and a crash kept from us how.
  case forgotten(TraceID, at: Timestamp)
  /// What the gate found about a message that is kept: `identity`, `spf pass a.example; …`.
  case remarked(TraceID, at: Timestamp, subject: String, String)
  /// A report of others arrived.
  case reported(JournaledReport)
  /// Something to be told in a report of ours.
  case tallied(Tally)
}

/// A report of others on our mail, reduced to what is summed up.
package struct JournaledReport: Hashable, Sendable {
  /// What a report counts of one subject and source.
  package struct Row: Hashable, Sendable {
    /// The domain it is about.
    package var subject: String
    /// Where the mail came from, or went to.
    package var source: String
    /// `pass`, `fail`, a kind of failure or feedback.
    package var outcome: String
    package var count: Int

    package init(subject: String, source: String, outcome: String, count: Int) {
      (self.subject, self.source, self.outcome, self.count) = (subject, source, outcome, count)
    }
  }

  /// Rows of one report that are kept; the rest is counted in one of them.
  package static let rowLimit = 1000

  /// The message that brought it.
  package var message: TraceID
  package var at: Timestamp
  /// `dmarc`, `tls`, `feedback`.
  package var kind: String
  /// Who reports, and the report's own name: the same one twice counts once.
  package var organization: String
  package var reportID: String
  package var rows: [Row]

  package init(
    message: TraceID, at: Timestamp, kind: String, organization: String, reportID: String,
    rows: [Row]
  ) {
    self.message = message
    self.at = at
    self.kind = kind
    self.organization = organization
    self.reportID = reportID
    self.rows = rows
  }
}

/// One thing that a daily report of ours will count.
package struct Tally: Hashable, Sendable {
  /// Which report: `dmarc`, `tls`.
  package var kind: String
  /// Days since 1970, UTC.
  package var day: Int
  /// Whose report.
  package var domain: String
  /// The policy that held, and what happened under it; both in the report's own words.
  package var policy: String
  package var row: String
  package var count: Int

  package init(
    kind: String, day: Int, domain: String, policy: String, row: String, count: Int = 1
  ) {
    self.kind = kind
    self.day = day
    self.domain = domain
    self.policy = policy
    self.row = row
    self.count = count
  }
}

/// A recipient that was refused at RCPT.
package struct Refusal: Hashable, Sendable {
  package var id: TraceID
  package var at: Timestamp
  package var origin: Origin
  package var sender: String
  package var recipient: String
  package var reply: Reply
  package var reason: String

  package init(
    id: TraceID, at: Timestamp, origin: Origin, sender: String, recipient: String, reply: Reply,
    reason: String
  ) {
    self.id = id
    self.at = at
    self.origin = origin
    self.sender = sender
    self.recipient = recipient
    self.reply = reply
    self.reason = reason
  }
}

/// How the journal is.
package enum JournalState: Hashable, Sendable {
  case ok
  /// It can't be written now; what it was told waits.
  case behind(String)
}

/// Why the journal can't be used.
package struct JournalFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence with the remedy.
  package let description: String
}
