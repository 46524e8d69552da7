import Mail
import SMTP

/// What a start found on the disk.
package struct Recovery: Hashable, Sendable {
  package var messages = 0
  package var segments = 0
  /// Octets cut from the end of the last segment: commits that were never answered.
  package var tornOctets = 0
  /// Frames in the middle of the log that can't be read: never silent.
  package var damagedFrames = 0
  package var orphanBodies = 0
}

/// The log's segments and the index of what is alive in them.
struct SpoolLog: Sendable {
  struct Entry: Sendable {
    var message: StoredMessage
    var place: Place
    var segment: UInt64
  }

  enum Place: Sendable {
    /// In the segment, `length` octets at `offset`.
    case inline(offset: Int, length: Int, crc: UInt32)
    case file(crc: UInt32)
  }

  private(set) var entries: [TraceID: Entry] = [:]
  private let directory: String
  private let fileSystem: any FileSystem
  private let limits: SpoolLimits
  private var segments: [UInt64: any OpenFile] = [:]
  /// Living messages whose record is in each segment; no key where there is none.
  private var living: [UInt64: Int] = [:]
  private var current: UInt64 = 0
  private var end = 0
  private var isBroken = false

  init(directory: String, fileSystem: any FileSystem, limits: SpoolLimits) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.limits = limits
  }

  func file(of segment: UInt64) -> (any OpenFile)? { segments[segment] }

  // MARK: Writing

  /// One frame on its way to the disk.
  struct Plan: Sendable {
    let file: any OpenFile
    let segment: UInt64
    let offset: Int
    let bytes: [UInt8]
    let records: [Frame.Record]
    let bodies: [Int]

    /// Writes and syncs. Runs outside every lock: readers of the index don't wait for the disk.
    func write() -> Outcome {
      do throws(FileFailure) {
        try file.write(bytes, at: offset)
      } catch {
        // Nothing was promised: what was half written is cut, and the next frame goes there. When not
        // even that works, nobody knows what the next start will find.
        do throws(FileFailure) { try file.truncate(to: offset) } catch { return .unknown(error) }
        return .refused(error)
      }
      do throws(FileFailure) { try file.sync() } catch { return .unknown(error) }
      return .durable
    }
  }

  /// What became of a plan.
  enum Outcome: Sendable {
    case durable
    /// Nothing of it is there.
    case refused(FileFailure)
    /// A part may be there: after a failed sync the page cache lies about what is on the disk.
    case unknown(FileFailure)
  }

  /// Where the records will stand. Only the writer's thread plans, writes and publishes, one plan at a
  /// time, so the place stays free meanwhile.
  mutating func plan(_ records: [Frame.Record]) throws(SpoolFailure) -> Plan {
    guard !isBroken else { throw .broken }
    if end >= limits.segment { try startSegment() }
    guard let file = segments[current] else { throw .closed }
    let (bytes, bodies) = Frame.encode(records)
    return Plan(
      file: file, segment: current, offset: end, bytes: bytes, records: records, bodies: bodies)
  }

  /// Believes a durable plan.
  mutating func publish(_ plan: Plan) -> [SpoolEvent] {
    end = plan.offset + plan.bytes.count
    let events = apply(
      plan.records, bodies: plan.bodies, segment: plan.segment, at: plan.offset)
    reclaim()
    return events
  }

  /// From now on nothing is kept, until a start has looked what is really there.
  mutating func breakDown() { isBroken = true }

  private mutating func startSegment() throws(SpoolFailure) {
    let number = current + 1
    do throws(FileFailure) {
      segments[number] = try fileSystem.open(path(of: number), create: true)
      try fileSystem.syncDirectory(directory)
    } catch {
      segments[number] = nil
      throw SpoolFailure(error)
    }
    current = number
    end = 0
  }

  private func path(of segment: UInt64) -> String {
    let hex = String(segment, radix: 16)
    return "\(directory)/segment-" + String(repeating: "0", count: 16 - hex.count) + hex
  }

  // MARK: The index

  /// Takes a durable frame into the index. A message that is there already was copied forward.
  private mutating func apply(
    _ records: [Frame.Record], bodies: [Int], segment: UInt64, at start: Int
  ) -> [SpoolEvent] {
    var events: [SpoolEvent] = []
    for (record, body) in zip(records, bodies) {
      switch record {
      case .message(let message, let place):
        let copied = entries[message.id]
        if let copied { count(copied.segment, -1) }
        count(segment, 1)
        let place = Self.place(place, at: start + body)
        entries[message.id] = Entry(message: message, place: place, segment: segment)
        if copied == nil { events.append(.accepted(message)) }
      case .change(let id, let change):
        guard var entry = entries[id] else { continue }
        entry.message.apply(change)
        entries[id] = entry
        events.append(.changed(entry.message, change))
        if entry.message.isFinished { finish(entry) }
      }
    }
    return events
  }

  private static func place(_ place: Frame.BodyPlace, at offset: Int) -> Place {
    switch place {
    case .file(let crc): .file(crc: crc)
    case .inline(let body):
      .inline(offset: offset, length: body.count, crc: Checksum.crc32c(body))
    }
  }

  private mutating func count(_ segment: UInt64, _ change: Int) {
    let count = living[segment, default: 0] + change
    living[segment] = count > 0 ? count : nil
  }

  private mutating func finish(_ entry: Entry) {
    entries[entry.message.id] = nil
    count(entry.segment, -1)
    if case .file = entry.place {
      // A file that stays behind is found as an orphan at the next start.
      try? fileSystem.remove("\(directory)/body-\(entry.message.id)")
    }
  }

  // MARK: Recovery

  /// Reads all segments, oldest first. Only the last one may end in half a frame.
  mutating func recover() throws(FileFailure) -> Recovery {
    var recovery = Recovery()
    let names = try fileSystem.list(directory)
    let numbers = names.compactMap(Self.segmentNumber).sorted()
    for number in numbers {
      let file = try fileSystem.open(path(of: number), create: false)
      segments[number] = file
      end = try scan(file, number, isLast: number == numbers.last, &recovery)
    }
    current = numbers.last ?? 0
    if numbers.isEmpty {
      segments[0] = try fileSystem.open(path(of: 0), create: true)
      try fileSystem.syncDirectory(directory)
    }
    try removeOrphans(names, &recovery)
    reclaim()
    recovery.messages = entries.count
    recovery.segments = segments.count
    return recovery
  }

  private static func segmentNumber(_ name: String) -> UInt64? {
    name.hasPrefix("segment-") ? UInt64(name.dropFirst(8), radix: 16) : nil
  }

  /// Takes every sound frame; returns where the next one goes.
  ///
  /// A frame is only ever looked for where the one before it ends: octets inside a damaged frame may be
  /// a body that somebody wrote to look like a frame.
  private mutating func scan(
    _ file: any OpenFile, _ number: UInt64, isLast: Bool, _ recovery: inout Recovery
  ) throws(FileFailure) -> Int {
    let size = try file.size
    var offset = 0
    while offset < size {
      guard let header = Frame.readHeader(try file.read(Frame.headerLength, at: offset)),
        header.length <= size - offset - Frame.headerLength
      else { return try endOfScan(file, number, offset, size, isLast: isLast, &recovery) }
      let payload = try file.read(header.length, at: offset + Frame.headerLength)
      if Checksum.crc32c(payload) == header.crc, let (records, bodies) = try? Frame.decode(payload)
      {
        _ = apply(records, bodies: bodies, segment: number, at: offset)
      } else if isLast, offset + Frame.headerLength + header.length == size {
        // The last frame of all, its length written and its octets not.
        return try endOfScan(file, number, offset, size, isLast: isLast, &recovery)
      } else {
        damage(number, &recovery)
      }
      offset += Frame.headerLength + header.length
    }
    return offset
  }

  /// No frame begins here. At the end of the log it was never answered and is cut, unless something
  /// behind it looks sound: then all is left for a person, and new frames go to a new segment.
  private mutating func endOfScan(
    _ file: any OpenFile, _ number: UInt64, _ offset: Int, _ size: Int, isLast: Bool,
    _ recovery: inout Recovery
  ) throws(FileFailure) -> Int {
    guard isLast, try !hasFrame(file, from: offset + 1, size: size) else {
      damage(number, &recovery)
      return max(size, limits.segment)
    }
    recovery.tornOctets = size - offset
    try file.truncate(to: offset)
    try file.sync()
    return offset
  }

  /// Counts damage, and keeps its segment from ever being reclaimed.
  private mutating func damage(_ segment: UInt64, _ recovery: inout Recovery) {
    recovery.damagedFrames += 1
    count(segment, 1)
  }

  /// Whether something from `start` on looks like a sound frame.
  private func hasFrame(
    _ file: any OpenFile, from start: Int, size: Int
  ) throws(FileFailure) -> Bool {
    let window = 1 << 20
    var base = start
    while base < size {
      let bytes = try file.read(window + Frame.headerLength, at: base)
      for index in 0..<min(window, bytes.count) where bytes[index...].starts(with: Frame.magic) {
        let candidate = Array(bytes[index...].prefix(Frame.headerLength))
        guard let header = Frame.readHeader(candidate) else { continue }
        let payload = try file.read(header.length, at: base + index + Frame.headerLength)
        if payload.count == header.length, Checksum.crc32c(payload) == header.crc {
          return true
        }
      }
      base += window
    }
    return false
  }

  private func removeOrphans(
    _ names: [String], _ recovery: inout Recovery
  ) throws(FileFailure) {
    // Behind damage a body may belong to a message that can't be read: everything is kept.
    guard recovery.damagedFrames == 0 else { return }
    for name in names where name.hasPrefix("body-") {
      if let id = TraceID(name.dropFirst(5)), let entry = entries[id], case .file = entry.place {
        continue
      }
      try fileSystem.remove("\(directory)/\(name)")
      recovery.orphanBodies += 1
    }
  }

  // MARK: Space

  /// Removes the oldest segments that nothing living needs. Only from the old end: a younger segment
  /// may hold changes of messages in an older one.
  private mutating func reclaim() {
    while let oldest = segments.keys.min(), oldest != current, living[oldest] == nil {
      segments[oldest] = nil
      try? fileSystem.remove(path(of: oldest))
    }
  }
}

extension SpoolFailure {
  init(_ failure: FileFailure) {
    self = failure.code == 28 || failure.code == 122 ? .full : .file(failure)  // ENOSPC, EDQUOT
  }
}
