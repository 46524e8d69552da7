/// What came out of a decompressor.
struct Unpacked: Sendable {
  /// How it ended.
  enum Outcome: Hashable, Sendable {
    case whole
    /// More would have come than was allowed.
    case limit
    case damaged(DocumentDefect.Kind)
  }

  var octets: [UInt8]
  var outcome: Outcome
  /// Packed octets that made them.
  var used = 0

  init(_ octets: [UInt8] = [], _ outcome: Outcome = .whole, used: Int = 0) {
    self.octets = octets
    self.outcome = outcome
    self.used = used
  }
}
