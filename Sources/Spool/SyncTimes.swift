import Glibc
import Synchronization

/// How many syncs of the log took how long since the start: what every 250 waits for.
package struct SyncCounts: Codable, Hashable, Sendable {
  /// Seconds that each count's syncs took at most; one count more is of those that took longer.
  package static let bounds = [
    0.000_05, 0.000_07, 0.000_1, 0.000_14, 0.000_2, 0.000_28, 0.000_4, 0.000_56, 0.000_8, 0.001_1,
    0.001_6, 0.002_2, 0.003_2, 0.004_5, 0.006_3, 0.009, 0.0125, 0.025, 0.05, 0.1, 0.25, 1, 5,
  ]

  package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  /// Seconds that all took together.
  package private(set) var seconds = 0.0

  package init() {}

  package mutating func add(_ seconds: Double) {
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    self.seconds += seconds
  }

  package var all: Int { counts.reduce(0, +) }

  /// The bound that this part of all syncs kept; nil where there was none, or it is beyond the last.
  package func bound(of part: Double) -> Double? {
    let wanted = Int((Double(all) * part).rounded(.up))
    var sum = 0
    return all == 0
      ? nil
      : Self.bounds.indices.first {
        sum += counts[$0]
        return sum >= wanted
      }.map { Self.bounds[$0] }
  }
}

/// The same while it grows. Apart from the log's end: who asks must not wait for a disk that hangs.
final class SyncTimes: Sendable {
  private let counts = Mutex(SyncCounts())

  var now: SyncCounts { counts.withLock { $0 } }

  /// Times `sync`; one that fails is not counted.
  func time(_ sync: () throws(FileFailure) -> Void) throws(FileFailure) {
    let start = Self.clock
    try sync()
    let seconds = Self.clock - start
    counts.withLock { $0.add(seconds) }
  }

  private static var clock: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
