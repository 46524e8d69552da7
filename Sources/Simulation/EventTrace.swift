import Mail

/// What happened in a run, as a hash that two runs of a seed share, and as lines where somebody reads them.
package struct EventTrace: Sendable {
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  package private(set) var lines: [String] = []
  private let keepsLines: Bool

  init(keepsLines: Bool) { self.keepsLines = keepsLines }

  /// FNV-1a over words.
  mutating func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }

  mutating func note(_ words: String, at moment: Timestamp) {
    mix(UInt64(bitPattern: moment.microseconds))
    for byte in words.utf8 { mix(UInt64(byte)) }
    detail(words, at: moment)
  }

  /// Only for a reader; not part of the hash.
  mutating func detail(_ words: @autoclosure () -> String, at moment: Timestamp) {
    guard keepsLines else { return }
    let milliseconds = "\(moment.milliseconds % 1000)"
    let padding = String(repeating: "0", count: 3 - milliseconds.utf8.count)
    lines.append("\(moment.seconds % 100_000).\(padding)\(milliseconds)  \(words())")
  }
}
