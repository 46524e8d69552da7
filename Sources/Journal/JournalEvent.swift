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
