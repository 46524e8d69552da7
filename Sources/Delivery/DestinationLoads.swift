import Mail
import SMTP

/// How many attempts each destination bears at once, as a value: it knows no clock and no network.
///
/// The number a destination may have grows by one with each success up to `ceiling` and halves with each
/// trouble (AIMD, as TCP and Postfix's scheduler do). In trouble it is also left alone for a while, which
/// doubles with each further trouble; then one attempt, the probe, finds out whether it is back. Who finds
/// the door full or closed is parked, and called when somebody leaves: 50,000 messages to a dead host cost
/// nothing but their places.
///
/// A host that takes connections and says nothing holds an attempt for five minutes. So an attempt at a
/// destination that has proven nothing lately is made aside, as is each that lasts: neither takes a place of
/// those that live destinations have. Aside there is room for so many young attempts and so many in all.
struct DestinationLoads: Sendable {
  /// What an attempt hears at the door.
  enum Door: Hashable, Sendable {
    /// `isAside` where the attempt takes no place of the others.
    case open(isAside: Bool)
    /// As many as it bears are inside, or there is no room aside; the message is parked.
    case full
    /// It had trouble a moment ago: do not even connect. `isProbe` asks the message to come again then,
    /// others are parked.
    case closed(until: Timestamp, why: String, isProbe: Bool)
    /// We had trouble of our own a moment ago.
    case short(until: Timestamp)
  }

  /// Who is to come again, and when.
  struct Call: Hashable, Sendable {
    let id: TraceID
    let at: Timestamp
  }

  /// How an attempt ended for its destination.
  enum End: Hashable, Sendable {
    /// It spoke, whatever it said.
    case spoke
    /// Why the destination as a whole could not be reached.
    case trouble(String)
    /// Nothing of the destination's doing.
    case ourTrouble
  }

  /// One attempt under way.
  private struct Visit: Sendable {
    let destination: Destination
    let since: Timestamp
    var isAside: Bool
    var isLong = false
  }

  private var loads: [Destination: DestinationLoad] = [:]
  private var visits: [TraceID: Visit] = [:]
  /// Visits aside, those that last long apart.
  private var (young, long) = (0, 0)
  /// Messages that wait for room aside.
  private var crowd = Parking()
  private var shortUntil: Timestamp?
  /// Attempts that any destination is given at most.
  var ceiling: Int

  /// Attempts that a destination bears before it has shown anything; Postfix starts with 5.
  private static let initial = 5
  /// Seconds after which an attempt lasts long: nearly all take less than one.
  private static let longSeconds = 10
  /// Young attempts aside, and all of them: 200 silent hosts with five each.
  static let youngLimit = 100
  static let asideLimit = 1000
  /// Seconds that nobody is connected to after we had no file for a connection.
  private static let shortSeconds = 10

  init(ceiling: Int) { self.ceiling = ceiling }

  // A load is changed where it stands: a copy of it, changed, would copy everything parked there.

  /// A message visits one destination at a time.
  mutating func enter(_ destination: Destination, _ id: TraceID, now: Timestamp) -> Door {
    crowd.take(id)
    if let shortUntil, shortUntil > now { return .short(until: shortUntil) }
    let door = loads[destination, default: DestinationLoad(bears: min(Self.initial, ceiling))]
      .enter(id, hasRoomAside: hasRoomAside, now: now)
    switch door {
    case .open(let isAside):
      visits[id] = Visit(destination: destination, since: now, isAside: isAside)
      if isAside { young += 1 }
    case .full where !isParked(id, at: destination): crowd.add(id)
    case .full, .closed, .short: break
    }
    return door
  }

  private func isParked(_ id: TraceID, at destination: Destination) -> Bool {
    loads[destination]?.hasParked(id) == true
  }

  private var hasRoomAside: Bool { young < Self.youngLimit && young + long < Self.asideLimit }

  /// An attempt is over.
  mutating func leave(_ id: TraceID, _ end: End, now: Timestamp) -> [Call] {
    guard let visit = visits.removeValue(forKey: id) else { return [] }
    if visit.isAside { if visit.isLong { long -= 1 } else { young -= 1 } }
    if end == .ourTrouble { shortUntil = now + Self.shortSeconds }
    let calls =
      loads[visit.destination]?.leave(end, ceiling: ceiling, now: now) ?? []
    if loads.count > Self.knownLimit { forget(now: now) }
    return calls + called(now)
  }

  /// Attempts that have come to last long: their messages step aside. Calls who waited for their room.
  mutating func watch(now: Timestamp) -> (aside: [TraceID], calls: [Call]) {
    let old = visits.filter { !$0.value.isLong && $0.value.since + Self.longSeconds <= now }
    var aside: [TraceID] = []
    // In order, so that a run of the simulator replays.
    for (id, visit) in old.sorted(by: { $0.key < $1.key }) {
      // Beyond the limit they keep the places that they have.
      guard visit.isAside || young + long < Self.asideLimit else { continue }
      loads[visit.destination]?.isProven = false
      if visit.isAside { young -= 1 } else { aside.append(id) }
      long += 1
      visits[id]?.isAside = true
      visits[id]?.isLong = true
    }
    return (aside, called(now))
  }

  /// Why nobody is let in at a destination now; nil where somebody is, or would be.
  func pause(of destination: Destination, now: Timestamp) -> (until: Timestamp, why: String)? {
    if let shortUntil, shortUntil > now { return (shortUntil, "no file was left for a connection") }
    return loads[destination]?.pause(now: now)
  }

  /// Somebody says that a destination is back: the next who comes is let in to find out.
  mutating func reopen(_ destination: Destination) { loads[destination]?.reopen() }

  private mutating func called(_ now: Timestamp) -> [Call] {
    let room = min(Self.youngLimit - young, Self.asideLimit - young - long)
    return crowd.take(max(0, room)).map { Call(id: $0, at: now) }
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
  /// The last attempt that ended found somebody who speaks, and none lasts long since.
  var isProven = false
  private var parked = Parking()
  private var troubles = 0
  private var closedUntil: Timestamp?
  private var hasProbe = false
  private var why = ""

  /// Seconds a destination is left alone after its first trouble, and at most.
  private static let firstPause = 30
  private static let longestPause = 600

  init(bears: Int) { self.bears = bears }

  func isAtWork(now: Timestamp) -> Bool {
    inside > 0 || !parked.isEmpty || closedUntil.map { $0 > now } == true
  }

  func hasParked(_ id: TraceID) -> Bool { parked.has(id) }

  func pause(now: Timestamp) -> (until: Timestamp, why: String)? {
    closedUntil.flatMap { $0 > now ? ($0, why) : nil }
  }

  mutating func enter(
    _ id: TraceID, hasRoomAside: Bool, now: Timestamp
  ) -> DestinationLoads.Door {
    parked.take(id)
    if let (until, why) = pause(now: now) {
      let isProbe = !hasProbe
      hasProbe = true
      if !isProbe { parked.add(id) }
      return .closed(until: until, why: why, isProbe: isProbe)
    }
    guard inside < bears else {
      parked.add(id)
      return .full
    }
    guard isProven || hasRoomAside else { return .full }
    inside += 1
    return .open(isAside: !isProven)
  }

  mutating func leave(
    _ end: DestinationLoads.End, ceiling: Int, now: Timestamp
  ) -> [DestinationLoads.Call] {
    inside -= 1
    switch end {
    case .spoke: return open(ceiling, now)
    case .trouble(let why): return close(why, now)
    case .ourTrouble:
      // A probe that could not be made is made again by the next who comes.
      hasProbe = false
      return parked.take(1).map { .init(id: $0, at: now) }
    }
  }

  /// The troubles that it had still count: where it is not back, the pause goes on doubling.
  mutating func reopen() { (closedUntil, hasProbe) = (nil, false) }

  private mutating func open(_ ceiling: Int, _ now: Timestamp) -> [DestinationLoads.Call] {
    bears = min(ceiling, bears + 1)
    isProven = true
    (troubles, closedUntil, hasProbe) = (0, nil, false)
    return parked.take(max(0, bears - inside)).map { .init(id: $0, at: now) }
  }

  private mutating func close(_ trouble: String, _ now: Timestamp) -> [DestinationLoads.Call] {
    why = trouble
    isProven = false
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

  func has(_ id: TraceID) -> Bool { members.contains(id) }

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
