import Mail
import SMTP

/// The proof that no stranger reaches a stranger: every situation of the table is asked.
///
/// "Stranger" and "elsewhere" are defined here anew, not borrowed from the table's own code, so that a
/// mistake there shows here.
package struct RelayProof: Sendable {
  /// Rows asked.
  package let count: Int
  package let counterExamples: [CounterExample]
  /// Settings that can't be judged safe whatever the table says.
  package let faults: [String]
  /// Safe, but worth a look.
  package let warnings: [String]

  package var isProven: Bool { counterExamples.isEmpty && faults.isEmpty }

  package init(_ policy: RelayPolicy) {
    let table = RelayTable(policy: policy)
    let situations = table.situations
    count = situations.count
    counterExamples = situations.compactMap { situation in
      guard Self.mustBeRefused(situation, policy), table.decide(situation).isAcceptance else {
        return nil
      }
      return CounterExample(situation: situation, policy: policy)
    }
    faults = Self.faults(of: policy)
    warnings = Self.warnings(of: policy)
  }

  /// A stranger has not authenticated and is in no network that was named for relaying; elsewhere is
  /// every recipient that is not one of ours.
  private static func mustBeRefused(_ situation: Situation, _ policy: RelayPolicy) -> Bool {
    switch situation.recipient {
    case .ownUser, .unknownUser: return false
    case .foreign, .literal, .disguised: break
    }
    if situation.recipient != .foreign { return true }
    if situation.listener == .submission { return situation.identity == .anonymous }
    guard situation.listener == .internal, case .named(let name) = situation.client else {
      return true
    }
    return policy.networks.first { $0.name == name }?.relays != true
  }

  private static func faults(of policy: RelayPolicy) -> [String] {
    var faults: [String] = []
    for network in policy.networks where network.relays {
      for range in network.ranges where range.coversPublicSpace {
        faults.append(
          "network \"\(network.name)\": \(range) has public addresses; a network relays only where "
            + "all its addresses are private. Name the hosts' private addresses, or let them log in."
        )
      }
      if network.hosts == nil {
        faults.append(
          "network \"\(network.name)\" relays but does not say how many hosts it is; add hosts = N."
        )
      }
      if let hosts = network.hosts,
        network.ranges.reduce(0, { $0 &+ min($1.count, 1 << 40) }) < hosts
      {
        faults.append(
          "network \"\(network.name)\" has fewer addresses than the \(hosts) hosts it says.")
      }
    }
    return faults
  }

  /// Addresses that many clients hide behind, with what puts them there.
  private static let gateways: [(address: String, what: String)] = [
    ("172.17.0.1", "Docker's default bridge"),
    ("172.18.0.1", "Docker's second bridge"),
    ("192.168.65.1", "Docker Desktop"),
    ("10.88.0.1", "Podman's default bridge"),
    ("10.0.2.2", "QEMU's and VirtualBox's user network"),
    ("192.168.122.1", "libvirt's default network"),
  ]

  private static func warnings(of policy: RelayPolicy) -> [String] {
    var warnings: [String] = []
    for network in policy.networks where network.relays {
      for gateway in gateways {
        guard let address = IPAddress(gateway.address),
          network.ranges.contains(where: { $0.contains(address) })
        else { continue }
        warnings.append(
          "network \"\(network.name)\" has \(address), the gateway of \(gateway.what): every client "
            + "behind it, strangers through a published port too, looks like that one host.")
      }
      let size = network.ranges.reduce(0) { $0 &+ min($1.count, 1 << 40) }
      if let hosts = network.hosts, size > 16 * max(hosts, 1) {
        warnings.append(
          "network \"\(network.name)\" has \(size) addresses for \(hosts) hosts; name the hosts.")
      }
    }
    for domain in policy.domains {
      if case .any = domain.recipients {
        warnings.append(
          "domain \(domain.domain): recipients = \"any\" accepts mail for users that do not exist; "
            + "the bounces go to innocent senders.")
      }
    }
    return warnings
  }
}

/// A situation that must be refused and is not, told as a dialogue.
package struct CounterExample: Hashable, Sendable {
  package let situation: Situation
  /// `S:` and `C:` lines of a session that would relay.
  package let dialogue: [String]

  init(situation: Situation, policy: RelayPolicy) {
    self.situation = situation
    let own = policy.domains.first?.domain.ascii ?? policy.hostname.ascii
    let client: String =
      switch situation.client {
      case .named(let name):
        policy.networks.first { $0.name == name }?.ranges.first.map { "\($0.base)" } ?? "?"
      case .loopback: "127.0.0.1"
      case .unnamedPrivate: "192.168.200.200"
      case .public: "203.0.113.9"
      }
    let sender: String =
      switch situation.sender {
      case .null: "<>"
      case .accountAddress, .ownDomain: "<user@\(own)>"
      case .foreign: "<stranger@elsewhere.example>"
      }
    let recipient: String =
      switch situation.recipient {
      case .disguised: "<victim%elsewhere.example@\(own)>"
      case .literal: "<victim@[203.0.113.25]>"
      default: "<victim@elsewhere.example>"
      }
    var lines = ["(a client at \(client) connects to the \(situation.listener.rawValue) listener)"]
    lines += ["S: 220 \(policy.hostname.ascii)", "C: EHLO client.example", "S: 250 ok"]
    if situation.usesTLS {
      lines += ["C: STARTTLS", "S: 220 ok", "C: EHLO client.example", "S: 250 ok"]
    }
    if situation.identity != .anonymous { lines += ["C: AUTH PLAIN …", "S: 235 ok"] }
    lines += [
      "C: MAIL FROM:\(sender)", "S: 250 ok", "C: RCPT TO:\(recipient)", "S: 250 ok   ← relays",
    ]
    dialogue = lines
  }
}
