import SMTP

/// The relay table: one decision for every situation. The running gate and the proof ask this same
/// function, so what is proved is what runs.
package struct RelayTable: Sendable {
  package let policy: RelayPolicy

  package init(policy: RelayPolicy) { self.policy = policy }

  /// Rules of the settings first, then the fixed rows; whatever none of them accepts is refused.
  package func decide(_ situation: Situation) -> RelayDecision {
    if let rule = policy.rules.first(where: { $0.matches(situation) }) {
      return rule.accepts ? .accept(.ruleOfSettings) : .refuse(.ruleOfSettings)
    }
    if let refusal = refusalOfClient(situation) { return .refuse(refusal) }
    switch situation.recipient {
    case .ownUser: return .accept(.ownRecipient)
    case .unknownUser: return .refuse(.unknownUser)
    case .barePostmaster:
      return policy.hasPostmaster ? .accept(.ownRecipient) : .refuse(.noPostmaster)
    case .disguised: return .refuse(.disguised)
    case .literal: return .refuse(.literal)
    case .foreign: return decideForeign(situation)
    }
  }

  /// What a listener wants of every client, whoever the recipient.
  private func refusalOfClient(_ situation: Situation) -> RelayDecision.Refusal? {
    switch (situation.listener, situation.identity) {
    case (.submission, .anonymous): .authenticationRequired
    case (.submission, .account(let right)):
      mayClaim(situation.sender, right) ? nil : .senderNotYours
    case (.internal, _):
      if case .named = situation.client { nil } else { .notForThisClient }
    case (.mx, _): nil
    }
  }

  private func mayClaim(_ sender: SenderClass, _ right: SenderRight) -> Bool {
    switch sender {
    case .accountAddress: true
    // A person's program sends notifications (read receipts) with a null sender (RFC 8098 §2.1).
    case .null: true
    case .ownDomain: right != .ownAddresses
    case .foreign: right == .anything
    }
  }

  private func decideForeign(_ situation: Situation) -> RelayDecision {
    if situation.listener == .submission, case .account = situation.identity {
      return .accept(.authenticated)
    }
    if situation.listener == .internal, case .named(let name) = situation.client,
      policy.networks.contains(where: { $0.name == name && $0.relays })
    {
      return .accept(.relayingNetwork)
    }
    return .refuse(.relayingDenied)
  }

  /// Every situation there can be under this policy.
  package var situations: [Situation] {
    let clients =
      policy.networks.map { ClientClass.named($0.name) } + [.loopback, .unnamedPrivate, .public]
    let identities = [Identity.anonymous] + SenderRight.allCases.map(Identity.account)
    var all: [Situation] = []
    for listener in ListenerKind.allCases {
      for client in clients {
        for usesTLS in [true, false] {
          for identity in identities {
            for sender in SenderClass.allCases {
              for recipient in RecipientClass.allCases {
                all.append(
                  Situation(
                    listener: listener, client: client, usesTLS: usesTLS, identity: identity,
                    sender: sender, recipient: recipient))
              }
            }
          }
        }
      }
    }
    // Nobody can claim an account's address without having one.
    return all.filter { $0.identity != .anonymous || $0.sender != .accountAddress }
  }
}
