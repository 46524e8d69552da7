/// Base 64 as AUTH uses it (RFC 4648 §4): padded, canonical, no white space.
package enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Nil for anything that `encode` would not make.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let bytes = Array(text)
    guard bytes.count % 4 == 0 else { return nil }
    let padding = bytes.suffix(2).count { $0 == 0x3D }
    let digits = bytes.dropLast(padding)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count / 4 * 3)
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in digits {
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    let rest = bits & (1 << UInt32(count) - 1)  // bits that no octet used must be zero
    return rest == 0 && bytes.suffix(padding).allSatisfy { $0 == 0x3D } ? output : nil
  }

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var output: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        output.append(digits[Int(bits >> UInt32(count) & 63)])
      }
    }
    if count > 0 { output.append(digits[Int(bits << UInt32(6 - count) & 63)]) }
    while output.count % 4 != 0 { output.append(0x3D) }
    return String(decoding: output, as: UTF8.self)
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61 + 26
    case 0x30...0x39: UInt32(byte) - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
