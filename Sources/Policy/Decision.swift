package import Inspection

/// What is done with one message: one answer to the client, and for what is taken an action a recipient.
package enum Decision: Hashable, Sendable {
  case refuse
  case `defer`
  /// Recipients by what is done for them; each index once, severest last.
  case take([Share])

  /// Recipients for whom the same is done.
  package struct Share: Hashable, Sendable {
    /// One that takes.
    package let action: Action
    /// Findings at whose places parts are taken out.
    package let removed: [Finding]
    /// Places in the envelope, ascending.
    package let recipients: [Int]

    package init(_ action: Action, removed: [Finding] = [], _ recipients: [Int]) {
      self.action = action
      self.removed = removed
      self.recipients = recipients
    }
  }

  /// The end of data has one reply for all recipients (RFC 5321 §4.2.5): the message is refused, or put
  /// off, only where that is right for each; otherwise those recipients' share is held.
  init(_ treatments: [Treatment]) {
    guard let mildest = treatments.map(\.action).min() else {
      self = .take([])
      return
    }
    if mildest == .refuse {
      self = .refuse
    } else if mildest == .defer {
      self = .defer
    } else {
      let groups = Dictionary(grouping: treatments.indices) { index in
        treatments[index].action > .hold ? Treatment(.hold) : treatments[index]
      }
      let shares = groups.map {
        Share($0.key.action, removed: $0.key.removed, $0.value)
      }
      self = .take(
        shares.sorted { ($0.action, $0.recipients[0]) < ($1.action, $1.recipients[0]) })
    }
  }
}
