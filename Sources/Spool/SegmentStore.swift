import Glibc
import SMTP
import Synchronization
import Threads

/// The files of the log: makes segments, has the next one ready before it is needed, takes dead ones back.
///
/// A segment begins with its own header, synced before any frame:
///
///     "KDMS"  version u32  number u64  salt u64  crc32c u32
///
/// A file whose header does not carry the number of its name was never begun: a crash came between its
/// naming and its header. Only the youngest can be such a one, since one at most is prepared at a time.
///
/// The next segment is filled with octets beforehand, so that a sync of a frame need not also record where
/// the file grew (measured: twice the commits a second at 20 writers), and is named, begun and synced before
/// the writer goes over to it, which then costs no sync.
final class SegmentStore: Sendable {
  static let magic: [UInt8] = Array("KDMS".utf8)
  static let version: UInt32 = 2
  static let headerLength = 28

  /// A segment that frames may be written to.
  struct Fresh: Sendable {
    let number: UInt64
    let file: any OpenFile
    let salt: UInt64
    let isPrepared: Bool
  }

  /// The segment behind the present one.
  private enum Next: Sendable {
    case none
    case underWay
    /// On the disk under its name, and without a frame.
    case ready(Fresh)
    /// The disk did not let it be made; tried again behind the next segment.
    case refused
  }

  let directory: String
  private let fileSystem: any FileSystem
  private let segmentSize: Int
  private let flaws: SpoolFlaws
  private let random: @Sendable () -> UInt64
  private let next = Mutex(Next.none)
  /// Dead segments that could not be taken back yet, oldest first.
  private let leftBehind = Mutex<[UInt64]>([])
  /// A segment was taken back and its directory not synced since.
  private let hasUnsyncedName = Mutex(false)

  /// Octets of the present segment that are written.
  let written = Atomic<Int>(0)

  /// Octets written at once while a segment is filled. Each piece is synced by itself: a sync of a commit
  /// that comes meanwhile waits for one of them on the disk, and not for the whole segment (measured: 1 ms in
  /// place of 35).
  private static let fillPiece = 256 << 10

  init(
    directory: String, fileSystem: any FileSystem, segmentSize: Int,
    random: @escaping @Sendable () -> UInt64, flaws: SpoolFlaws = .init()
  ) {
    self.flaws = flaws
    self.directory = directory
    self.fileSystem = fileSystem
    self.segmentSize = segmentSize
    self.random = random
  }

  func path(of segment: UInt64) -> String {
    let hex = String(segment, radix: 16)
    return "\(directory)/segment-" + String(repeating: "0", count: 16 - hex.count) + hex
  }

  static func number(of name: String) -> UInt64? {
    name.utf8.count == 24 && name.hasPrefix("segment-") ? UInt64(name.dropFirst(8), radix: 16) : nil
  }

  private var sparePath: String { "\(directory)/spare" }

  /// The segment to go on in; nil while it is being prepared, or where none was prepared and none is
  /// `wanted` yet. Blocks only where it makes one itself.
  func take(_ number: UInt64, isWanted: Bool) throws(FileFailure) -> Fresh? {
    let (prepared, mayMake) = next.withLock { next -> (Fresh?, Bool) in
      switch next {
      case .ready(let fresh):
        next = .none
        return (fresh, false)
      case .underWay: return (nil, false)
      case .none, .refused: return (nil, isWanted)
      }
    }
    if let prepared { return prepared }
    return mayMake ? try begin(number) : nil
  }

  /// Makes a segment that is there after a power cut. Blocks.
  func begin(_ number: UInt64) throws(FileFailure) -> Fresh {
    let file = try fileSystem.open(path(of: number), create: true)
    // What stands under this name may be a dead segment that bears its old one on the disk: a power cut
    // would bring it back with what is written to it from now on (found by the simulator).
    try fileSystem.syncDirectory(directory)
    return try begin(number, file, isPrepared: false)
  }

  private func begin(
    _ number: UInt64, _ file: any OpenFile, isPrepared: Bool
  ) throws(FileFailure) -> Fresh {
    let salt = random()
    var header =
      Self.magic + Frame.little(Self.version) + Frame.little(number) + Frame.little(salt)
    header += Frame.little(Checksum.crc32c(header))
    try file.write(header, at: 0)
    try file.sync()
    return Fresh(number: number, file: file, salt: salt, isPrepared: isPrepared)
  }

  /// The salt of a segment that was begun; nil for one that was not.
  func salt(of file: any OpenFile, number: UInt64) throws(FileFailure) -> UInt64? {
    let header = try file.read(Self.headerLength, at: 0)
    guard header.count == Self.headerLength, header.starts(with: Self.magic),
      Frame.number(header[8..<16]) == number,
      Frame.number(header[24..<28]) == UInt64(Checksum.crc32c(header[..<24]))
    else { return nil }
    let version = Frame.number(header[4..<8])
    guard version == UInt64(Self.version) else {
      // Another build's, with its mail: one that was never begun would be removed.
      let operation = "read the format (version \(version)) of"
      throw FileFailure(operation: operation, path: path(of: number), code: 93)  // EPROTONOSUPPORT
    }
    return Frame.number(header[16..<24])
  }

  // MARK: The next one

  /// Nobody else makes the next segment from now on: `prepare` will.
  func announceNext() { next.withLock { $0 = .underWay } }

  /// Makes the segment that was announced, from a dead one where there is one, step by step on a queue that
  /// is never the writer's: others who use it have their turn between two steps.
  func prepare(_ number: UInt64, on files: any WorkQueue) {
    files.perform {
      self.attempt(number) { () throws(FileFailure) in
        let file = try self.named(number)
        if !self.flaws.trustsUnsyncedNames { try self.syncNames() }
        try self.fill(number, file, from: try file.size, on: files)
      }
    }
  }

  private func fill(
    _ number: UInt64, _ file: any OpenFile, from offset: Int, on files: any WorkQueue
  ) throws(FileFailure) {
    guard offset < segmentSize else {
      let fresh = try begin(number, file, isPrepared: true)
      return next.withLock { $0 = .ready(fresh) }
    }
    let piece = min(Self.fillPiece, segmentSize - offset)
    try file.write([UInt8](repeating: 0, count: piece), at: offset)
    // Where the writer is faster there is no time for that.
    if written.load(ordering: .relaxed) <= offset { try file.sync() }
    files.perform {
      self.attempt(number) { () throws(FileFailure) in
        try self.fill(number, file, from: offset + piece, on: files)
      }
    }
  }

  private func attempt(_ number: UInt64, _ step: () throws(FileFailure) -> Void) {
    do throws(FileFailure) {
      try step()
    } catch {
      // What was filled is of more use to those who wait for room.
      try? fileSystem.remove(path(of: number))
      next.withLock { $0 = .refused }
    }
  }

  /// A file of this name: the spare one, or a new one.
  private func named(_ number: UInt64) throws(FileFailure) -> any OpenFile {
    do throws(FileFailure) {
      try fileSystem.rename(sparePath, to: path(of: number))
    } catch {
      guard error.code == ENOENT else { throw error }
      return try fileSystem.open(path(of: number), create: true)
    }
    return try fileSystem.open(path(of: number), create: false)
  }

  private func syncNames() throws(FileFailure) {
    try fileSystem.syncDirectory(directory)
    hasUnsyncedName.withLock { $0 = false }
  }

  // MARK: Dead ones

  /// Takes a dead segment back: it is the spare one from now on, in place of the one before. The directory
  /// is synced before the next younger one may go, or a power cut could leave a message and lose the record
  /// that it was delivered; where that fails, younger ones wait behind it. Like `prepare` never on the
  /// writer's thread.
  func retire(_ number: UInt64) {
    leftBehind.withLock { $0.append(number) }
    while let oldest = leftBehind.withLock({ $0.first }) {
      guard takeBack(oldest) else { return }
      leftBehind.withLock { _ = $0.removeFirst() }
    }
  }

  private func takeBack(_ number: UInt64) -> Bool {
    do throws(FileFailure) {
      if !flaws.retiresInAnyOrder, hasUnsyncedName.withLock({ $0 }) { try syncNames() }
      try fileSystem.rename(path(of: number), to: sparePath)
      hasUnsyncedName.withLock { $0 = true }
      return true
    } catch {
      // What is not there has gone; anything else is tried again with the next.
      return error.code == ENOENT
    }
  }
}
