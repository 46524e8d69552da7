/// Bits of octets, the least of each octet first, as deflate and implode have them.
struct BitReader {
  private let octets: [UInt8]
  private(set) var at: Int
  private let end: Int
  private var bits: UInt64 = 0
  private var have = 0

  init(_ octets: [UInt8], _ range: Range<Int>) {
    self.octets = octets
    at = range.lowerBound
    end = min(range.upperBound, octets.count)
  }

  /// At most 32 bits; nil when they are not all there.
  @inline(__always)
  mutating func next(_ count: Int) -> Int? {
    while have < count {
      guard at < end else { return nil }
      bits |= UInt64(octets[at]) << UInt64(have)
      at += 1
      have += 8
    }
    let value = bits & ((1 << UInt64(count)) - 1)
    bits >>= UInt64(count)
    have -= count
    return Int(value)
  }

  /// Leaves the bits of the octet that is begun.
  mutating func skipToOctet() {
    let rest = have % 8
    bits >>= UInt64(rest)
    have -= rest
  }
}

/// A canonical prefix code: shorter codes first, symbols of one length in their order (RFC 1951 §3.2.2).
struct PrefixCode {
  private var counts = [Int](repeating: 0, count: 17)
  private var symbols: [Int]
  /// Implode writes its codes with all bits turned.
  private let flip: Int

  /// Nil when there are more codes than their lengths leave room for.
  init?(_ lengths: [Int], flipsBits: Bool = false) {
    flip = flipsBits ? 1 : 0
    symbols = [Int](repeating: 0, count: lengths.count)
    for length in lengths { counts[length] += 1 }
    var left = 1
    for length in 1...16 {
      left = (left << 1) - counts[length]
      if left < 0 { return nil }
    }
    var offsets = [Int](repeating: 0, count: 17)
    for length in 1..<16 { offsets[length + 1] = offsets[length] + counts[length] }
    for (symbol, length) in lengths.enumerated() where length != 0 {
      symbols[offsets[length]] = symbol
      offsets[length] += 1
    }
  }

  /// The next symbol; nil at the end or where no code is.
  @inline(__always)
  func next(_ bits: inout BitReader) -> Int? {
    var (code, first, index) = (0, 0, 0)
    for length in 1...16 {
      guard let bit = bits.next(1) else { return nil }
      code |= bit ^ flip
      let count = counts[length]
      if code - count < first { return symbols[index + (code - first)] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}
