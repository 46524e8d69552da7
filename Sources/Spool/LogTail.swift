import SMTP

/// The end of the log, where frames are written. Only the spool's writer thread uses it.
struct LogTail: Sendable {
  /// What became of a frame.
  enum Outcome: Sendable {
    /// On the disk, in this segment, beginning at this octet.
    case durable(segment: UInt64, offset: Int)
    /// Nothing of it is there.
    case refused(FileFailure)
    /// A part may be there: after a failed sync the page cache lies about what is on the disk.
    case unknown(FileFailure)
  }

  private(set) var segment: SegmentStore.Fresh
  private(set) var end = SegmentStore.headerLength
  private(set) var isBroken = false
  /// Frames begun below this octet land where the file has been filled before.
  private let limit: Int
  private let syncs: SyncTimes

  init(_ segment: SegmentStore.Fresh, limit: Int, syncs: SyncTimes) {
    self.segment = segment
    self.limit = limit
    self.syncs = syncs
  }

  /// Whether the next frame should begin a new segment.
  var isFull: Bool { end >= limit }

  mutating func move(to fresh: SegmentStore.Fresh) {
    segment = fresh
    end = SegmentStore.headerLength
  }

  /// Writes and syncs. Holds no lock that a reader of the index takes.
  mutating func write(_ bytes: [UInt8]) -> Outcome {
    let offset = end
    do throws(FileFailure) {
      try segment.file.write(bytes, at: offset)
    } catch {
      // Nothing was promised: what was half written is cut, and the next frame goes there. When not
      // even that works, nobody knows what the next start will find.
      do throws(FileFailure) {
        try segment.file.truncate(to: offset)
        try segment.file.sync()
      } catch {
        isBroken = true
        return .unknown(error)
      }
      return .refused(error)
    }
    do throws(FileFailure) {
      try syncs.time { () throws(FileFailure) in try segment.file.sync() }
    } catch {
      isBroken = true
      return .unknown(error)
    }
    end = offset + bytes.count
    return .durable(segment: segment.number, offset: offset)
  }
}
