import Mail
import SMTP

/// What another policy would treat differently, in words; empty when nothing.
///
/// Two parts: what the relay table says of each kind of mail, and what the kinds mean and where their
/// mail goes (`PolicyWords`), which the table can't see: a wider network is the same row.
package struct RelayDifference: Sendable {
  /// `internal · from network n · to foreign recipients · was refused: …, would be accepted …`.
  package let lines: [String]

  package init(from old: RelayPolicy, to new: RelayPolicy) {
    lines = Self.rows(from: old, to: new) + PolicyWords.changes(from: old, to: new)
  }

  private struct Change: Hashable {
    let listener: ListenerKind
    let recipient: RecipientClass
    let was: RelayDecision
    let would: RelayDecision
  }

  /// Situations of both policies are asked of both, so a network that only one of them names is seen by
  /// the other as what its addresses are there.
  private static func rows(from old: RelayPolicy, to new: RelayPolicy) -> [String] {
    let (before, after) = (RelayTable(policy: old), RelayTable(policy: new))
    let situations = union(before.situations, after.situations)
    let names = old.networks + new.networks
    var groups: [(key: Change, situations: [Situation])] = []
    var places: [Change: Int] = [:]
    for situation in situations {
      let was = before.decide(situation.seen(by: old, names))
      let would = after.decide(situation.seen(by: new, names))
      guard was != would else { continue }
      let change = Change(
        listener: situation.listener, recipient: situation.recipient, was: was, would: would)
      if let place = places[change] {
        groups[place].situations.append(situation)
      } else {
        places[change] = groups.count
        groups.append((change, [situation]))
      }
    }
    return groups.map { change, group in
      let peers = situations.filter {
        $0.listener == change.listener && $0.recipient == change.recipient
      }
      return
        "\(change.listener.rawValue) · \(RelayTableText.clients(group, of: peers)) · to "
        + "\(change.recipient.words) · was \(change.was.words), would be \(change.would.words)"
    }
  }

  private static func union(_ left: [Situation], _ right: [Situation]) -> [Situation] {
    let known = Set(left)
    return left + right.filter { !known.contains($0) }
  }
}

extension Situation {
  /// A named network that a policy does not have is to it what its first address is.
  fileprivate func seen(by policy: RelayPolicy, _ names: [NamedNetwork]) -> Situation {
    guard case .named(let name) = client, !policy.networks.contains(where: { $0.name == name })
    else { return self }
    var seen = self
    let base = names.first { $0.name == name }?.ranges.first?.base
    seen.client = base.map(Classifier(policy: policy).client) ?? .unnamedPrivate
    return seen
  }
}
