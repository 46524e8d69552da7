/// The name of one message (or one session) in every reply, header, log line and journal row.
///
/// Eighty bits: 48 of milliseconds since 1970, so that ids sort by time, and 32 of randomness, so that
/// two gates never meet. Written as sixteen characters of Crockford's base 32 (no I, L, O, U).
package struct TraceID: Hashable, Sendable, Comparable {
  package let milliseconds: UInt64
  package let random: UInt32

  package init(milliseconds: UInt64, random: UInt32) {
    self.milliseconds = milliseconds & 0xFFFF_FFFF_FFFF
    self.random = random
  }

  /// Reads the sixteen characters, in either case. Nil when they are not an id.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == Self.length else { return nil }
    var high: UInt64 = 0  // the first eight characters: 40 bits
    var low: UInt64 = 0
    for (index, byte) in text.utf8.enumerated() {
      guard let digit = Self.value(of: byte) else { return nil }
      if index < 8 { high = high << 5 | digit } else { low = low << 5 | digit }
    }
    milliseconds = high << 8 | low >> 32
    random = UInt32(truncatingIfNeeded: low)
  }

  /// Characters in the written form.
  package static let length = 16

  package static func < (left: TraceID, right: TraceID) -> Bool {
    (left.milliseconds, left.random) < (right.milliseconds, right.random)
  }

  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  private static func value(of byte: UInt8) -> UInt64? {
    let upper = byte >= 0x61 ? byte &- 0x20 : byte
    return digits.firstIndex(of: upper).map(UInt64.init)
  }
}

extension TraceID: CustomStringConvertible {
  package var description: String {
    let high = milliseconds >> 8
    let low = (milliseconds & 0xFF) << 32 | UInt64(random)
    return String(unsafeUninitializedCapacity: Self.length) { buffer in
      for index in 0..<8 {
        let shift = UInt64(35 - 5 * index)
        buffer[index] = Self.digits[Int(high >> shift & 31)]
        buffer[index + 8] = Self.digits[Int(low >> shift & 31)]
      }
      return Self.length
    }
  }
}
