/// A zip of one stored entry under the traditional cipher (APPNOTE §6.1), as offices make them.
struct LockedZip {
  private var keys: (UInt32, UInt32, UInt32) = (0x1234_5678, 0x2345_6789, 0x3456_7890)
  private(set) var octets: [UInt8] = []

  init(_ content: [UInt8], name: String, password: String) {
    for byte in password.utf8 { mix(byte) }
    let sum = ~content.reduce(UInt32.max) { Self.crc($0, $1) }
    // Eleven octets of chance, then what shows that the password is right.
    let head = [UInt8](repeating: 7, count: 11) + [UInt8(sum >> 24)]
    let data = (head + content).map { encrypted($0) }
    let file = Array(name.utf8)
    let common =
      Self.little(20, 2) + Self.little(1, 2) + Self.little(0, 2) + Self.little(0, 4)
      + Self.little(Int(sum), 4) + Self.little(data.count, 4) + Self.little(content.count, 4)
      + Self.little(file.count, 2) + Self.little(0, 2)
    octets = Array("PK".utf8) + [3, 4] + common + file + data
    let start = octets.count
    octets += Array("PK".utf8) + [1, 2] + Self.little(20, 2) + common
    octets += Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 4)
    octets += Self.little(0, 4) + file
    let size = octets.count - start
    octets += Array("PK".utf8) + [5, 6] + Self.little(0, 4) + Self.little(1, 2)
    octets += Self.little(1, 2) + Self.little(size, 4) + Self.little(start, 4) + Self.little(0, 2)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func crc(_ sum: UInt32, _ byte: UInt8) -> UInt32 {
    (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  private mutating func mix(_ byte: UInt8) {
    keys.0 = Self.crc(keys.0, byte)
    keys.1 = (keys.1 &+ (keys.0 & 0xFF)) &* 134_775_813 &+ 1
    keys.2 = Self.crc(keys.2, UInt8(keys.1 >> 24))
  }

  private mutating func encrypted(_ byte: UInt8) -> UInt8 {
    let word = (keys.2 | 2) & 0xFFFF
    let stream = UInt8(truncatingIfNeeded: (word &* (word ^ 1)) >> 8)
    mix(byte)
    return byte ^ stream
  }
}
