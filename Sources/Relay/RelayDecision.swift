package import SMTP

/// What the table says of one recipient.
package enum RelayDecision: Hashable, Sendable {
  case accept(Reason)
  case refuse(Refusal)

  /// Which row accepted.
  package enum Reason: String, Hashable, Sendable {
    case ownRecipient = "for a recipient of ours"
    case authenticated = "from an authenticated account"
    case relayingNetwork = "from a network that may relay"
    case ruleOfSettings = "by a rule of the settings"
  }

  /// Why it is refused.
  package enum Refusal: String, Hashable, Sendable {
    case relayingDenied = "relaying denied"
    case unknownUser = "no such recipient"
    case noPostmaster = "no postmaster and no domain of ours"
    case disguised = "another address hidden in the local part or route"
    case literal = "address literals are not delivered to"
    case authenticationRequired = "authentication required"
    case senderNotYours = "sender address not of this account"
    case notForThisClient = "client not of a named network"
    case ruleOfSettings = "refused by a rule of the settings"

    package var reply: Reply {
      switch self {
      case .relayingDenied, .disguised, .literal:
        Reply(550, .init(5, 7, 1), "Relaying denied")
      case .unknownUser, .noPostmaster: Reply(550, .init(5, 1, 1), "No such recipient here")
      case .authenticationRequired: Reply(530, .init(5, 7, 0), "Authentication required")
      case .senderNotYours: Reply(553, .init(5, 7, 1), "Sender address not allowed")
      case .notForThisClient, .ruleOfSettings: Reply(550, .init(5, 7, 1), "Not allowed")
      }
    }
  }

  package var isAcceptance: Bool {
    if case .accept = self { true } else { false }
  }
}
