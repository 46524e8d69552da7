package import Mail
import SMTP

/// What is alive in the log: for each message its present state, packed, and where its body is.
///
/// A waiting message costs a few hundred octets here. What was accepted a moment ago is also kept as it
/// came, body and all (`warm`), within a bound: most messages leave before they would be read back.
struct SpoolIndex: Sendable {
  /// Where a body is.
  enum Place: Hashable, Sendable {
    /// In the segment, `length` octets at `offset`.
    case inline(offset: Int, length: Int, crc: UInt32)
    case file(crc: UInt32)

    func shifted(by distance: Int) -> Place {
      switch self {
      case .inline(let offset, let length, let crc):
        .inline(offset: offset + distance, length: length, crc: crc)
      case .file: self
      }
    }

    /// Octets in the log.
    var size: Int {
      if case .inline(_, let length, _) = self { length } else { 0 }
    }
  }

  /// One living message.
  struct Entry: Sendable {
    /// `StoredMessage` as `RecordWriter` writes it.
    var record: [UInt8]
    var place: Place
    var segment: UInt64
    var dueAt: Timestamp?
    var acceptedAt: Timestamp
    var isHeld: Bool

    init(_ message: StoredMessage, place: Place, segment: UInt64) {
      record = message.packed
      self.place = place
      self.segment = segment
      dueAt = message.dueAt
      acceptedAt = message.acceptedAt
      isHeld = message.hold != nil
    }

    mutating func update(_ message: StoredMessage) {
      self = Entry(message, place: place, segment: segment)
    }

    /// Octets that the message occupies in the log.
    var size: Int { record.count + place.size }

    /// The record was made by us from a message, so it reads back.
    var message: StoredMessage? {
      var reader = RecordReader(record)
      return try? StoredMessage(&reader)
    }
  }

  private(set) var entries: [TraceID: Entry] = [:]
  private(set) var segments: [UInt64: any OpenFile] = [:]
  private(set) var heldCount = 0
  /// Octets of living messages in the log.
  private(set) var livingOctets = 0
  /// Living messages whose record is in each segment; no key where there is none.
  private var living: [UInt64: Int] = [:]
  /// Segments with damage: kept for a person.
  private var damaged: Set<UInt64> = []
  private var warm: WarmMessages

  init(warmLimit: Int) { warm = WarmMessages(limit: warmLimit) }

  // MARK: Asking

  func message(_ id: TraceID) -> StoredMessage? { warm[id]?.message ?? entries[id]?.message }

  /// The body where it still is in memory, as it is read.
  func warmBody(_ id: TraceID) -> [UInt8]? { warm[id]?.body }

  var oldest: Timestamp? { entries.values.lazy.map(\.acceptedAt).min() }

  var damagedSegments: Int { damaged.count }

  // MARK: Changing

  /// What is to be told and done after records became durable.
  struct Published: Sendable {
    var events: [SpoolEvent] = []
    /// Messages whose body files are of no use any more.
    var deadBodies: [TraceID] = []
  }

  mutating func add(_ segment: UInt64, _ file: any OpenFile) { segments[segment] = file }

  mutating func noteDamage(_ segment: UInt64) { damaged.insert(segment) }

  /// Takes durable records in. `warmBodies` has what may be kept in memory.
  mutating func publish(
    _ found: [Frame.Found], segment: UInt64, at start: Int, bodies: [TraceID: [UInt8]] = [:]
  ) -> Published {
    var published = Published()
    for record in found {
      switch record {
      case .message(let message, let place):
        let place = place.shifted(by: start)
        if insert(message, place, segment) { published.events.append(.accepted(message)) }
        if let body = bodies[message.id] { warm.keep(message, body) }
      case .change(let id, let change): apply(change, to: id, &published)
      }
    }
    return published
  }

  /// False for a message that was there already: it was copied forward.
  private mutating func insert(
    _ message: StoredMessage, _ place: Place, _ segment: UInt64
  ) -> Bool {
    let before = entries[message.id]
    if let before { forget(before) }
    let entry = Entry(message, place: place, segment: segment)
    entries[message.id] = entry
    living[segment, default: 0] += 1
    livingOctets += entry.size
    if entry.isHeld { heldCount += 1 }
    return before == nil
  }

  private mutating func forget(_ entry: Entry) {
    let count = living[entry.segment, default: 0] - 1
    living[entry.segment] = count > 0 ? count : nil
    livingOctets -= entry.size
    if entry.isHeld { heldCount -= 1 }
  }

  private mutating func apply(_ change: Change, to id: TraceID, _ published: inout Published) {
    guard let entry = entries[id], var message = message(id) else { return }
    message.apply(change)
    warm.remove(id)
    forget(entry)
    published.events.append(.changed(message, change))
    if message.isFinished {
      entries[id] = nil
      if case .file = entry.place { published.deadBodies.append(id) }
      return
    }
    var updated = entry
    updated.update(message)
    entries[id] = updated
    living[updated.segment, default: 0] += 1
    livingOctets += updated.size
    if updated.isHeld { heldCount += 1 }
  }

  /// This message will not be tried soon: others may have its room in memory.
  mutating func letCool(_ id: TraceID) { warm.letGo(id) }

  // MARK: Space

  /// Takes out the oldest segments that nothing living needs. Only from the old end: a younger segment
  /// may hold changes of messages in an older one.
  mutating func takeDeadSegments(before current: UInt64) -> [UInt64] {
    var dead: [UInt64] = []
    while let oldest = segments.keys.min(), oldest < current, living[oldest] == nil,
      !damaged.contains(oldest)
    {
      segments[oldest] = nil
      dead.append(oldest)
    }
    return dead
  }

  /// The oldest segment, where it keeps others from being reclaimed and most of the log is dead.
  func worthCopying(before current: UInt64, segmentSize: Int, segmentLimit: Int) -> UInt64? {
    guard segments.count > segmentLimit, let oldest = segments.keys.min(), oldest < current,
      !damaged.contains(oldest),
      segments.count * segmentSize > 2 * livingOctets + segmentLimit * segmentSize
    else { return nil }
    return oldest
  }

  /// Living messages of a segment, at most so many octets of them. Looks through all entries.
  func living(in oldest: UInt64, octets: Int) -> [(id: TraceID, entry: Entry)] {
    var taken: [(TraceID, Entry)] = []
    var size = 0
    for (id, entry) in entries where entry.segment == oldest {
      taken.append((id, entry))
      size += entry.size
      if size >= octets { break }
    }
    // Oldest first, so that a run of the simulator replays.
    return taken.sorted { $0.0 < $1.0 }
  }
}

extension StoredMessage {
  /// As a record holds it.
  /// It takes no more room than it has octets: 200,000 of them wait in memory.
  var packed: [UInt8] {
    var writer = RecordWriter()
    write(&writer)
    let bytes = writer.bytes
    return [UInt8](unsafeUninitializedCapacity: bytes.count) { room, count in
      count = room.initialize(fromContentsOf: bytes)
    }
  }

  /// When the message is due: the earliest of its recipients; nil when held or finished.
  package var dueAt: Timestamp? {
    guard hold == nil else { return nil }
    var earliest: Timestamp?
    for case .queued(_, let next) in recipients where earliest.map({ next < $0 }) ?? true {
      earliest = next
    }
    return earliest
  }
}
