import CDisk
import Glibc

/// A log on its way to the disk, group by group, as one writer sees it.
///
/// `@unchecked Sendable`: one thread uses it.
final class TrialLog: @unchecked Sendable {
  private static let message = 4096
  /// Octets of a log, after which it begins from the front, as a spare that was a segment.
  private static let size = 64 << 20

  private let means: TrialWay.Means
  private let layout: TrialWay.Layout
  private let file: Int32
  private let bytes: UnsafeMutableRawPointer
  private let count: Int
  private let range: Range<Int>
  private var offset: Int
  private var ring: OpaquePointer?

  /// Writer `lane` of `lanes` in this file; nil where the system does not offer the means.
  init?(_ way: TrialWay, _ path: String, lane: Int, of lanes: Int) {
    means = way.means
    layout = way.layout
    count = way.group * Self.message
    let share = Self.size / lanes
    range = lane % lanes * share..<(lane % lanes + 1) * share
    offset = range.lowerBound
    file =
      switch way.means {
      case .direct: disk_open_direct(path, 0)
      case .directSynchronous: disk_open_direct(path, 1)
      case .writeAndSync, .ring: open(path, O_RDWR | O_CLOEXEC)
      }
    bytes = .allocate(byteCount: count, alignment: 4096)
    memset(bytes, 0x4B, count)
    if case .ring = way.means { ring = disk_ring_open() }
    let hasMeans = if case .ring = way.means { ring != nil } else { true }
    guard file >= 0, hasMeans else { return nil }
  }

  deinit {
    if file >= 0 { close(file) }
    if let ring { disk_ring_close(ring) }
    bytes.deallocate()
  }

  /// Makes the file what the layout wants, and durable.
  static func prepare(_ path: String, _ layout: TrialWay.Layout) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    precondition(file >= 0, "can't make \(path)")
    lay(file, layout)
    close(file)
  }

  private static func lay(_ file: Int32, _ layout: TrialWay.Layout) {
    switch layout {
    case .growing: ftruncate(file, 0)
    case .reserved:
      ftruncate(file, 0)
      posix_fallocate(file, 0, size)
    case .filled:
      let piece = [UInt8](repeating: 0, count: 1 << 20)
      for offset in stride(from: 0, to: size, by: piece.count) {
        precondition(pwrite(file, piece, piece.count, offset) == piece.count, "the disk is full")
      }
    }
    fsync(file)
  }

  /// One group, durable when it returns.
  func commit() {
    if offset + count > range.upperBound {
      offset = range.lowerBound
      if case .filled = layout {} else { Self.lay(file, layout) }
    }
    switch means {
    case .writeAndSync, .direct:
      write()
      precondition(fdatasync(file) == 0, "the disk does not sync")
    case .directSynchronous: write()
    case .ring:
      let code = disk_ring_write_and_sync(ring, file, bytes, count, UInt64(offset))
      precondition(code == 0, "the ring says \(code)")
    }
    offset += count
  }

  private func write() {
    precondition(pwrite(file, bytes, count, offset) == count, "the disk does not take it")
  }
}
