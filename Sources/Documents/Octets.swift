import Glibc
import Mail

// Numbers and places in octets that may end anywhere.
extension [UInt8] {
  /// `width` octets at `place`, least first. Nil beyond the end, and for what no `Int` holds.
  func little(_ place: Int, _ width: Int) -> Int? {
    guard place >= 0, place <= count - width else { return nil }
    var value: UInt64 = 0
    for index in stride(from: place + width - 1, through: place, by: -1) {
      value = value << 8 | UInt64(self[index])
    }
    return Int(exactly: value)
  }

  /// `number` in `width` octets, least first.
  static func little(_ number: some BinaryInteger, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// `width` octets at `place`, most first.
  func big(_ place: Int, _ width: Int) -> Int? {
    guard place >= 0, place <= count - width else { return nil }
    var value: UInt64 = 0
    for index in place..<(place + width) { value = value << 8 | UInt64(self[index]) }
    return Int(exactly: value)
  }

  /// Whether `magic` stands at `place`.
  func has(_ magic: [UInt8], at place: Int) -> Bool {
    place >= 0 && place <= count - magic.count
      && self[place..<(place + magic.count)].elementsEqual(magic)
  }

  func has(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place <= count - length else { return false }
    return (0..<length).allSatisfy { self[place + $0] == text.utf8Start[$0] }
  }

  /// Whether ASCII `text`, in lower case, stands at `place` in either case.
  func hasAnyCase(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place <= count - length else { return false }
    return (0..<length).allSatisfy { self[place + $0].lowered == text.utf8Start[$0] }
  }

  /// `length` octets from `start`, as many as there are.
  func part(_ start: Int, _ length: Int) -> [UInt8] {
    guard start >= 0, start < count, length > 0 else { return [] }
    return Array(self[start..<(start + Swift.min(length, count - start))])
  }

  /// The first place of `pattern` in `range`; `memchr` looks for its first octet.
  func place(of pattern: [UInt8], in range: Range<Int>) -> Int? {
    let range = range.clamped(to: 0..<count)
    guard let first = pattern.first, pattern.count <= range.count else { return nil }
    return withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return nil }
      var at = range.lowerBound
      let last = range.upperBound - pattern.count
      while at <= last, let found = memchr(base + at, CInt(first), last - at + 1) {
        at = UnsafeRawPointer(base).distance(to: found)
        if memcmp(base + at, pattern, pattern.count) == 0 { return at }
        at += 1
      }
      return nil
    }
  }

  /// The first place of one octet in `range`.
  func place(of octet: UInt8, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { all in
      guard let base = all.baseAddress,
        let found = memchr(base + range.lowerBound, CInt(octet), range.count)
      else { return nil }
      return UnsafeRawPointer(base).distance(to: found)
    }
  }

  func place(of text: String, in range: Range<Int>) -> Int? {
    place(of: Array(text.utf8), in: range)
  }

  /// The last place of `text` in `range`.
  func lastPlace(of text: StaticString, in range: Range<Int>) -> Int? {
    var at = Swift.min(range.upperBound, count) - text.utf8CodeUnitCount
    while at >= Swift.max(0, range.lowerBound) {
      if has(text, at: at) { return at }
      at -= 1
    }
    return nil
  }

  /// Every place of `pattern`, at most `limit`.
  func places(of pattern: [UInt8], in range: Range<Int>, limit: Int) -> [Int] {
    var (found, at): ([Int], Int) = ([], range.lowerBound)
    while found.count < limit, at < range.upperBound,
      let place = place(of: pattern, in: at..<range.upperBound)
    {
      found.append(place)
      at = place + 1
    }
    return found
  }

  /// UTF-16, least octet first, without its closing NUL.
  func utf16Text(_ range: Range<Int>) -> String {
    let range = range.clamped(to: 0..<count)
    let units = stride(from: range.lowerBound, to: range.upperBound - 1, by: 2).map {
      UInt16(self[$0]) | UInt16(self[$0 + 1]) << 8
    }
    return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
  }
}

extension UInt8 {
  var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  var isWord: Bool { isLetter || isDigit || self == 0x5F }

  /// What a digit of base 16 stands for.
  var hex: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
