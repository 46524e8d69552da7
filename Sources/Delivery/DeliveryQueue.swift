package import Mail
package import SMTP
package import Spool

/// Which messages are due, as a value: it knows no clock, spool or network.
///
/// A message is in exactly one of two places: waiting with the moment it is due, or under way.
package struct DeliveryQueue: Sendable {
  private var waiting: [TraceID: Timestamp] = [:]
  private var underWay: Set<TraceID> = []
  /// Attempts at once.
  private let limit: Int

  package init(limit: Int) { self.limit = limit }

  /// Messages known here.
  package var count: Int { waiting.count + underWay.count }

  /// A message must be tried at `at`, or nothing is left to do for it (nil). One that is under way
  /// is taken up again by `finished`.
  package mutating func set(_ id: TraceID, dueAt at: Timestamp?) {
    guard !underWay.contains(id) else { return }
    waiting[id] = at
  }

  /// Takes out what is due now, oldest first, as many as may run.
  package mutating func takeDue(now: Timestamp) -> [TraceID] {
    let free = limit - underWay.count
    guard free > 0 else { return [] }
    let due = waiting.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    let taken = due.prefix(free).map(\.key)
    for id in taken {
      waiting[id] = nil
      underWay.insert(id)
    }
    return taken
  }

  package mutating func finished(_ id: TraceID, dueAt at: Timestamp?) {
    underWay.remove(id)
    waiting[id] = at
  }

  /// When something waiting is due next.
  package var nextDue: Timestamp? { waiting.values.min() }
}

extension StoredMessage {
  /// When the message is due: the earliest of its recipients; nil when held or finished.
  package var dueAt: Timestamp? {
    guard hold == nil else { return nil }
    return recipients.compactMap { state in
      if case .queued(_, let next) = state { next } else { nil }
    }.min()
  }
}
