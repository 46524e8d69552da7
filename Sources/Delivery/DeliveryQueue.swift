package import Mail
package import SMTP

/// Which messages are due, as a value: it knows no clock, spool or network.
///
/// A message is in exactly one of two places: waiting with the moment it is due, or under way. The moments
/// stand in a binary heap too; an entry there that `waiting` no longer confirms is passed over.
package struct DeliveryQueue: Sendable {
  private struct Entry: Comparable, Sendable {
    let at: Timestamp
    let id: TraceID

    static func < (left: Entry, right: Entry) -> Bool { (left.at, left.id) < (right.at, right.id) }
  }

  private var waiting: [TraceID: Timestamp] = [:]
  private var underWay: Set<TraceID> = []
  /// Calls for messages that were under way when they came.
  private var calls: [TraceID: Timestamp] = [:]
  private var heap: [Entry] = []
  /// Attempts at once.
  private let limit: Int

  package init(limit: Int) { self.limit = limit }

  /// Messages known here.
  package var count: Int { waiting.count + underWay.count }
  /// Messages that are being tried.
  package var underWayCount: Int { underWay.count }

  /// A message must be tried at `at`, or nothing is left to do for it (nil). One that is under way
  /// is taken up again by `finished`.
  package mutating func set(_ id: TraceID, dueAt at: Timestamp?) {
    guard !underWay.contains(id), waiting[id] != at else { return }
    waiting[id] = at
    if let at { push(Entry(at: at, id: id)) }
  }

  /// Takes out what is due now, oldest first, as many as may run.
  package mutating func takeDue(now: Timestamp) -> [TraceID] {
    var taken: [TraceID] = []
    while underWay.count < limit, let next = nextDue, next <= now {
      let entry = pop()
      waiting[entry.id] = nil
      underWay.insert(entry.id)
      taken.append(entry.id)
    }
    return taken
  }

  package mutating func finished(_ id: TraceID, dueAt at: Timestamp?) {
    underWay.remove(id)
    let call = calls.removeValue(forKey: id)
    set(id, dueAt: at.map { at in call.map { min($0, at) } ?? at })
  }

  /// A place at its destination is free at `at`. One that is still under way, on its way to waiting, is not
  /// forgotten.
  package mutating func call(_ id: TraceID, at: Timestamp) {
    if underWay.contains(id) { calls[id] = at } else { set(id, dueAt: at) }
  }

  /// When something waiting is due next.
  package var nextDue: Timestamp? {
    mutating get {
      while let first = heap.first {
        if waiting[first.id] == first.at { return first.at }
        _ = pop()
      }
      return nil
    }
  }

  // MARK: The heap, smallest first

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Entry {
    heap.swapAt(0, heap.count - 1)
    let first = heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child] < heap[least] { least = child }
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
