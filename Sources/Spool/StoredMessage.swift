package import Mail
package import SMTP

/// A message at rest: what was accepted and what has become of each recipient.
///
/// The bytes themselves are read apart (`Spool.body(of:)`), so that a queue of 200,000 fits in memory.
package struct StoredMessage: Hashable, Sendable {
  package let id: TraceID
  package let acceptedAt: Timestamp
  package let origin: Origin
  package let envelope: Envelope
  /// Octets of the stored body, our Received field included.
  package let storedSize: Int
  package let facts: HeaderFacts
  /// One state for each of `envelope.recipients`, same order.
  package var recipients: [RecipientState]
  /// Set while the message is held: nothing is tried until it is released.
  package var hold: Hold?
  /// Whether the sender was told of the delay; told once.
  package var delayReported: Bool
  /// How the body is read.
  package private(set) var amendment: Amendment

  /// `size` is what is stored. An amendment that does not fit is our own mistake.
  package init(
    id: TraceID, acceptedAt: Timestamp, origin: Origin, envelope: Envelope, size: Int,
    facts: HeaderFacts, hold: Hold? = nil, amendment: Amendment = .none
  ) {
    precondition(amendment.fits(size), "an amendment speaks of octets that are there")
    self.id = id
    self.acceptedAt = acceptedAt
    self.origin = origin
    self.envelope = envelope
    storedSize = size
    self.facts = facts
    recipients = envelope.recipients.map { _ in .queued(attempts: 0, next: acceptedAt) }
    self.hold = hold
    delayReported = false
    self.amendment = amendment
  }

  /// Octets of the message as it is read and handed on.
  package var size: Int { storedSize + amendment.growth }

  /// Lets the body be read so from now on. False, and nothing done, for places that it has not.
  @discardableResult
  package mutating func amend(_ amendment: Amendment) -> Bool {
    guard amendment.fits(storedSize) else { return false }
    self.amendment = amendment
    return true
  }

  /// Whether nothing is left to do for any recipient.
  package var isFinished: Bool { recipients.allSatisfy(\.isFinal) }
}

/// The few header fields that `trace` finds a message by. Raw UTF-8, each cut at 998 bytes.
package struct HeaderFacts: Hashable, Sendable {
  /// Message-ID with its angle brackets.
  package var messageID: String?
  package var from: String?

  package init(messageID: String? = nil, from: String? = nil) {
    self.messageID = messageID
    self.from = from
  }
}

/// What has become of one recipient.
package enum RecipientState: Hashable, Sendable {
  /// To be tried at `next` at the earliest; `attempts` were made so far.
  case queued(attempts: Int, next: Timestamp)
  case delivered
  /// Refused for good or expired; the sender was told as the envelope asks.
  case failed
  /// Taken out by a person; nobody was told.
  case removed

  package var isFinal: Bool {
    if case .queued = self { false } else { true }
  }
}

/// Why a message waits for a person, and who said so.
package struct Hold: Hashable, Sendable {
  package let reason: String
  /// An operator's login name, or `gate`.
  package let by: String
  package let at: Timestamp

  package init(reason: String, by: String, at: Timestamp) {
    self.reason = reason
    self.by = by
    self.at = at
  }
}

/// One try to hand a message over, for the recipients that share a destination.
package struct Attempt: Hashable, Sendable {
  package let startedAt: Timestamp
  package let endedAt: Timestamp
  /// The route in words: `mx example.jp`, `lmtp 127.0.0.1:24`, `maildir`.
  package let destination: String
  /// `mail.example.jp [192.0.2.1]:25`; nil when no connection came about.
  package let remote: String?
  package let tls: TLSFacts?
  package let results: [RecipientResult]

  package init(
    startedAt: Timestamp, endedAt: Timestamp, destination: String, remote: String? = nil,
    tls: TLSFacts? = nil, results: [RecipientResult]
  ) {
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.destination = destination
    self.remote = remote
    self.tls = tls
    self.results = results
  }
}

/// What one attempt gave for one recipient.
package struct RecipientResult: Hashable, Sendable {
  /// Index into `envelope.recipients`.
  package let recipient: Int
  /// The recipient's state from now on.
  package let state: RecipientState
  /// The remote's reply; nil where it never came to one.
  package let reply: Reply?
  /// One sentence for the log: `connection refused`, `no MX or address for example.jp`.
  package let text: String

  package init(recipient: Int, state: RecipientState, reply: Reply?, text: String) {
    self.recipient = recipient
    self.state = state
    self.reply = reply
    self.text = text
  }
}

/// One change of a message's state, as the log records it.
package enum Change: Hashable, Sendable {
  case attempted(Attempt)
  case held(Hold)
  /// Back to the queue, due at once.
  case released(by: String, reason: String, at: Timestamp)
  /// Due at `at` whatever the schedule said.
  case rescheduled(at: Timestamp, by: String)
  /// Every recipient that is not final becomes `.removed`.
  case removed(by: String, reason: String, at: Timestamp)
  case delayReported(at: Timestamp)
  /// Read otherwise from now on; takes the place of the amendment before.
  case amended(Amendment, by: String, at: Timestamp)
}

/// A place in the spool's log: every durable record has one, and later records have greater ones.
package struct LogPosition: Hashable, Comparable, Sendable {
  package let segment: UInt64
  package let offset: UInt64

  package init(segment: UInt64, offset: UInt64) {
    self.segment = segment
    self.offset = offset
  }

  package static func < (left: LogPosition, right: LogPosition) -> Bool {
    (left.segment, left.offset) < (right.segment, right.offset)
  }
}
