/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is always held as v4.
package enum IPAddress: Hashable, Sendable {
  /// Network byte order read as a number: 192.0.2.1 is 0xC0000201.
  case v4(UInt32)
  case v6(high: UInt64, low: UInt64)

  /// From 4 or 16 octets in network order; nil for any other count.
  package init?(bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    case 16:
      let high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      let low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
      let isMapped = high == 0 && low >> 32 == 0xFFFF  // RFC 4291 §2.5.5.2
      self = isMapped ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high: high, low: low)
    default: return nil
    }
  }

  /// Dotted quad without leading zeros, or RFC 4291 §2.2 text without a zone.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 45 else { return nil }  // the longest: ffff:…:255.255.255.255
    if let octets = Self.dottedQuad(bytes[...]) {
      self.init(bytes: octets)
    } else if bytes.contains(0x3A), let octets = Self.colonHex(bytes) {
      self.init(bytes: octets)
    } else {
      return nil
    }
  }

  /// The address in network order: 4 or 16 octets.
  package var octets: [UInt8] {
    switch self {
    case .v4(let number): (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    case .v6(let high, let low):
      (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
        + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }
  }

  private static func dottedQuad(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
        part.count == 1 || part.first != 0x30
      else { return nil }
      let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard value <= 255 else { return nil }
      octets.append(UInt8(value))
    }
    return octets
  }

  private static func colonHex(_ bytes: [UInt8]) -> [UInt8]? {
    let text = String(decoding: bytes, as: UTF8.self)
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    guard let front = groups(halves[0], mayEndInQuad: halves.count == 1) else { return nil }
    guard halves.count == 2 else { return front.count == 16 ? front : nil }
    guard let back = groups(halves[1], mayEndInQuad: true) else { return nil }
    let gap = 16 - front.count - back.count
    return gap >= 2 ? front + [UInt8](repeating: 0, count: gap) + back : nil
  }

  private static func groups(_ text: Substring, mayEndInQuad: Bool) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var octets: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if mayEndInQuad, index == parts.count - 1, part.contains(".") {
        guard let quad = dottedQuad(Array(part.utf8)[...]) else { return nil }
        octets += quad
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
        let value = UInt16(part, radix: 16)
      else { return nil }
      octets += [UInt8(value >> 8), UInt8(value & 0xFF)]
    }
    return octets
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted quad, or the canonical text of RFC 5952.
  package var description: String {
    let octets = self.octets
    guard octets.count == 16 else { return octets.map(String.init).joined(separator: ".") }
    let groups = (0..<8).map { UInt16(octets[2 * $0]) << 8 | UInt16(octets[2 * $0 + 1]) }
    let gap = Self.longestZeroRun(groups)
    func hex(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard gap.count >= 2 else { return hex(0..<8) }
    return hex(0..<gap.lowerBound) + "::" + hex(gap.upperBound..<8)
  }

  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start > best.count { best = start..<end }
      start = max(end, start + 1)
    }
    return best
  }
}

extension IPAddress {
  package var isLoopback: Bool { Network.loopback.contains { $0.contains(self) } }

  /// Not reachable from the internet: private, loopback, link-local, shared (RFC 6890).
  package var isPrivate: Bool { Network.private.contains { $0.contains(self) } }
}
