import Mail
import SMTP

/// How many attempts each destination bears at once, as a value: it knows no clock and no network.
///
/// The number a destination may have grows by one with each success up to `ceiling` and halves with each
/// trouble (AIMD, as TCP and Postfix's scheduler do). In trouble it is also left alone for a while, which
/// doubles; one attempt then finds out whether it is back. Who finds it full is parked, and woken when
/// somebody leaves.
struct DestinationLoads: Sendable {
  /// What an attempt hears at the door.
  enum Door: Hashable, Sendable {
    case open
    /// As many as it bears are inside; the message was parked.
    case full
    /// It had trouble a moment ago: do not even connect.
    case closed(until: Timestamp, why: String)
  }

  private struct Load: Sendable {
    var inside = 0
    var bears: Int
    var parked: [TraceID] = []
    var troubles = 0
    var closedUntil: Timestamp?
    var why = ""
  }

  private var loads: [Destination: Load] = [:]
  /// Attempts that any destination is given at most.
  var ceiling: Int

  /// Attempts that a destination bears before it has shown anything; Postfix starts with 5.
  private static let initial = 5
  /// Seconds a destination is left alone after its first trouble, and at most.
  private static let firstPause = 30
  private static let longestPause = 600
  /// Messages parked at one destination; the others come again by the queue's clock.
  private static let parkLimit = 10_000

  init(ceiling: Int) { self.ceiling = ceiling }

  mutating func enter(_ destination: Destination, _ id: TraceID, now: Timestamp) -> Door {
    var load = loads[destination] ?? Load(bears: min(Self.initial, ceiling))
    defer { loads[destination] = load }
    if let until = load.closedUntil, until > now { return .closed(until: until, why: load.why) }
    guard load.inside < load.bears else {
      if load.parked.count < Self.parkLimit { load.parked.append(id) }
      return .full
    }
    load.inside += 1
    return .open
  }

  /// An attempt is over; `trouble` says why the destination as a whole could not be reached. Returns
  /// who is to be woken.
  mutating func leave(_ destination: Destination, trouble: String?, now: Timestamp) -> [TraceID] {
    guard var load = loads[destination] else { return [] }
    load.inside -= 1
    if let trouble {
      load.bears = max(1, load.bears / 2)
      let pause = min(Self.longestPause, Self.firstPause << min(load.troubles, 10))
      load.troubles += 1
      load.closedUntil = now + pause
      load.why = trouble
    } else {
      load.bears = min(ceiling, load.bears + 1)
      load.troubles = 0
      load.closedUntil = nil
    }
    // The parked learn of a closed door at once, each its own retry time.
    let count = trouble == nil ? max(0, load.bears - load.inside) : load.parked.count
    let woken = Array(load.parked.prefix(count))
    load.parked.removeFirst(woken.count)
    let isForgotten = load.inside == 0 && load.parked.isEmpty && load.troubles == 0
    loads[destination] = isForgotten && load.bears >= ceiling ? nil : load
    if loads.count > Self.knownLimit { forget(now: now) }
    return woken
  }

  /// Destinations that are remembered; beyond, those at rest are forgotten.
  private static let knownLimit = 10_000

  private mutating func forget(now: Timestamp) {
    loads = loads.filter { _, load in
      load.inside > 0 || !load.parked.isEmpty || load.closedUntil.map { $0 > now } == true
    }
  }
}
