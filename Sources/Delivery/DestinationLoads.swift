import Mail
import SMTP

/// How many attempts each destination bears at once, as a value: it knows no clock and no network.
///
/// The number a destination may have grows by one with each success up to `ceiling` and halves with each
/// trouble (AIMD, as TCP and Postfix's scheduler do). In trouble it is also left alone for a while, which
/// doubles with each further trouble; then one attempt, the probe, finds out whether it is back. Who finds
/// the door full or closed is parked, and called when somebody leaves: 50,000 messages to a dead host cost
/// nothing but their places.
struct DestinationLoads: Sendable {
  /// What an attempt hears at the door.
  enum Door: Hashable, Sendable {
    case open
    /// As many as it bears are inside; the message is parked.
    case full
    /// It had trouble a moment ago: do not even connect. `isProbe` asks the message to come again then,
    /// others are parked.
    case closed(until: Timestamp, why: String, isProbe: Bool)
  }

  /// Who is to come again, and when.
  struct Call: Hashable, Sendable {
    let id: TraceID
    let at: Timestamp
  }

  private var loads: [Destination: DestinationLoad] = [:]
  /// Attempts that any destination is given at most.
  var ceiling: Int

  /// Attempts that a destination bears before it has shown anything; Postfix starts with 5.
  private static let initial = 5

  init(ceiling: Int) { self.ceiling = ceiling }

  // A load is changed where it stands: a copy of it, changed, would copy everything parked there.

  mutating func enter(_ destination: Destination, _ id: TraceID, now: Timestamp) -> Door {
    loads[destination, default: DestinationLoad(bears: min(Self.initial, ceiling))]
      .enter(id, now: now)
  }

  /// An attempt is over; `trouble` says why the destination as a whole could not be reached.
  mutating func leave(_ destination: Destination, trouble: String?, now: Timestamp) -> [Call] {
    let calls = loads[destination]?.leave(trouble: trouble, ceiling: ceiling, now: now) ?? []
    if loads[destination]?.isForgettable(ceiling: ceiling) == true { loads[destination] = nil }
    if loads.count > Self.knownLimit { forget(now: now) }
    return calls
  }

  /// Destinations that are remembered; beyond, those at rest are forgotten.
  private static let knownLimit = 10_000

  private mutating func forget(now: Timestamp) {
    loads = loads.filter { $0.value.isAtWork(now: now) }
  }
}

/// One destination's.
private struct DestinationLoad: Sendable {
  private var inside = 0
  private var bears: Int
  private var parked = Parking()
  private var troubles = 0
  private var closedUntil: Timestamp?
  private var hasProbe = false
  private var why = ""

  /// Seconds a destination is left alone after its first trouble, and at most.
  private static let firstPause = 30
  private static let longestPause = 600

  init(bears: Int) { self.bears = bears }

  /// Whether it tells nothing that a new one would not.
  func isForgettable(ceiling: Int) -> Bool {
    inside == 0 && parked.isEmpty && troubles == 0 && bears >= ceiling
  }

  func isAtWork(now: Timestamp) -> Bool {
    inside > 0 || !parked.isEmpty || closedUntil.map { $0 > now } == true
  }

  mutating func enter(_ id: TraceID, now: Timestamp) -> DestinationLoads.Door {
    parked.take(id)
    if let until = closedUntil, until > now {
      let isProbe = !hasProbe
      hasProbe = true
      if !isProbe { parked.add(id) }
      return .closed(until: until, why: why, isProbe: isProbe)
    }
    guard inside < bears else {
      parked.add(id)
      return .full
    }
    inside += 1
    return .open
  }

  mutating func leave(
    trouble: String?, ceiling: Int, now: Timestamp
  ) -> [DestinationLoads.Call] {
    inside -= 1
    return trouble.map { close($0, now) } ?? open(ceiling, now)
  }

  private mutating func open(_ ceiling: Int, _ now: Timestamp) -> [DestinationLoads.Call] {
    bears = min(ceiling, bears + 1)
    (troubles, closedUntil, hasProbe) = (0, nil, false)
    return parked.take(max(0, bears - inside)).map { .init(id: $0, at: now) }
  }

  private mutating func close(_ trouble: String, _ now: Timestamp) -> [DestinationLoads.Call] {
    why = trouble
    // Attempts that were inside together fail together: that is one trouble.
    if let until = closedUntil, until > now { return [] }
    bears = max(1, bears / 2)
    let until = now + min(Self.longestPause, Self.firstPause << min(troubles, 10))
    troubles += 1
    closedUntil = until
    let probe = parked.take(1)
    hasProbe = !probe.isEmpty
    return probe.map { .init(id: $0, at: until) }
  }
}

/// Messages that wait at a door, first come first served, each once.
private struct Parking: Sendable {
  private var queue: [TraceID] = []
  private var head = 0
  private var members: Set<TraceID> = []

  var isEmpty: Bool { members.isEmpty }

  mutating func add(_ id: TraceID) {
    if members.insert(id).inserted { queue.append(id) }
  }

  /// Takes one out wherever it stands; its place in the queue is passed over later.
  mutating func take(_ id: TraceID) { members.remove(id) }

  /// Takes out the first `count`.
  mutating func take(_ count: Int) -> [TraceID] {
    var taken: [TraceID] = []
    while taken.count < count, head < queue.count {
      let id = queue[head]
      head += 1
      if members.remove(id) != nil { taken.append(id) }
    }
    if head > 1024, head * 2 > queue.count {
      queue.removeFirst(head)
      head = 0
    }
    return taken
  }
}
