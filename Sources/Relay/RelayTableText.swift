import SMTP

/// The relay table for people: situations that differ in nothing but what does not matter are one row.
package struct RelayTableText: Sendable {
  /// One kind of mail and what is done with it, in words.
  package struct Row: Hashable, Sendable, Encodable {
    package let listener: String
    package let client: String
    package let recipient: String
    package let isAccepted: Bool
    package let decision: String

    /// `mx · anyone · to foreign recipients · refused: relaying denied`.
    package var line: String { "\(listener) · \(client) · to \(recipient) · \(decision)" }
  }

  package let rows: [Row]

  package init(_ table: RelayTable) {
    var rows: [Row] = []
    let all = table.situations
    for listener in ListenerKind.allCases {
      for recipient in RecipientClass.allCases {
        let situations = all.filter {
          $0.listener == listener && $0.recipient == recipient
        }
        let decided = Dictionary(grouping: situations) { table.decide($0) }
        for (decision, group) in decided.sorted(by: { $0.value.count > $1.value.count }) {
          let who = decided.count == 1 ? "anyone" : Self.clients(group, of: situations)
          rows.append(
            Row(
              listener: listener.rawValue, client: who, recipient: recipient.words,
              isAccepted: decision.isAcceptance, decision: decision.words))
        }
      }
    }
    self.rows = rows
  }

  static func clients(_ group: [Situation], of all: [Situation]) -> String {
    var parts: [String] = []
    let identities = Set(group.map(\.identity))
    if identities == [.anonymous] { parts.append("without a login") }
    if !identities.contains(.anonymous) { parts.append("with a login") }
    let clients = Set(group.map(\.client))
    if clients != Set(all.map(\.client)) {
      parts.append("from " + clients.map(\.words).sorted().joined(separator: ", "))
    }
    let senders = Set(group.map(\.sender))
    if senders.count < SenderClass.allCases.count {
      parts.append("as " + senders.map(\.words).sorted().joined(separator: ", "))
    }
    return parts.isEmpty ? "anyone" : parts.joined(separator: " ")
  }
}

extension RecipientClass {
  var words: String {
    switch self {
    case .ownUser: "our users"
    case .unknownUser: "unknown users of our domains"
    case .barePostmaster: "the bare <Postmaster>"
    case .foreign: "foreign recipients"
    case .literal: "address literals"
    case .disguised: "disguised recipients"
    }
  }
}

extension ClientClass {
  var words: String {
    switch self {
    case .named(let name): "network \(name)"
    case .loopback: "this machine"
    case .unnamedPrivate: "other private addresses"
    case .public: "the internet"
    }
  }
}

extension SenderClass {
  var words: String {
    switch self {
    case .null: "nobody (<>)"
    case .accountAddress: "the account's own address"
    case .ownDomain: "an address of our domains"
    case .foreign: "a foreign address"
    }
  }
}

extension RelayDecision {
  package var words: String {
    switch self {
    case .accept(let reason): "accepted \(reason.rawValue)"
    case .refuse(let refusal): "refused: \(refusal.rawValue)"
    }
  }
}
