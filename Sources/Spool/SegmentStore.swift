import Glibc
import SMTP
import Synchronization

/// The files of the log: makes segments, keeps a spare one ready, takes dead ones back.
///
/// A segment begins with its own header, synced before any frame:
///
///     "KDMS"  version u32  number u64  salt u64  crc32c u32
///
/// A file whose header does not carry the number of its name was never begun: a crash came between its
/// renaming and its header. Spares are filled with octets beforehand, so that a sync of a frame need not
/// also record where the file grew (measured: twice the commits a second at 20 writers).
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

  private enum Spare {
    case none
    case underWay
    case ready
    /// The disk had no room for it; looked at again with the next segment.
    case refused
  }

  let directory: String
  private let fileSystem: any FileSystem
  private let segmentSize: Int
  private let random: @Sendable () -> UInt64
  private let spare = Mutex(Spare.none)
  /// Dead segments that could not be taken back yet, oldest first.
  private let leftBehind = Mutex<[UInt64]>([])

  /// Octets written at once while a spare is filled.
  private static let fillPiece = 1 << 20

  init(
    directory: String, fileSystem: any FileSystem, segmentSize: Int,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.segmentSize = segmentSize
    self.random = random
  }

  var isSpareReady: Bool { spare.withLock { if case .ready = $0 { true } else { false } } }

  func path(of segment: UInt64) -> String {
    let hex = String(segment, radix: 16)
    return "\(directory)/segment-" + String(repeating: "0", count: 16 - hex.count) + hex
  }

  static func number(of name: String) -> UInt64? {
    name.utf8.count == 24 && name.hasPrefix("segment-") ? UInt64(name.dropFirst(8), radix: 16) : nil
  }

  private var sparePath: String { "\(directory)/spare" }

  /// Makes a segment that is there after a power cut, from the spare where it is ready. Blocks.
  func begin(_ number: UInt64) throws(FileFailure) -> Fresh {
    let takesSpare = spare.withLock { spare in
      guard case .ready = spare else { return false }
      spare = .underWay
      return true
    }
    if takesSpare {
      defer { spare.withLock { $0 = .none } }
      try fileSystem.rename(sparePath, to: path(of: number))
    }
    let file = try fileSystem.open(path(of: number), create: !takesSpare)
    let salt = random()
    var header =
      Self.magic + Frame.little(Self.version) + Frame.little(number) + Frame.little(salt)
    header += Frame.little(Checksum.crc32c(header))
    try file.write(header, at: 0)
    try file.sync()
    try fileSystem.syncDirectory(directory)
    return Fresh(number: number, file: file, salt: salt, isPrepared: takesSpare)
  }

  /// The salt of a segment that was begun; nil for one that was not.
  func salt(of file: any OpenFile, number: UInt64) throws(FileFailure) -> UInt64? {
    let header = try file.read(Self.headerLength, at: 0)
    guard header.count == Self.headerLength, header.starts(with: Self.magic),
      Frame.number(header[4..<8]) == UInt64(Self.version), Frame.number(header[8..<16]) == number,
      Frame.number(header[24..<28]) == UInt64(Checksum.crc32c(header[..<24]))
    else { return nil }
    return Frame.number(header[16..<24])
  }

  /// Fills a spare file if there is none. Blocks long: never on the writer's thread.
  func prepareSpare() {
    let isWanted = spare.withLock { spare in
      switch spare {
      case .none, .refused:
        spare = .underWay
        return true
      case .underWay, .ready: return false
      }
    }
    guard isWanted else { return }
    do throws(FileFailure) {
      // What stands under this name may be a dead segment whose renaming is not on the disk yet: a power
      // cut would bring it back with what is written to it from now on (found by the simulator).
      try fileSystem.syncDirectory(directory)
      let file = try fileSystem.open(sparePath, create: true)
      let piece = min(Self.fillPiece, segmentSize)
      let zeros = [UInt8](repeating: 0, count: piece)
      for offset in stride(from: try file.size, to: segmentSize, by: piece) {
        try file.write(zeros, at: offset)
      }
      try file.sync()
      spare.withLock { $0 = .ready }
    } catch {
      try? fileSystem.remove(sparePath)
      spare.withLock { $0 = .refused }
    }
  }

  /// Takes a dead segment back: as the spare where there is none. The directory is synced before the next
  /// younger one may go, or a power cut could leave a message and lose the record that it was delivered;
  /// where that fails, younger ones wait behind it.
  func retire(_ number: UInt64) {
    leftBehind.withLock { $0.append(number) }
    while let oldest = leftBehind.withLock({ $0.first }) {
      guard takeBack(oldest) else { return }
      leftBehind.withLock { _ = $0.removeFirst() }
    }
  }

  private func takeBack(_ number: UInt64) -> Bool {
    let becomesSpare = spare.withLock { spare in
      guard case .none = spare else { return false }
      spare = .underWay
      return true
    }
    do throws(FileFailure) {
      let isThere = try takeName(path(of: number), becomesSpare: becomesSpare)
      try fileSystem.syncDirectory(directory)
      if becomesSpare { spare.withLock { $0 = isThere ? .ready : .none } }
      return true
    } catch {
      if becomesSpare { spare.withLock { $0 = .refused } }
      return false
    }
  }

  /// False where the name was taken before and only its directory not synced.
  private func takeName(_ path: String, becomesSpare: Bool) throws(FileFailure) -> Bool {
    do throws(FileFailure) {
      if becomesSpare {
        try fileSystem.rename(path, to: sparePath)
      } else {
        try fileSystem.remove(path)
      }
      return true
    } catch {
      guard error.code == ENOENT else { throw error }
      return false
    }
  }
}
