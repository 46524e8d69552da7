import Crypto
import CryptoExtras

/// Opens encrypted PDFs (ISO 32000-2 §7.6, the standard security handler): most open for everybody, with the
/// empty password, and only forbid to print; programs show those without a word.
struct PDFCipher {
  /// How streams and strings are encrypted.
  private enum Method { case rc4, aes, aesWhole, none }

  /// The password that was needed; nil where everybody may read.
  let password: String?
  private let key: [UInt8]
  private let method: Method

  /// What a try costs since PDF 2.0, some 64 rounds of AES and a hash over 64 times the password.
  private static let cost = 1 << 19

  /// Nil where nothing is encrypted, no password fits, or nobody knows how. Wrong passwords are paid for; that
  /// everybody may read is asked for nothing.
  init?(_ octets: [UInt8], _ passwords: [String], _ keys: KeyRing) {
    guard let terms = Terms(octets) else { return nil }
    method = terms.method
    for password in [""] + passwords {
      guard password.isEmpty || !terms.isDear || keys.spend(Self.cost) else { return nil }
      if let key = terms.key(Array(password.utf8)) {
        self.key = key
        self.password = password.isEmpty ? nil : password
        return
      }
    }
    return nil
  }

  /// A stream's or string's octets, of the object of that number and generation.
  func open(_ octets: [UInt8], number: Int, generation: Int) -> [UInt8] {
    switch method {
    case .none: return octets
    case .rc4:
      var cipher = RC4(objectKey(number, generation, []))
      return cipher.applied(to: octets)
    case .aes: return Self.plain(octets, objectKey(number, generation, Array("sAlT".utf8)))
    case .aesWhole: return Self.plain(octets, key)
    }
  }

  /// §7.6.3.2, algorithm 1.
  private func objectKey(_ number: Int, _ generation: Int, _ salt: [UInt8]) -> [UInt8] {
    let place = [number, number >> 8, number >> 16, generation, generation >> 8]
    let sum = OfficeHash.md5.digest(key + place.map { UInt8(truncatingIfNeeded: $0) } + salt)
    return Array(sum.prefix(min(16, key.count + 5)))
  }

  /// A start vector, blocks, and padding that says its own length.
  private static func plain(_ octets: [UInt8], _ key: [UInt8]) -> [UInt8] {
    let packed = Array(octets.dropFirst(16).prefix(max(0, octets.count - 16) / 16 * 16))
    guard var plain = UnpaddedAES.chained(packed, key: key, start: Array(octets.prefix(16))),
      let padding = plain.last
    else { return [] }
    if (1...16).contains(padding), plain.count >= Int(padding) { plain.removeLast(Int(padding)) }
    return plain
  }

  /// The dictionary that says how (§7.6.2, table 20 and 21).
  private struct Terms {
    var method = Method.rc4
    private let revision, size, permissions: Int
    private let owner, user, userKey, identifier: [UInt8]
    private let coversMetadata: Bool

    init?(_ octets: [UInt8]) {
      let marks = octets.places(
        of: Array("/Encrypt".utf8), in: 0..<octets.count, limit: Self.markLimit)
      // The trailer nearest to the end counts; `/EncryptMetadata` is none.
      guard let text = marks.reversed().lazy.compactMap({ Self.dictionary(octets, $0 + 8) }).first
      else { return nil }
      func number(_ name: String) -> Int? { PDFText.number(text, name) }
      func string(_ name: String) -> [UInt8] { PDFText.string(text, name) ?? [] }
      guard let version = number("V"), let revision = number("R"), (2...6).contains(revision) else {
        return nil
      }
      self.revision = revision
      let bits = number("Length") ?? 40
      size = version == 1 ? 5 : version >= 4 ? 16 : max(5, min(16, bits / 8))
      permissions = number("P") ?? 0
      (owner, user, userKey) = (string("O"), string("U"), string("UE"))
      coversMetadata = text.place(of: "EncryptMetadata false", in: 0..<text.count) == nil
      identifier = PDFText.identifier(octets) ?? []
      if version >= 4 {
        func has(_ word: String) -> Bool { text.place(of: word, in: 0..<text.count) != nil }
        method = has("AESV3") ? .aesWhole : has("AESV2") ? .aes : has("/V2") ? .rc4 : .none
      }
      guard user.count >= 32, owner.count >= 32 else { return nil }
    }

    /// At `place` the dictionary itself, or the number of the object that it is.
    private static func dictionary(_ octets: [UInt8], _ place: Int) -> [UInt8]? {
      let rest = octets.part(place, 64).drop(while: \.isSpace)
      if rest.starts(with: Array("<<".utf8)) { return octets.part(place, sizeLimit) }
      let number = rest.prefix(while: \.isDigit)
      guard !number.isEmpty else { return nil }
      let head = "\(String(decoding: number, as: UTF8.self)) 0 obj"
      let found = octets.places(of: Array(head.utf8), in: 0..<octets.count, limit: 100).last {
        $0 == 0 || !octets[$0 - 1].isDigit
      }
      return found.map { start in
        let end = octets.place(of: "endobj", in: start..<octets.count) ?? octets.count
        return octets.part(start + head.utf8.count, min(end - start, sizeLimit))
      }
    }

    private static let (sizeLimit, markLimit) = (8192, 100)

    private static let padding: [UInt8] = [
      0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01,
      0x08,
      0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69,
      0x7A,
    ]

    /// Whether a try takes long.
    var isDear: Bool { revision >= 6 }

    /// The file's key, if the password fits.
    func key(_ password: [UInt8]) -> [UInt8]? {
      revision >= 5 ? newKey(Array(password.prefix(127))) : oldKey(password)
    }

    /// Algorithms 2, 4 and 5.
    private func oldKey(_ password: [UInt8]) -> [UInt8]? {
      let md5 = OfficeHash.md5
      let word = Array((password + Self.padding).prefix(32))
      let flags = [UInt8].little(permissions, 4)
      let tail: [UInt8] = revision >= 4 && !coversMetadata ? [0xFF, 0xFF, 0xFF, 0xFF] : []
      var sum = md5.digest(word + owner.prefix(32) + flags + identifier + tail)
      if revision >= 3 { for _ in 0..<50 { sum = md5.digest(Array(sum.prefix(size))) } }
      let key = Array(sum.prefix(size))
      guard revision >= 3 else {
        var cipher = RC4(key)
        return cipher.applied(to: Self.padding) == Array(user.prefix(32)) ? key : nil
      }
      var proof = md5.digest(Self.padding + identifier)
      for round in 0..<20 {
        var cipher = RC4(key.map { $0 ^ UInt8(round) })
        proof = cipher.applied(to: proof)
      }
      return proof == Array(user.prefix(16)) ? key : nil
    }

    /// Algorithms 2.A and 2.B.
    private func newKey(_ password: [UInt8]) -> [UInt8]? {
      guard user.count >= 48, userKey.count >= 32 else { return nil }
      guard hash(password + user[32..<40], password) == Array(user.prefix(32)) else { return nil }
      return UnpaddedAES.chained(
        Array(userKey.prefix(32)), key: hash(password + user[40..<48], password),
        start: [UInt8](repeating: 0, count: 16))
    }

    private func hash(_ input: [UInt8], _ password: [UInt8]) -> [UInt8] {
      var sum = OfficeHash.sha256.digest(input)
      guard revision >= 6 else { return sum }
      var round = 0
      while true {
        let word = password + sum
        let text = (0..<64).flatMap { _ in word }
        guard let start = try? AES._CBC.IV(ivBytes: Array(sum[16..<32])),
          let packed = try? AES._CBC.encrypt(
            text, using: SymmetricKey(data: Array(sum[..<16])), iv: start, noPadding: true)
        else { return [] }
        let mixed = Array(packed)
        let rest = mixed.prefix(16).reduce(0) { $0 + Int($1) } % 3
        sum = (rest == 0 ? OfficeHash.sha256 : rest == 1 ? .sha384 : .sha512).digest(mixed)
        round += 1
        if round >= 64, Int(mixed.last ?? 0) <= round - 32 { return Array(sum.prefix(32)) }
      }
    }
  }
}

/// Values of a dictionary of a PDF by their names, where nothing is packed.
enum PDFText {
  /// Behind `/name`, which nothing continues.
  private static func place(_ text: [UInt8], _ name: String) -> Int? {
    let word = Array("/\(name)".utf8)
    let found = text.places(of: word, in: 0..<text.count, limit: 100).first {
      let end = $0 + word.count
      return end >= text.count || !text[end].isWord
    }
    return found.map { $0 + word.count }
  }

  static func number(_ text: [UInt8], _ name: String) -> Int? {
    guard let place = place(text, name) else { return nil }
    let rest = text.part(place, 24).drop(while: \.isSpace)
    let isNegative = rest.first == 0x2D
    let digits = rest.dropFirst(isNegative ? 1 : 0).prefix(while: \.isDigit)
    return Int(String(decoding: digits, as: UTF8.self)).map { isNegative ? -$0 : $0 }
  }

  static func string(_ text: [UInt8], _ name: String) -> [UInt8]? {
    place(text, name).flatMap { PDFString.octets(text, $0) }
  }

  /// The first of the two of `/ID [<…> <…>]`, of the trailer that is nearest to the end.
  static func identifier(_ octets: [UInt8]) -> [UInt8]? {
    let marks = octets.places(of: Array("/ID".utf8), in: 0..<octets.count, limit: 1000)
    for mark in marks.reversed() {
      let rest = octets.part(mark + 3, 16).prefix { $0.isSpace || $0 == 0x5B }
      if rest.contains(0x5B), let text = PDFString.octets(octets, mark + 3 + rest.count) {
        return text
      }
    }
    return nil
  }
}
