import Mail

/// Opens encrypted packages (MS-OFFCRYPTO §2.3.4): the whole document is one encrypted stream beside a
/// description of how. Excel opens what is encrypted with `VelvetSweatshop` without a word, so that is
/// tried first, and then what the mail says.
///
/// A password proves itself by octets of its own, and in agile encryption the document's key is told beside them.
/// So what comes out must be a package, and of two keys for passwords nobody says which one Office takes: such a
/// document stays locked.
struct OfficeCipher {
  /// Passwords that Office itself uses where nobody gave one.
  static let own = ["VelvetSweatshop", "/01Hannes Ruescher/01"]
  /// Rounds of one password: Office takes 100,000.
  private static let spinLimit = 1_000_000
  private static let segment = 4096

  /// What a password must fit, and what it leads to.
  private enum Scheme {
    case standard(salt: [UInt8], verifier: [UInt8], proof: [UInt8], keySize: Int)
    case agile(Agile)
  }

  /// The attributes of agile encryption (§2.3.4.10).
  private struct Agile {
    let hash, keyHash: OfficeHash
    let spin, keySize: Int
    let salt, input, value, key: [UInt8]
    let dataSalt: [UInt8]
  }

  private let scheme: Scheme

  /// Nil for what nobody writes any more, and for what does not hold.
  init?(_ octets: [UInt8]) {
    guard let minor = octets.little(2, 2), let major = octets.little(0, 2) else { return nil }
    if major == 4, minor == 4, let agile = Self.agile(Array(octets.dropFirst(8))) {
      scheme = .agile(agile)
    } else if minor == 2, let standard = Self.standard(octets) {
      scheme = standard
    } else {
      return nil
    }
  }

  /// The document, if one of the passwords fits.
  func open(
    _ package: [UInt8], _ passwords: [String], _ keys: KeyRing, limit: Int
  ) -> Unpacked? {
    guard let size = package.little(0, 8) else { return nil }
    let packed = Array(package.dropFirst(8).prefix(min(limit, package.count) / 16 * 16))
    return keys.first(passwords) { password in
      guard let plain = plain(packed, password, keys), plain.has("PK", at: 0) else { return nil }
      let isWhole = size <= plain.count
      return Unpacked(
        Array(plain.prefix(size)),
        isWhole ? .whole : plain.count < limit - 16 ? .damaged(.truncated) : .limit)
    }
  }

  private func plain(_ packed: [UInt8], _ password: String, _ keys: KeyRing) -> [UInt8]? {
    switch scheme {
    case .standard(let salt, let verifier, let proof, let keySize):
      let recipe = KeyRing.Recipe.office(.sha1, rounds: 50_000, salt: salt)
      guard let spun = keys.key(recipe, password) else { return nil }
      let sum = OfficeHash.sha1.digest(spun + [0, 0, 0, 0])
      let key = Array(Self.derived(sum).prefix(keySize))
      guard let word = UnpaddedAES.single(verifier, key: key),
        let told = UnpaddedAES.single(proof, key: key),
        told.starts(with: OfficeHash.sha1.digest(word))
      else { return nil }
      return UnpaddedAES.single(packed, key: key)
    case .agile(let agile): return Self.plain(packed, password, agile, keys)
    }
  }

  // MARK: Standard (§2.3.4.5)

  private static func standard(_ octets: [UInt8]) -> Scheme? {
    guard let size = octets.little(8, 4), size < 4096, let keyBits = octets.little(12 + 16, 4),
      let algorithm = octets.little(12 + 8, 4), [0, 0x660E, 0x660F, 0x6610].contains(algorithm)
    else { return nil }
    let verifier = 12 + size
    guard octets.little(verifier, 4) == 16, verifier + 72 <= octets.count else { return nil }
    return .standard(
      salt: octets.part(verifier + 4, 16), verifier: octets.part(verifier + 20, 16),
      proof: octets.part(verifier + 40, 32), keySize: keyBits / 8)
  }

  /// §2.3.4.7: as CryptDeriveKey makes a key of a hash.
  private static func derived(_ sum: [UInt8]) -> [UInt8] {
    [UInt8(0x36), 0x5C].flatMap { fill in
      OfficeHash.sha1.digest((0..<64).map { ($0 < sum.count ? sum[$0] : 0) ^ fill })
    }
  }

  // MARK: Agile (§2.3.4.11 to 15)

  private static func agile(_ text: [UInt8]) -> Agile? {
    var scanner = MarkupScanner(text)
    var (found, locks): ([MarkupScanner.Element], [MarkupScanner.Element]) = ([], [])
    while let element = scanner.next() {
      if element.name == "keydata" { found.append(element) }
      if element.name == "encryptedkey", element["spincount"] != nil { locks.append(element) }
    }
    guard found.count == 1, locks.count == 1, let data = found.first, let key = locks.first,
      let hash = key["hashalgorithm"].flatMap(OfficeHash.init(name:)),
      let keyHash = data["hashalgorithm"].flatMap(OfficeHash.init(name:)),
      let spin = key["spincount"].flatMap({ Int($0) }), (0...spinLimit).contains(spin),
      let bits = key["keybits"].flatMap({ Int($0) }), [128, 192, 256].contains(bits)
    else { return nil }
    func octets(_ element: MarkupScanner.Element, _ name: String) -> [UInt8] {
      BodyDecoder.decode(Array((element[name] ?? "").utf8)[...], .base64).octets
    }
    return Agile(
      hash: hash, keyHash: keyHash, spin: spin, keySize: bits / 8, salt: octets(key, "saltvalue"),
      input: octets(key, "encryptedverifierhashinput"),
      value: octets(key, "encryptedverifierhashvalue"),
      key: octets(key, "encryptedkeyvalue"), dataSalt: octets(data, "saltvalue"))
  }

  private static func plain(
    _ packed: [UInt8], _ password: String, _ agile: Agile, _ keys: KeyRing
  ) -> [UInt8]? {
    let recipe = KeyRing.Recipe.office(agile.hash, rounds: agile.spin, salt: agile.salt)
    guard let sum = keys.key(recipe, password) else { return nil }
    func opened(_ octets: [UInt8], _ block: [UInt8]) -> [UInt8]? {
      let key = fitted(agile.hash.digest(sum + block), agile.keySize)
      return UnpaddedAES.chained(octets, key: key, start: fitted(agile.salt, 16))
    }
    guard let input = opened(agile.input, [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79]),
      let value = opened(agile.value, [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E]),
      value.starts(with: agile.hash.digest(Array(input.prefix(agile.salt.count)))),
      let key = opened(agile.key, [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6])
    else { return nil }
    var plain: [UInt8] = []
    for (index, start) in stride(from: 0, to: packed.count, by: segment).enumerated() {
      let number = [UInt8].little(index, 4)
      let vector = fitted(agile.keyHash.digest(agile.dataSalt + number), 16)
      let part = packed.part(start, segment)
      guard let open = UnpaddedAES.chained(part, key: fitted(key, agile.keySize), start: vector)
      else { break }
      plain += open
    }
    return plain
  }

  /// Cut, or filled with 0x36 (§2.3.4.11).
  private static func fitted(_ octets: [UInt8], _ size: Int) -> [UInt8] {
    (0..<size).map { $0 < octets.count ? octets[$0] : 0x36 }
  }
}
