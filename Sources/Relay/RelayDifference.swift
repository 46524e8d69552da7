import SMTP

/// What another policy would treat differently, in words; empty when nothing.
///
/// Situations of both policies are asked of both, so a network that only one of them names is seen by
/// the other as what its addresses are without a name.
package struct RelayDifference: Sendable {
  /// `internal · from network n · to foreign recipients · was refused: …, would be accepted …`.
  package let lines: [String]

  package init(from old: RelayPolicy, to new: RelayPolicy) {
    let (before, after) = (RelayTable(policy: old), RelayTable(policy: new))
    let situations = Self.union(before.situations, after.situations)
    var groups: [(key: Change, situations: [Situation])] = []
    var places: [Change: Int] = [:]
    for situation in situations {
      let was = before.decide(situation.seen(by: old))
      let would = after.decide(situation.seen(by: new))
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
    lines = groups.map { change, group in
      let peers = situations.filter {
        $0.listener == change.listener && $0.recipient == change.recipient
      }
      return
        "\(change.listener.rawValue) · \(RelayTableText.clients(group, of: peers)) · to "
        + "\(change.recipient.words) · was \(change.was.words), would be \(change.would.words)"
    }
  }

  private struct Change: Hashable {
    let listener: ListenerKind
    let recipient: RecipientClass
    let was: RelayDecision
    let would: RelayDecision
  }

  private static func union(_ left: [Situation], _ right: [Situation]) -> [Situation] {
    let known = Set(left)
    return left + right.filter { !known.contains($0) }
  }
}

extension Situation {
  /// A named network that a policy does not have is to it what its addresses are: private.
  fileprivate func seen(by policy: RelayPolicy) -> Situation {
    guard case .named(let name) = client, !policy.networks.contains(where: { $0.name == name })
    else { return self }
    var seen = self
    seen.client = .unnamedPrivate
    return seen
  }
}
