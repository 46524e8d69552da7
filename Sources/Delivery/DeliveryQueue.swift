package import Mail
package import SMTP

/// Which messages are due, as a value: it knows no clock, spool or network.
///
/// A message is in exactly one of two places: waiting with the moment it is due, or under way. The moments
/// stand in two heaps too, which are served in turn: what is new or was called in one, what a start found
/// or what was tried before in the other. So no new message waits behind 200,000 old ones, nor they behind
/// a stream of new ones. An entry of a heap that `waiting` no longer confirms is passed over.
package struct DeliveryQueue: Sendable {
  private var waiting: [TraceID: Timestamp] = [:]
  private var underWay: Set<TraceID> = []
  /// Those under way that take no place of the others.
  private var aside: Set<TraceID> = []
  /// Calls for messages that were under way when they came.
  private var calls: [TraceID: Timestamp] = [:]
  /// When messages that are under way are due by what was heard of them last.
  private var told: [TraceID: Timestamp] = [:]
  private var new = DueHeap()
  private var old = DueHeap()
  private var isTurnOfNew = true
  private var isClosed = false
  /// Attempts at once, those aside apart.
  private let limit: Int

  package init(limit: Int) { self.limit = limit }

  /// Messages known here.
  package var count: Int { waiting.count + underWay.count }
  /// Messages that are being tried.
  package var underWayCount: Int { underWay.count }

  /// A message must be tried at `at`, or nothing is left to do for it (nil). Of one that is under way that
  /// counts where its attempt leaves nothing to do: it was released behind the attempt's last look at it.
  package mutating func set(_ id: TraceID, dueAt at: Timestamp?, isOld: Bool = false) {
    guard !underWay.contains(id) else {
      told[id] = at
      return
    }
    guard waiting[id] != at else { return }
    waiting[id] = at
    guard let at else { return }
    if isOld { old.push(.init(at: at, id: id)) } else { new.push(.init(at: at, id: id)) }
  }

  /// Takes out what is due now, oldest first in each heap, as many as may run.
  package mutating func takeDue(now: Timestamp) -> [TraceID] {
    var taken: [TraceID] = []
    while let id = takeNext(now: now) { taken.append(id) }
    return taken
  }

  /// The next that is due now and may run; nothing after `close`.
  package mutating func takeNext(now: Timestamp) -> TraceID? {
    guard underWay.count - aside.count < limit, !isClosed, let id = removeNext(now) else {
      return nil
    }
    waiting[id] = nil
    underWay.insert(id)
    return id
  }

  /// What is under way is not followed by anything.
  package mutating func close() { isClosed = true }

  private mutating func removeNext(_ now: Timestamp) -> TraceID? {
    let new = new.first(confirmedBy: waiting).flatMap { $0.at <= now ? $0.id : nil }
    let old = old.first(confirmedBy: waiting).flatMap { $0.at <= now ? $0.id : nil }
    guard let id = isTurnOfNew ? new ?? old : old ?? new else { return nil }
    isTurnOfNew = id != new
    if isTurnOfNew { self.old.removeFirst() } else { self.new.removeFirst() }
    return id
  }

  /// The attempt at this message lasts, or may: another may begin in its place.
  package mutating func stepAside(_ id: TraceID) { if underWay.contains(id) { aside.insert(id) } }

  /// It goes on as the others do.
  package mutating func comeBack(_ id: TraceID) { aside.remove(id) }

  package mutating func finished(_ id: TraceID, dueAt at: Timestamp?) {
    underWay.remove(id)
    aside.remove(id)
    let (call, told) = (calls.removeValue(forKey: id), told.removeValue(forKey: id))
    guard let at else { return set(id, dueAt: told) }
    if let call, call < at { set(id, dueAt: call) } else { set(id, dueAt: at, isOld: true) }
  }

  /// A place at its destination is free at `at`. One that is still under way, on its way to waiting, is not
  /// forgotten.
  package mutating func call(_ id: TraceID, at: Timestamp) {
    if underWay.contains(id) { calls[id] = at } else { set(id, dueAt: at) }
  }

  /// When something waiting is due next.
  package var nextDue: Timestamp? {
    mutating get {
      let old = old.first(confirmedBy: waiting)?.at
      guard let new = new.first(confirmedBy: waiting)?.at else { return old }
      return old.map { min(new, $0) } ?? new
    }
  }
}
