import Mail
import SMTP

/// A situation that must be refused and is not, told as a dialogue.
package struct CounterExample: Hashable, Sendable {
  package let situation: Situation
  /// `S:` and `C:` lines of a session that would relay.
  package let dialogue: [String]

  /// Somebody on the internet (RFC 5737).
  static let stranger = IPAddress.v4(0xCB00_7109)

  /// The client is what the situation says.
  init(situation: Situation, policy: RelayPolicy) {
    let client = Self.client(situation, policy)
    let kind = situation.listener.rawValue
    self.init(
      situation, policy, start: ["(a client at \(client) connects to the \(kind) listener)"])
  }

  /// Somebody at `claimedBy` only says that he is, and is believed.
  init(situation: Situation, policy: RelayPolicy, claimedBy: IPAddress, byProxyHeader: Bool) {
    let client = Self.client(situation, policy)
    let kind = situation.listener.rawValue
    let start = ["(somebody at \(claimedBy) connects to the \(kind) listener)"]
    if byProxyHeader {
      let family = client.contains(":") ? "TCP6" : "TCP4"
      self.init(
        situation, policy, start: start + ["C: PROXY \(family) \(client) \(client) 40000 25"])
    } else {
      let value = client.contains(":") ? "IPV6:\(client)" : client
      self.init(
        situation, policy, start: start,
        claim: [
          "C: XCLIENT ADDR=\(value)", "S: 220 \(policy.hostname.ascii)", "C: EHLO client.example",
        ]
      )
    }
  }

  private init(
    _ situation: Situation, _ policy: RelayPolicy, start: [String], claim: [String] = []
  ) {
    self.situation = situation
    let own = policy.domains.first?.domain.ascii ?? policy.hostname.ascii
    var lines = start
    lines += ["S: 220 \(policy.hostname.ascii)", "C: EHLO client.example", "S: 250 ok"]
    if !claim.isEmpty { lines += claim + ["S: 250 ok"] }
    if situation.usesTLS {
      lines += ["C: STARTTLS", "S: 220 ok", "C: EHLO client.example", "S: 250 ok"]
    }
    if situation.identity != .anonymous { lines += ["C: AUTH PLAIN …", "S: 235 ok"] }
    lines += [
      "C: MAIL FROM:\(Self.sender(situation.sender, own))", "S: 250 ok",
      "C: RCPT TO:\(Self.recipient(situation.recipient, own))", "S: 250 ok   ← relays",
    ]
    dialogue = lines
  }

  private static func client(_ situation: Situation, _ policy: RelayPolicy) -> String {
    switch situation.client {
    case .named(let name):
      policy.networks.first { $0.name == name }?.ranges.first.map { "\($0.base)" } ?? "?"
    case .loopback: "127.0.0.1"
    case .unnamedPrivate: "192.168.200.200"
    case .public: "\(stranger)"
    }
  }

  private static func sender(_ sender: SenderClass, _ own: String) -> String {
    switch sender {
    case .null: "<>"
    case .accountAddress, .ownDomain: "<user@\(own)>"
    case .foreign: "<stranger@elsewhere.example>"
    }
  }

  private static func recipient(_ recipient: RecipientClass, _ own: String) -> String {
    switch recipient {
    case .disguised: "<victim%elsewhere.example@\(own)>"
    case .literal: "<victim@[203.0.113.25]>"
    case .barePostmaster: "<postmaster>"
    default: "<victim@elsewhere.example>"
    }
  }
}
