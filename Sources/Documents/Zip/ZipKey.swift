/// Opens encrypted entries with the passwords that are at hand; the one that opened the last entry is
/// tried first. Tries that fail are paid for: a zip may have 10,000 entries, each with another salt.
struct ZipKey {
  private let passwords: [String]
  private let keys: KeyRing

  /// What a key of WinZip's AES costs, a thousand rounds of PBKDF2; and one of the old cipher.
  static let aesCost = 1 << 18
  private static let oldCost = 1 << 8
  /// What an octet costs that is decrypted and unpacked for nothing.
  private static let octetCost = 2

  init(_ passwords: [String], _ keys: KeyRing, limit: Int) {
    (self.passwords, self.keys) = (Array(passwords.prefix(limit)), keys)
  }

  /// Nil when none fits, or nothing is left to try with.
  func unpack(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord, limit: Int
  ) -> Unpacked? {
    let isStrong = record.method == ZipRecord.aesMethod
    let cost = isStrong ? Self.aesCost : Self.oldCost
    return keys.first(passwords) { password in
      guard keys.affords(cost) else { return nil }
      let found =
        isStrong
        ? Self.aes(octets, data, record, password, limit)
        : traditional(octets, data, record, password, limit)
      if found == nil { _ = keys.spend(cost) }
      return found
    }
  }

  /// APPNOTE.TXT 6.1: one octet of the header proves the password to 255 in 256, the checksum the rest.
  private func traditional(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord, _ password: String, _ limit: Int
  ) -> Unpacked? {
    var cipher = ZipCipher(password: Array(password.utf8))
    let header = octets.part(data.lowerBound, min(ZipCipher.headerSize, data.count))
    guard header.count == ZipCipher.headerSize, let last = header.map({ cipher.decrypt($0) }).last
    else { return nil }
    let proofs = [record.checksum >> 24, record.time >> 8].map { UInt8(truncatingIfNeeded: $0) }
    guard proofs.contains(last), keys.affords(data.count) else { return nil }
    let plain = octets[(data.lowerBound + ZipCipher.headerSize)..<data.upperBound]
      .prefix(limit).map { cipher.decrypt($0) }
    let unpacked = ZipMethod.unpack(plain, 0..<plain.count, record, limit: limit)
    let isRight = Inflate.checksum(unpacked.octets) == record.checksum
    if isRight || unpacked.outcome == .limit { return unpacked }
    _ = keys.spend((data.count + unpacked.octets.count) * Self.octetCost)
    return nil
  }

  /// WinZip AES: the library decrypts an entry that says it is stored; what comes out is unpacked here.
  private static func aes(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord, _ password: String, _ limit: Int
  ) -> Unpacked? {
    guard var field = record.extra(ZipRecord.aesField), field.count >= 7, (1...3).contains(field[4])
    else { return nil }
    let method = field.little(5, 2) ?? 0
    let overhead = 4 * Int(field[4]) + 4 + 2 + 10
    guard data.count >= overhead, data.count - overhead <= limit else { return nil }
    // AE-2 has no checksum, so that the library does not compare what is not there; stored.
    (field[0], field[1], field[5], field[6]) = (2, 0, 0, 0)
    let extra = [0x01, 0x99, UInt8(field.count), 0] + field
    let archive = ZipMethod.single(
      octets, data, ZipRecord.aesMethod, record, flags: 1, size: data.count - overhead, extra: extra
    )
    guard let plain = LibraryReader.decrypted(archive, password: password, limit: limit) else {
      return nil
    }
    return ZipMethod.unpack(
      plain.octets, 0..<plain.octets.count, method: method, record, limit: limit)
  }
}

extension ZipRecord {
  static let aesMethod = 99
  static let aesField = 0x9901

  /// AE-2 leaves the checksum out.
  var isUnchecked: Bool { method == Self.aesMethod && extra(Self.aesField)?.first == 2 }
}

/// The cipher of PKZIP 2.0 (APPNOTE.TXT 6.1.5): three keys that every plain octet moves on.
struct ZipCipher {
  static let headerSize = 12
  private var keys: (UInt32, UInt32, UInt32) = (0x1234_5678, 0x2345_6789, 0x3456_7890)

  init(password: [UInt8]) {
    for byte in password { update(byte) }
  }

  mutating func decrypt(_ byte: UInt8) -> UInt8 {
    let mask = UInt16(truncatingIfNeeded: keys.2) | 2
    let plain = byte ^ UInt8(truncatingIfNeeded: (mask &* (mask ^ 1)) >> 8)
    update(plain)
    return plain
  }

  mutating func encrypt(_ byte: UInt8) -> UInt8 {
    let mask = UInt16(truncatingIfNeeded: keys.2) | 2
    defer { update(byte) }
    return byte ^ UInt8(truncatingIfNeeded: (mask &* (mask ^ 1)) >> 8)
  }

  private mutating func update(_ byte: UInt8) {
    keys.0 = Self.crc(keys.0, byte)
    keys.1 = (keys.1 &+ (keys.0 & 0xFF)) &* 134_775_813 &+ 1
    keys.2 = Self.crc(keys.2, UInt8(truncatingIfNeeded: keys.1 >> 24))
  }

  private static func crc(_ sum: UInt32, _ byte: UInt8) -> UInt32 {
    table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 != 0 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }
}
