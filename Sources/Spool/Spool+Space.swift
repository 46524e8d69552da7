import SMTP
import Synchronization
import Threads

// Room on the disk: a reserve that new mail may not use, dead segments, and old messages copied forward.
extension Spool {
  /// Octets that are copied forward at once; other commits wait meanwhile.
  private static let copyLimit = 1024 * 1024
  /// Segments that are kept while there is too little room on the disk.
  private static let segmentsWhenShort = 8
  /// Frames between two looks at the room on the disk.
  private static let framesPerLook = 64

  /// Why the spool keeps no new mail now; nil while it does.
  package var trouble: SpoolFailure? {
    waiting.withLock { $0.isBroken ? .broken : $0.isShort ? .full : nil }
  }

  /// Looks whether there is room again. Commits look too, but nobody commits anything where a load
  /// balancer sends no mail to a gate without room.
  package func lookForRoom() { writer.perform { _ = self.isShortOfRoom() } }

  func isShortOfRoom() -> Bool {
    let isTimeToLook = waiting.withLock { waiting in
      waiting.framesToLook -= 1
      // While there is no room each commit looks whether there is some again.
      return waiting.framesToLook < 0 || waiting.isShort
    }
    guard isTimeToLook else { return false }
    var isShort = false
    if let room = try? fileSystem.room(directory) {
      isShort = room.free < min(limits.reserve, room.all / 20)
    }
    waiting.withLock { ($0.framesToLook, $0.isShort) = (Self.framesPerLook, isShort) }
    return isShort
  }

  func removeBodies(_ ids: [TraceID]) {
    guard !ids.isEmpty else { return }
    files.perform {
      // A file that stays behind is found as an orphan at the next start.
      for id in ids { try? self.fileSystem.remove(self.bodyPath(id)) }
    }
  }

  /// Gives dead segments back, and sees to it that no old message keeps them all.
  func tidy(current: UInt64) {
    let (dead, isWorthCopying) = index.withLock { index in
      let dead = index.takeDeadSegments(before: current)
      return (dead, worthCopying(index, current) != nil)
    }
    if !dead.isEmpty {
      files.perform { for segment in dead { self.store.retire(segment) } }
    }
    guard isWorthCopying else { return }
    let isFirst = waiting.withLock { waiting in
      defer { waiting.isCopying = true }
      return !waiting.isCopying && !waiting.isClosed
    }
    if isFirst { writer.perform { self.copyForward(from: current) } }
  }

  private func worthCopying(_ index: SpoolIndex, _ current: UInt64) -> UInt64? {
    let isShort = waiting.withLock { $0.isShort }
    return index.worthCopying(
      before: current, segmentSize: limits.segment,
      segmentLimit: isShort ? min(Self.segmentsWhenShort, limits.segments) : limits.segments)
  }

  /// Only with a flaw: what belongs together is not there together after a crash.
  func writeApart(_ records: [Frame.Record]) -> Result<SpoolIndex.Published, SpoolFailure> {
    var published = SpoolIndex.Published()
    for record in records {
      switch write([record]) {
      case .failure(let failure): return .failure(failure)
      case .success(let part):
        published.events += part.events
        published.deadBodies += part.deadBodies
      }
    }
    return .success(published)
  }

  /// Writes living messages of the oldest segment once more, as they are now.
  private func copyForward(from current: UInt64) {
    waiting.withLock { $0.isCopying = false }
    let oldest = index.withLock { worthCopying($0, current) }
    guard let oldest, let file = index.withLock({ $0.segments[oldest] }) else { return }
    let chosen = index.withLock { $0.living(in: oldest, octets: Self.copyLimit) }
    var records: [Frame.Record] = []
    for (id, entry) in chosen {
      guard let message = index.withLock({ $0.message(id) }) else { continue }
      switch entry.place {
      case .file(let crc): records.append(.message(message, .file(crc: crc)))
      case .inline(let offset, let length, let crc):
        guard let body = try? file.read(length, at: offset), Checksum.crc32c(body) == crc else {
          // Damage is left where it is, for a person.
          return index.withLock { $0.noteDamage(entry.segment) }
        }
        records.append(.message(message, .inline(body)))
      }
    }
    // On a failure the old copy is still there; the next commit tells that the disk is in trouble.
    if flaws.losesCopies, !records.isEmpty { records.removeFirst() }
    _ = write(records)
  }
}
