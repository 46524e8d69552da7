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
    /// Places in the envelope, ascending.
    package let recipients: [Int]
  }

  /// The end of data has one reply for all recipients (RFC 5321 §4.2.5): the message is refused, or put
  /// off, only where that is right for each; otherwise those recipients' share is held.
  init(_ actions: [Action]) {
    guard let mildest = actions.min() else {
      self = .take([])
      return
    }
    if mildest == .refuse {
      self = .refuse
    } else if mildest == .defer {
      self = .defer
    } else {
      let groups = Dictionary(grouping: actions.indices) { min(actions[$0], .hold) }
      self = .take(
        groups.sorted { $0.key < $1.key }.map { Share(action: $0.key, recipients: $0.value) })
    }
  }
}
