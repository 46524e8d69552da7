/// Opens documents of Word 95 to 2003 that are encrypted (MS-DOC §2.2.6): three streams, by RC4 whose key changes
/// every 512 octets, or by XOR. Everything else in the file, macros among it, is never encrypted.
struct WordCipher {
  private enum Method {
    case rc4(OldOfficeCipher, OldOfficeCipher.Secret)
    case xor(pad: [UInt8])
  }

  private let method: Method
  private let table: String
  /// Octets of the main stream that are never encrypted.
  private let open: Int
  private static let block = 512
  /// `open` as of Word 97 (MS-DOC §2.2.6.1), and before.
  private static let (openOctets, openOctetsBefore97) = (0x44, 0x34)
  /// Octets of the description.
  private static let keyLimit = 1 << 13

  /// If the document is encrypted and one of the passwords fits; `stream` gives some octets of a stream. The
  /// description is what the stream of tables begins with (§2.5.2, lKey is its size), or it is lKey itself.
  init?(_ passwords: [String], stream: (_ name: String, _ limit: Int) -> [UInt8]?) {
    guard let head = stream(Self.main, Self.openOctets), let version = head.little(2, 2),
      let flags = head.little(Self.flags, 2), flags & Flag.encrypted != 0,
      let verifier = head.little(Self.lKey, 2), let key = head.little(Self.lKey + 2, 2)
    else { return nil }
    table = flags & Flag.secondTable != 0 ? "1Table" : "0Table"
    open = version < Self.word97 ? Self.openOctetsBefore97 : Self.openOctets
    if flags & Flag.obfuscated != 0 {
      let pads = Obfuscation(key: key, verifier: verifier).pads(passwords)
      guard let pad = pads.first else { return nil }
      method = .xor(pad: pad)
    } else {
      guard let key = stream(table, Self.keyLimit), let cipher = OldOfficeCipher(key),
        let secret = cipher.secret(passwords)
      else { return nil }
      method = .rc4(cipher, secret)
    }
  }

  private static let main = "WordDocument"
  private static let (flags, lKey) = (0x0A, 0x0E)
  /// The version (nFib) that Word 97 writes.
  private static let word97 = 0xC1
  private enum Flag {
    static let encrypted = 0x0100, secondTable = 0x0200, obfuscated = 0x8000
  }

  /// The stream in plain; nil where it is that already.
  func plain(_ octets: [UInt8], of name: String) -> [UInt8]? {
    guard [Self.main, table, "Data"].contains(name) else { return nil }
    var plain = octets
    switch method {
    case .rc4(let cipher, let secret): cipher.apply(secret, to: &plain, block: Self.block)
    case .xor(let pad):
      for place in plain.indices {
        plain[place] = Obfuscation.text(plain[place], pad, place: place)
      }
    }
    let open = name == Self.main ? min(open, plain.count) : 0
    plain.replaceSubrange(..<open, with: octets[..<open])
    // What is plain does not say that it is encrypted.
    if name == Self.main, plain.count > Self.flags + 1 { plain[Self.flags + 1] &= 0xFE }
    return plain
  }
}
