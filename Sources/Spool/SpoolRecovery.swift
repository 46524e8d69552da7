import Mail
import SMTP

/// What a start found on the disk.
package struct Recovery: Hashable, Sendable {
  package var messages = 0
  package var segments = 0
  /// Octets of the last frame, where it was begun and not written whole: never answered.
  package var tornOctets = 0
  /// Frames in the middle of the log that can't be read: never silent.
  package var damagedFrames = 0
  package var orphanBodies = 0
}

/// Reads the log at a start, oldest segment first.
///
/// Only the last frame of all may be half written, since each is synced before the next is begun; only
/// its bodies are read and checked now, those of others when they are delivered.
struct SpoolRecovery {
  let store: SegmentStore
  let fileSystem: any FileSystem
  private let flaws: SpoolFlaws
  private(set) var index: SpoolIndex
  private(set) var found = Recovery()
  /// The number for the next segment.
  private(set) var next: UInt64 = 0

  /// Octets read at once while a frame is looked for behind damage.
  private static let window = 1 << 20

  init(
    store: SegmentStore, fileSystem: any FileSystem, index: SpoolIndex, flaws: SpoolFlaws = .init()
  ) {
    self.flaws = flaws
    self.store = store
    self.fileSystem = fileSystem
    self.index = index
  }

  mutating func run() throws(FileFailure) {
    let names = try fileSystem.list(store.directory)
    var numbers = names.compactMap(SegmentStore.number).sorted()
    next = numbers.last.map { $0 + 1 } ?? 0
    if let last = numbers.last, try removeUnbegun(last) { numbers.removeLast() }
    var last = numbers.count - 1
    while last > 0, try !hasFrame(numbers[last]) { last -= 1 }
    for (place, number) in numbers.enumerated() { try read(number, isLast: place >= last) }
    try removeOrphans(names)
    found.messages = index.entries.count
    found.segments = index.segments.count
  }

  /// A segment without a header can only be the youngest: a crash came before any frame of it. It is gone
  /// for good before another stands behind it, or it would look like damage there.
  private func removeUnbegun(_ number: UInt64) throws(FileFailure) -> Bool {
    let path = store.path(of: number)
    let file = try fileSystem.open(path, create: false)
    guard try store.salt(of: file, number: number) == nil else { return false }
    try fileSystem.remove(path)
    try fileSystem.syncDirectory(store.directory)
    return true
  }

  /// One that was begun and never got a frame says nothing of the one before it, which may have gone on
  /// when the beginning failed halfway.
  private func hasFrame(_ number: UInt64) throws(FileFailure) -> Bool {
    let file = try fileSystem.open(store.path(of: number), create: false)
    guard let salt = try store.salt(of: file, number: number) else { return true }
    return try hasHeader(file, at: SegmentStore.headerLength, salt)
  }

  private mutating func read(_ number: UInt64, isLast: Bool) throws(FileFailure) {
    let file = try fileSystem.open(store.path(of: number), create: false)
    guard let salt = try store.salt(of: file, number: number) else {
      index.add(number, file)
      return damage(number)
    }
    index.add(number, file)
    let size = try file.size
    if isLast { try settle(file, 0..<SegmentStore.headerLength) }
    var offset = SegmentStore.headerLength
    while offset < size {
      if let frame = try sound(file, at: offset, size, salt) {
        let end = offset + frame.header.length
        if isLast, try !hasHeader(file, at: end, salt) {
          if try isTorn(file, frame, at: offset) { break }
          try settle(file, offset..<end)
        }
        _ = index.publish(frame.found, segment: number, at: offset)
        offset = end
      } else if let next = try nextFrame(file, behind: offset, size, salt) {
        damage(number)
        offset = next
      } else {
        guard isLast else {
          // Those behind it stand in younger segments.
          if try hasHeader(file, at: offset, salt) { damage(number) }
          return
        }
        break
      }
    }
    if isLast { try cut(file, at: offset, size, salt) }
  }

  /// Half a frame at the end was never answered. It must be gone before another segment is begun, or the
  /// next start would take it for an older one. Where nothing is seen of it, it may still be on the disk: it
  /// was cut off before, and a sync failed. So the place is written to in any case.
  private mutating func cut(
    _ file: any OpenFile, at offset: Int, _ size: Int, _ salt: UInt64
  ) throws(FileFailure) {
    if try hasHeader(file, at: offset, salt) {
      found.tornOctets = size - offset
      try file.truncate(to: offset)
    }
    try file.write([UInt8](repeating: 0, count: Frame.headerLength), at: offset)
    try file.sync()
  }

  private struct SoundFrame {
    let header: Frame.Header
    let found: [Frame.Found]
  }

  /// The frame that begins here, header and records checked.
  private func sound(
    _ file: any OpenFile, at offset: Int, _ size: Int, _ salt: UInt64
  ) throws(FileFailure) -> SoundFrame? {
    let octets = try file.read(Frame.headerLength, at: offset)
    guard let header = Frame.readHeader(octets[...], salt: salt), header.length <= size - offset
    else { return nil }
    let records = try file.read(header.records, at: offset + Frame.headerLength)
    guard records.count == header.records,
      flaws.ignoresChecksums || Frame.isSound(octets[...], records, crc: header.crc),
      let found = try? Frame.decode(records)
    else { return nil }
    return SoundFrame(header: header, found: found)
  }

  private func hasHeader(
    _ file: any OpenFile, at offset: Int, _ salt: UInt64
  ) throws(FileFailure) -> Bool {
    Frame.readHeader(try file.read(Frame.headerLength, at: offset)[...], salt: salt) != nil
  }

  /// What was written last may have been read from a cache that its disk knows nothing of: its process
  /// ended before the sync, or the sync failed and the system forgot what was still to be written. It is
  /// written once more before anything is built on it.
  private func settle(_ file: any OpenFile, _ place: Range<Int>) throws(FileFailure) {
    try file.write(try file.read(place.count, at: place.lowerBound), at: place.lowerBound)
    try file.sync()
  }

  /// Whether the bodies of the last frame were not written whole.
  private func isTorn(
    _ file: any OpenFile, _ frame: SoundFrame, at offset: Int
  ) throws(FileFailure) -> Bool {
    if flaws.ignoresChecksums { return false }
    for case .message(_, .inline(let place, let length, let crc)) in frame.found {
      let body = try file.read(length, at: offset + place)
      guard body.count == length, Checksum.crc32c(body) == crc else { return true }
    }
    return false
  }

  /// The next sound frame behind damage. Nobody outside knows the salt, so no body can pretend to be one.
  private func nextFrame(
    _ file: any OpenFile, behind offset: Int, _ size: Int, _ salt: UInt64
  ) throws(FileFailure) -> Int? {
    var base = offset + 1
    while base < size {
      let bytes = try file.read(Self.window + Frame.headerLength, at: base)
      var index = 0
      while let hit = bytes.withUnsafeBytes({ firstIndex(of: Frame.magic[0], in: $0, from: index) }
      ),
        hit < Self.window
      {
        if Frame.readHeader(bytes[hit...].prefix(Frame.headerLength), salt: salt) != nil,
          try sound(file, at: base + hit, size, salt) != nil
        {
          return base + hit
        }
        index = hit + 1
      }
      base += Self.window
    }
    return nil
  }

  /// Counts damage, and keeps its segment from ever being reclaimed.
  private mutating func damage(_ segment: UInt64) {
    found.damagedFrames += 1
    index.noteDamage(segment)
  }

  private mutating func removeOrphans(_ names: [String]) throws(FileFailure) {
    // Behind damage a body may belong to a message that can't be read: everything is kept.
    guard found.damagedFrames == 0 else { return }
    for name in names where name.hasPrefix("body-") {
      if let id = TraceID(name.dropFirst(5)), let entry = index.entries[id],
        case .file = entry.place
      {
        continue
      }
      try fileSystem.remove("\(store.directory)/\(name)")
      found.orphanBodies += 1
    }
  }
}
