// Archives whose headers have checksums: what is changed in them would never be looked at, so the checksums are
// put right first. Their headers are the parsers that a password opens (`Documents/Locks`).
extension Properties {
  static func archive(_ bytes: [UInt8]) {
    var bytes = bytes
    if bytes.starts(with: [0x37, 0x7A]) { mendSevenZip(&bytes) }
    if bytes.starts(with: [0x52, 0x61]), bytes.count > 7 {
      if bytes[6] == 1 { mendRarFive(&bytes) } else { mendRarFour(&bytes) }
    }
    document(bytes)
  }

  /// The header ends where the file ends.
  private static func mendSevenZip(_ bytes: inout [UInt8]) {
    guard bytes.count > 32 else { return }
    let streams = Int(bytes[12]) | Int(bytes[13]) << 8
    let start = 32 + min(streams, bytes.count - 33)
    put(start - 32, 8, 12, &bytes)
    put(bytes.count - start, 8, 20, &bytes)
    put(checksum(bytes[start...]), 4, 28, &bytes)
    put(checksum(bytes[12..<32]), 4, 8, &bytes)
  }

  private static func mendRarFive(_ bytes: inout [UInt8]) {
    var at = 8
    for _ in 0..<100 {
      var place = at + 4
      guard let size = number(bytes, &place), size > 0, size <= bytes.count - place else { return }
      put(checksum(bytes[(at + 4)..<(place + size)]), 4, at, &bytes)
      let end = place + size
      guard number(bytes, &place) != nil, let flags = number(bytes, &place) else { return }
      if flags & 1 != 0 { _ = number(bytes, &place) }
      let data = flags & 2 != 0 ? number(bytes, &place) ?? 0 : 0
      guard data <= bytes.count - end else { return }
      at = end + data
    }
  }

  private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 56, by: 7) where at < bytes.count {
      let octet = bytes[at]
      at += 1
      value |= Int(octet & 0x7F) << shift
      if octet & 0x80 == 0 { return value }
    }
    return nil
  }

  private static func mendRarFour(_ bytes: inout [UInt8]) {
    var at = 7
    for _ in 0..<100 where at <= bytes.count - 7 {
      let size = Int(bytes[at + 5]) | Int(bytes[at + 6]) << 8
      guard size >= 7, size <= bytes.count - at else { return }
      put(checksum(bytes[(at + 2)..<(at + size)]), 2, at, &bytes)
      let hasData = bytes[at + 4] & 0x80 != 0 && size >= 11
      let data = hasData ? Int(bytes[at + 7]) | Int(bytes[at + 8]) << 8 : 0
      at += size + data
    }
  }

  private static func put(_ value: Int, _ width: Int, _ place: Int, _ bytes: inout [UInt8]) {
    for index in 0..<width {
      bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
    }
  }

  /// CRC-32.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    var sum: UInt32 = .max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 != 0 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return Int(~sum)
  }
}
