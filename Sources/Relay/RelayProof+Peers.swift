import Mail
import SMTP

// Who may say who the client is, by the PROXY protocol or XCLIENT, is as trusted as the networks that he
// may name: a stranger among such peers is in whatever network he likes.
extension RelayProof {
  /// Peers of one listener that are believed, with the setting that says so.
  private struct Trust {
    let kind: ListenerKind
    let setting: String
    let ranges: [Network]
    /// What such a peer says to be another.
    let isProxy: Bool
  }

  private static func trusts(_ policy: RelayPolicy) -> [Trust] {
    policy.listeners.flatMap { listener in
      [
        Trust(kind: listener.kind, setting: "proxies", ranges: listener.proxies, isProxy: true),
        Trust(
          kind: listener.kind, setting: "xclient", ranges: listener.clientAttributePeers,
          isProxy: false),
      ]
    }
  }

  /// Only an internal listener opens anything to a network, so only there is a public peer a fault. It
  /// is one even while no network is named: listeners stay through a reload, networks do not.
  static func faults(ofPeers policy: RelayPolicy) -> [String] {
    trusts(policy).filter { $0.kind == .internal }.flatMap { trust in
      trust.ranges.filter(\.coversPublicSpace).map { range in
        "internal listener, \(trust.setting): \(range) has public addresses; whoever connects from "
          + "there may say that he is a host of any network. Name your own proxies' private "
          + "addresses."
      }
    }
  }

  static func counterExamples(
    ofPeers policy: RelayPolicy, _ table: RelayTable
  ) -> [CounterExample] {
    trusts(policy).filter { $0.kind == .internal }.compactMap { trust in
      guard let open = trust.ranges.first(where: \.coversPublicSpace) else { return nil }
      let named = policy.networks.lazy.map { network in
        Situation(
          listener: .internal, client: .named(network.name), usesTLS: false, identity: .anonymous,
          sender: .foreign, recipient: .foreign)
      }
      guard let situation = named.first(where: { table.decide($0).isAcceptance }) else {
        return nil
      }
      return CounterExample(
        situation: situation, policy: policy,
        claimedBy: open.contains(CounterExample.stranger) ? CounterExample.stranger : open.base,
        byProxyHeader: trust.isProxy)
    }
  }

  /// Private peers beyond which nobody knows them all.
  private static let manyPeers = 16

  static func warnings(ofPeers policy: RelayPolicy) -> [String] {
    trusts(policy).flatMap { trust -> [String] in
      let place = "\(trust.kind.rawValue) listener, \(trust.setting)"
      var warnings: [String] = []
      if trust.kind != .internal {
        warnings += trust.ranges.filter(\.coversPublicSpace).map {
          "\(place): \($0) has public addresses; who connects from there may say that he is anyone, "
            + "and log, journal and limits believe it."
        }
      }
      let inside = trust.ranges.filter { !$0.coversPublicSpace && !$0.base.isLoopback }
      guard inside.addressCount <= manyPeers else {
        return warnings + [
          "\(place): \(inside.addressCount) addresses may say who the client is, as any host of any "
            + "network; name the proxies only."
        ]
      }
      return warnings
        + gateways(in: inside).map {
          "\(place): there is \($0): every client behind it may say who it is."
        }
    }
  }
}
