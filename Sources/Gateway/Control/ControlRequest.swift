package import Spool

/// What the command line asks of the running gate: one JSON object a line on the control socket.
package struct ControlRequest: Codable, Sendable {
  /// The verb.
  package enum Command: String, Codable, Sendable {
    case status, list, show, hold, release, retry, remove
  }

  package var command: Command
  /// Message ids; empty for `status` and `list`.
  package var ids: [String]
  /// The operator's login name.
  package var by: String
  /// Why a message is held or removed.
  package var reason: String
  /// Messages of a list, at most.
  package var limit: Int
  /// Whether only held messages are meant.
  package var onlyHeld: Bool
  /// What opens a held message's attachments: it is inspected with it before it goes.
  package var password: String?

  package init(
    _ command: Command, ids: [String] = [], by: String = "", reason: String = "", limit: Int = 1000,
    onlyHeld: Bool = false, password: String? = nil
  ) {
    self.password = password
    self.command = command
    self.ids = ids
    self.by = by
    self.reason = reason
    self.limit = limit
    self.onlyHeld = onlyHeld
  }
}

/// What the gate answers.
package struct ControlAnswer: Codable, Sendable {
  /// What went wrong; nil when nothing did.
  package var error: String?
  package var status: GateStatus?
  package var messages: [QueuedMessage]?
  /// Messages in the queue, when a list shows fewer.
  package var total: Int?

  package init(
    error: String? = nil, status: GateStatus? = nil, messages: [QueuedMessage]? = nil,
    total: Int? = nil
  ) {
    self.error = error
    self.status = status
    self.messages = messages
    self.total = total
  }
}

/// A message in the queue as `kadomori queue` shows it. Times are RFC 3339 in UTC.
package struct QueuedMessage: Codable, Sendable {
  package var id: String
  package var acceptedAt: String
  package var ageSeconds: Int
  package var size: Int
  package var sender: String
  package var client: String
  package var account: String?
  package var messageID: String?
  package var held: String?
  package var recipients: [QueuedRecipient]
}

/// One recipient of a queued message.
package struct QueuedRecipient: Codable, Sendable {
  package var address: String
  /// `queued`, `delivered`, `failed`, `removed`.
  package var state: String
  package var attempts: Int?
  package var nextAttemptAt: String?
  /// Its destination had trouble and is left alone until then; nil where it is not.
  package var pausedUntil: String?
  package var pausedWhy: String?
}

/// The gate at a glance.
package struct GateStatus: Codable, Sendable {
  package var hostname: String
  package var startedAt: String
  package var listeners: [String]
  package var sessions: Int
  package var accepted: Int
  package var refused: Int
  package var delivered: Int
  package var deferred: Int
  package var failed: Int
  package var loginFailures: Int
  /// Messages by verdict; empty where nobody looks into mail.
  package var verdicts: [String: Int]
  /// Nil where nobody looks into mail.
  package var inspection: InspectionStatus?
  package var queued: Int
  package var held: Int
  package var oldestSeconds: Int
  /// `ok`, or what the journal suffers from.
  package var journal: String
  package var journalWaiting: Int
  package var syncs: SyncCounts
  /// What is wrong with this gate; empty when mail may be sent to it.
  package var warnings: [String]
  /// What an administrator should look at though the gate does its work: every gate beside it has the same,
  /// or nothing of it is lost by waiting.
  package var notes: [String]

  /// Whether mail may be sent here: what a load balancer asks.
  package var isHealthy: Bool { warnings.isEmpty }
}
