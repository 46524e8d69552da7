/// Everything the journal knows about a word, newest first. Times are RFC 3339.
package struct Trace: Codable, Hashable, Sendable {
  package var messages: [TracedMessage]
  package var refusals: [TracedRefusal]
}

/// The whole life of a message.
package struct TracedMessage: Codable, Hashable, Sendable {
  package var id: String
  /// What inspection said; nil where it had nothing to say.
  package var judgement: Judgement?
  package var acceptedAt: String
  package var finishedAt: String?
  package var listener: String
  package var client: String
  package var account: String?
  package var hello: String?
  package var tls: String?
  package var sender: String
  package var messageID: String?
  package var headerFrom: String?
  package var size: Int
  package var held: String?
  package var recipients: [TracedRecipient]
  package var actions: [TracedAction]
}

/// One recipient with every attempt.
package struct TracedRecipient: Codable, Hashable, Sendable {
  package var address: String
  /// Why the recipient was taken: `own recipient`, `authenticated`.
  package var reason: String?
  package var state: String
  package var nextAttemptAt: String?
  package var attempts: [TracedAttempt]
}

/// One attempt for one recipient.
package struct TracedAttempt: Codable, Hashable, Sendable {
  package var at: String
  package var seconds: Double
  package var destination: String
  package var remote: String?
  package var tls: String?
  package var state: String
  package var reply: String?
  package var text: String
}

/// What a person, or the gate, did to a message.
package struct TracedAction: Codable, Hashable, Sendable {
  package var at: String
  package var what: String
  package var by: String
  package var reason: String
}

/// A recipient that was refused.
package struct TracedRefusal: Codable, Hashable, Sendable {
  package var id: String
  package var at: String
  package var listener: String
  package var client: String
  package var account: String?
  package var hello: String?
  package var sender: String
  package var recipient: String
  package var reply: String
  package var reason: String
  /// What inspection said, where the message was refused for it.
  package var judgement: Judgement?
}
