import Glibc

// Fast searches in an array of octets: `memchr` looks at 32 a step where a loop looks at one.
extension [UInt8] {
  /// The first place of `byte` in `range`.
  @inline(__always)
  func place(of byte: UInt8, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { all in
      guard !range.isEmpty, let base = all.baseAddress,
        let found = memchr(base + range.lowerBound, CInt(byte), range.count)
      else { return nil }
      return UnsafeRawPointer(base).distance(to: found)
    }
  }

  /// Behind the line feed that ends the line at `start`; the range's end when none does.
  @inline(__always)
  func lineEnd(from start: Int, in range: Range<Int>) -> Int {
    place(of: 0x0A, in: start..<range.upperBound).map { $0 + 1 } ?? range.upperBound
  }

  /// `range` without the line ends at its end: one CRLF or LF.
  func withoutLineEnd(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    if end > range.lowerBound, self[end - 1] == 0x0A { end -= 1 }
    if end > range.lowerBound, end < range.upperBound, self[end - 1] == 0x0D { end -= 1 }
    return range.lowerBound..<end
  }

  /// How many octets of `range` fulfil `condition`, as one loop that the compiler turns to vectors.
  @inline(__always)
  func tally(in range: Range<Int>, _ condition: (UInt8) -> Bool) -> Int {
    withUnsafeBufferPointer { all in
      var count = 0
      for byte in all[range] where condition(byte) { count &+= 1 }
      return count
    }
  }

  /// Whether `text` (lower-case ASCII) stands at `start`, without regard to case.
  func holds(_ text: StaticString, at start: Int, before end: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard start + length <= end else { return false }
    for offset in 0..<length where self[start + offset].lowered != text.utf8Start[offset] {
      return false
    }
    return true
  }

  /// Whether `range` is `text` (lower-case ASCII), without regard to case.
  func isText(_ text: StaticString, _ range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && holds(text, at: range.lowerBound, before: count)
  }

  /// `range` without spaces, tabs and line ends at both sides.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start].isBlank { start += 1 }
    while end > start, self[end - 1].isBlank { end -= 1 }
    return start..<end
  }
}

extension UInt8 {
  /// White space and line ends.
  @inline(__always) var isBlank: Bool {
    self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A
  }

  /// What a digit of base 16 stands for, either case.
  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
