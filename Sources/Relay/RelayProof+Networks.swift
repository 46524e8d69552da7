import Mail
import SMTP

// What the proof says of networks that relay, of what lies behind them, and of domains.
extension RelayProof {
  static func faults(of policy: RelayPolicy) -> [String] {
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
      if let hosts = network.hosts, network.addressCount < hosts {
        faults.append(
          "network \"\(network.name)\" has fewer addresses than the \(hosts) hosts it says.")
      }
    }
    return faults
  }

  /// Addresses that many clients hide behind, with what puts them there.
  private static let gateways: [(address: String, what: String)] =
    (17...31).map { ("172.\($0).0.1", "a Docker bridge network") } + [
      ("192.168.65.1", "Docker Desktop"),
      ("10.88.0.1", "Podman's default bridge"),
      ("10.244.0.1", "Kubernetes pods (flannel, kind)"),
      ("10.42.0.1", "Kubernetes pods (k3s, RKE2)"),
      ("10.0.2.2", "QEMU's and VirtualBox's user network"),
      ("192.168.122.1", "libvirt's default network"),
      ("192.168.0.1", "many NAT routers"),
      ("192.168.1.1", "many NAT routers"),
      ("10.0.0.1", "many NAT routers"),
    ]

  /// The gateways that lie in these ranges, as words.
  static func gateways(in ranges: [Network]) -> [String] {
    gateways.compactMap { gateway in
      guard let address = IPAddress(gateway.address),
        ranges.contains(where: { $0.contains(address) })
      else { return nil }
      return "\(address), the gateway of \(gateway.what)"
    }
  }

  /// Addresses a host beyond which nobody knows what a range holds.
  private static let generousAddresses = 16

  static func warnings(of policy: RelayPolicy) -> [String] {
    var warnings: [String] = []
    let isServed = policy.listeners.contains { $0.kind == .internal }
    for network in policy.networks where network.relays {
      if !isServed {
        warnings.append(
          "network \"\(network.name)\" relays, but no [[listener]] of kind \"internal\" serves it: its "
            + "hosts will hear \"Relaying denied\". Add one, such as address = \"10.0.0.1:2525\".")
      }
      warnings += gateways(in: network.ranges).map {
        "network \"\(network.name)\" has \($0): every client behind it, strangers through a "
          + "published port too, looks like that one host."
      }
      let size = network.addressCount
      if let hosts = network.hosts, size > generousAddresses * max(hosts, 1) {
        warnings.append(
          "network \"\(network.name)\" has \(size) addresses for \(hosts) hosts; name the hosts.")
      }
    }
    return warnings
  }

  /// Mail that is taken and then lost or sent back to the innocent.
  static func warnings(ofDomains policy: RelayPolicy, _ table: RelayTable) -> [String] {
    var warnings: [String] = []
    for domain in policy.domains {
      if case .any = domain.recipients {
        warnings.append(
          "domain \(domain.domain): recipients = \"any\" accepts mail for users that do not exist; "
            + "the bounces go to innocent senders.")
      }
    }
    let backscatter = table.situations.filter {
      $0.recipient == .unknownUser && table.decide($0).isAcceptance
    }
    let kinds = ListenerKind.allCases.filter { kind in
      backscatter.contains { $0.listener == kind }
    }
    if !kinds.isEmpty {
      warnings.append(
        "a rule accepts mail for users that do not exist (\(kinds.words)); the bounces go to "
          + "innocent senders.")
    }
    if policy.foreignRoute == .discard {
      warnings.append(
        "outbound.route = \"discard\": mail for everybody else is accepted and thrown away.")
    }
    return warnings
  }
}

extension NamedNetwork {
  /// How many addresses it has, or a number too large to care.
  var addressCount: Int { ranges.addressCount }
}

extension [Network] {
  /// How many addresses they have together, each at most 2⁴⁰.
  var addressCount: Int { reduce(0) { $0 &+ Swift.min($1.count, 1 << 40) } }
}

extension [ListenerKind] {
  var words: String { map(\.rawValue).joined(separator: ", ") }
}
