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

  private struct Load: Sendable {
    var inside = 0
    var bears: Int
    var parked = Parking()
    var troubles = 0
    var closedUntil: Timestamp?
    var hasProbe = false
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

  init(ceiling: Int) { self.ceiling = ceiling }

  mutating func enter(_ destination: Destination, _ id: TraceID, now: Timestamp) -> Door {
    var load = loads[destination] ?? Load(bears: min(Self.initial, ceiling))
    defer { loads[destination] = load }
    load.parked.take(id)
    if let until = load.closedUntil, until > now {
      let isProbe = !load.hasProbe
      load.hasProbe = true
      if !isProbe { load.parked.add(id) }
      return .closed(until: until, why: load.why, isProbe: isProbe)
    }
    guard load.inside < load.bears else {
      load.parked.add(id)
      return .full
    }
    load.inside += 1
    return .open
  }

  /// An attempt is over; `trouble` says why the destination as a whole could not be reached.
  mutating func leave(_ destination: Destination, trouble: String?, now: Timestamp) -> [Call] {
    guard var load = loads[destination] else { return [] }
    load.inside -= 1
    let calls = trouble.map { close(&load, $0, now) } ?? open(&load, now)
    let isForgotten = load.inside == 0 && load.parked.isEmpty && load.troubles == 0
    loads[destination] = isForgotten && load.bears >= ceiling ? nil : load
    if loads.count > Self.knownLimit { forget(now: now) }
    return calls
  }

  private func open(_ load: inout Load, _ now: Timestamp) -> [Call] {
    load.bears = min(ceiling, load.bears + 1)
    (load.troubles, load.closedUntil, load.hasProbe) = (0, nil, false)
    return load.parked.take(max(0, load.bears - load.inside)).map { Call(id: $0, at: now) }
  }

  private func close(_ load: inout Load, _ trouble: String, _ now: Timestamp) -> [Call] {
    load.why = trouble
    // Attempts that were inside together fail together: that is one trouble.
    if let until = load.closedUntil, until > now { return [] }
    load.bears = max(1, load.bears / 2)
    let until = now + min(Self.longestPause, Self.firstPause << min(load.troubles, 10))
    load.troubles += 1
    load.closedUntil = until
    let probe = load.parked.take(1)
    load.hasProbe = !probe.isEmpty
    return probe.map { Call(id: $0, at: until) }
  }

  /// Destinations that are remembered; beyond, those at rest are forgotten.
  private static let knownLimit = 10_000

  private mutating func forget(now: Timestamp) {
    loads = loads.filter { _, load in
      load.inside > 0 || !load.parked.isEmpty || load.closedUntil.map { $0 > now } == true
    }
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
