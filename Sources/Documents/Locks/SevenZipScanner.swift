/// Reads the numbers of a 7z header (7zFormat.txt of the LZMA SDK); nil behind its end.
struct SevenZipScanner {
  let octets: [UInt8]
  private(set) var at: Int

  init(_ octets: [UInt8], at: Int = 0) { (self.octets, self.at) = (octets, at) }

  mutating func octet() -> Int? {
    guard at < octets.count else { return nil }
    defer { at += 1 }
    return Int(octets[at])
  }

  /// `REAL_UINT64` in as few octets as it needs: as many as the first one's leading ones follow it, the least
  /// first, and its other bits are the highest.
  mutating func number() -> Int? {
    guard let first = octet() else { return nil }
    let following = (~UInt8(first)).leadingZeroBitCount
    guard let low = octets.little(at, following) else { return nil }
    at += following
    let high = following < 8 ? first & ((1 << (7 - following)) - 1) : 0
    return following < 8 ? low | high << (8 * following) : low
  }

  mutating func part(_ length: Int) -> [UInt8]? {
    guard length >= 0, length <= octets.count - at else { return nil }
    defer { at += length }
    return octets.part(at, length)
  }

  /// As many numbers; each takes an octet at least.
  mutating func numbers(_ count: Int) -> [Int]? {
    guard count >= 0, count <= octets.count - at else { return nil }
    var found: [Int] = []
    for _ in 0..<count {
      guard let number = number() else { return nil }
      found.append(number)
    }
    return found
  }

  /// Digests: whether all are defined, else a bit for each, then four octets of each that is.
  mutating func checksums(_ count: Int) -> [Int?]? {
    guard count >= 0, count <= octets.count, let all = octet() else { return nil }
    var defined = [Bool](repeating: true, count: count)
    if all == 0 {
      guard let bits = part((count + 7) / 8) else { return nil }
      for index in 0..<count { defined[index] = bits[index / 8] & (0x80 >> UInt8(index % 8)) != 0 }
    }
    var found: [Int?] = []
    for isDefined in defined {
      guard isDefined else {
        found.append(nil)
        continue
      }
      guard let sum = octets.little(at, 4) else { return nil }
      at += 4
      found.append(sum)
    }
    return found
  }
}

extension [UInt8] {
  /// A number as a 7z header has it: one octet, or nine.
  static func sevenZip(_ number: Int) -> [UInt8] {
    number < 0x80 ? [UInt8(number)] : [0xFF] + little(number, 8)
  }
}
