/// XOR obfuscation of Office 95 to 2003 (MS-OFFCRYPTO §2.3.7): sixteen octets made of a password, over and
/// over. A document keeps two checksums of the password, a key and a verifier (§2.3.7.1, §2.3.7.4).
///
/// Where §2.3.7.2 has tables and cases, the same numbers come from a shift register that takes 0x1020 back in
/// (OpenOffice's "Microsoft Excel File Format" §4.18.4), and from one rule for all sixteen octets.
struct Obfuscation {
  let key, verifier: Int

  /// Characters of a password that count.
  private static let passwordLimit = 15
  /// What fills sixteen octets behind the password.
  private static let filling: [UInt8] = [
    0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00,
  ]

  /// What each of the passwords that fit comes to. 31 bits are soon found a second time by who wants to.
  func pads(_ passwords: [String]) -> [[UInt8]] {
    passwords.map(Self.octets).filter { password in
      !password.isEmpty && Self.verifier(password) == verifier && Self.key(password) == key
    }.map(pad)
  }

  /// An octet a character (§2.3.7.4, the way that writers must go; the other one asks for the language).
  private static func octets(_ password: String) -> [UInt8] {
    password.utf16.prefix(passwordLimit).map { unit in
      unit & 0xFF == 0 ? UInt8(unit >> 8) : UInt8(truncatingIfNeeded: unit)
    }
  }

  /// §2.3.7.1: fifteen bits that turn.
  private static func verifier(_ password: [UInt8]) -> Int {
    let turned = ([UInt8(password.count)] + password).reversed().reduce(0) { sum, octet in
      (sum >> 14 & 1 | sum << 1 & 0x7FFF) ^ Int(octet)
    }
    return turned ^ 0xCE4B
  }

  /// CreateXorKey_Method1 (§2.3.7.2): seven bits of each octet, the last octet first.
  private static func key(_ password: [UInt8]) -> Int {
    var (register, end, key) = (0x8000, 0xFFFF, 0)
    for octet in password.reversed() {
      for bit in 0..<8 {
        (register, end) = (stepped(register), stepped(end))
        if bit < 7, octet >> bit & 1 == 1 { key ^= register }
      }
    }
    return key ^ end
  }

  private static func stepped(_ register: Int) -> Int {
    let turned = register << 1 & 0xFFFF | register >> 15
    return turned & 1 == 1 ? turned ^ 0x1020 : turned
  }

  /// CreateXorArray_Method1 and 2 (§2.3.7.2, §2.3.7.5).
  private func pad(_ password: [UInt8]) -> [UInt8] {
    (password + Self.filling).prefix(16).enumerated().map { index, octet in
      let mixed = octet ^ UInt8(truncatingIfNeeded: index % 2 == 0 ? key : key >> 8)
      return mixed >> 1 | mixed << 7
    }
  }

  // MARK: The two ways of use

  /// DecryptData_Method1 (§2.3.7.3), of Excel. A record's octet at `place` of the stream is met by that of the
  /// pad as many further on as the record has octets.
  static func sheet(_ octet: UInt8, _ pad: [UInt8], place: Int, recordSize: Int) -> UInt8 {
    let mixed = octet ^ pad[(place + recordSize) % 16]
    return mixed >> 5 | mixed << 3
  }

  /// DecryptData_Method2 (§2.3.7.6), of Word: what is nothing, or would become it, stays.
  static func text(_ octet: UInt8, _ pad: [UInt8], place: Int) -> UInt8 {
    let mixed = octet ^ pad[place % 16]
    return octet == 0 || mixed == 0 ? octet : mixed
  }
}
