/// Opens documents of Word 97 to 2003 that are encrypted with RC4 (MS-DOC §2.2.6.2, §2.2.6.3): three streams
/// whose key changes every 512 octets. Everything else in the file, macros among it, is never encrypted.
struct WordCipher {
  private let cipher: OldOfficeCipher
  private let secret: OldOfficeCipher.Secret
  private let table: String
  private static let block = 512
  /// Octets of the main stream that are never encrypted.
  private static let open = 0x44
  /// Octets of the description.
  private static let keyLimit = 1 << 13

  /// If the document is encrypted and one of the passwords fits; `stream` gives some octets of a stream. The
  /// description is what the stream of tables begins with (§2.5.2, lKey is its size).
  init?(_ passwords: [String], stream: (_ name: String, _ limit: Int) -> [UInt8]?) {
    guard let head = stream(Self.main, Self.open), let flags = head.little(Self.flags, 2),
      flags & Flag.encrypted != 0, flags & Flag.obfuscated == 0
    else { return nil }
    let table = flags & Flag.secondTable != 0 ? "1Table" : "0Table"
    guard let key = stream(table, Self.keyLimit), let cipher = OldOfficeCipher(key),
      let secret = cipher.secret(passwords)
    else { return nil }
    (self.cipher, self.secret, self.table) = (cipher, secret, table)
  }

  private static let main = "WordDocument"
  private static let flags = 0x0A
  private enum Flag {
    static let encrypted = 0x0100, secondTable = 0x0200, obfuscated = 0x8000
  }

  /// The stream in plain; nil where it is that already.
  func plain(_ octets: [UInt8], of name: String) -> [UInt8]? {
    guard [Self.main, table, "Data"].contains(name) else { return nil }
    var plain = octets
    cipher.apply(secret, to: &plain, block: Self.block)
    let open = name == Self.main ? min(Self.open, plain.count) : 0
    plain.replaceSubrange(..<open, with: octets[..<open])
    // What is plain does not say that it is encrypted.
    if name == Self.main, plain.count > Self.flags + 1 { plain[Self.flags + 1] &= 0xFE }
    return plain
  }
}
