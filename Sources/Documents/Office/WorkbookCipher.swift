/// Opens workbooks of Excel 97 to 2003 that are encrypted record by record (MS-XLS §2.2.10): RC4, whose key
/// changes every 1,024 octets.
struct WorkbookCipher {
  /// How keys are made: from MD5 with 40 bits (MS-OFFCRYPTO §2.3.6), or SHA-1 (§2.3.5).
  private enum Scheme {
    case plain, cryptographic(keySize: Int)
  }

  private let scheme: Scheme
  private let salt, verifier, proof: [UInt8]
  private static let block = 1024

  /// From the record FILEPASS.
  init?(_ record: [UInt8]) {
    guard record.little(0, 2) == 1, let major = record.little(2, 2) else { return nil }
    if major == 1 {
      scheme = .plain
      (salt, verifier, proof) = (record.part(6, 16), record.part(22, 16), record.part(38, 16))
    } else {
      guard let size = record.little(10, 4), size < 4096, let bits = record.little(14 + 16, 4),
        bits <= 128
      else {
        return nil
      }
      let start = 14 + size
      scheme = .cryptographic(keySize: bits == 0 ? 5 : bits / 8)
      (salt, verifier, proof) = (
        record.part(start + 4, 16), record.part(start + 20, 16), record.part(start + 40, 20)
      )
    }
    guard salt.count == 16, verifier.count == 16, proof.count >= 16 else { return nil }
  }

  /// The stream with its records plain, if one of the passwords fits.
  func open(_ stream: [UInt8], _ passwords: [String]) -> [UInt8]? {
    for password in passwords {
      let secret = secret(password)
      if fits(secret) { return plain(stream, secret) }
    }
    return nil
  }

  private func secret(_ password: String) -> [UInt8] {
    let wide = password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    guard case .plain = scheme else { return OfficeHash.sha1.digest(salt + wide) }
    let short = OfficeHash.md5.digest(wide).prefix(5)
    let long = (0..<16).flatMap { _ in Array(short) + salt }
    return Array(OfficeHash.md5.digest(long).prefix(5))
  }

  private func key(_ secret: [UInt8], _ number: Int) -> [UInt8] {
    let count = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    switch scheme {
    case .plain: return OfficeHash.md5.digest(secret + count)
    case .cryptographic(let size):
      let key = Array(OfficeHash.sha1.digest(secret + count).prefix(size))
      return size == 5 ? key + [UInt8](repeating: 0, count: 11) : key
    }
  }

  private func fits(_ secret: [UInt8]) -> Bool {
    var cipher = RC4(key(secret, 0))
    let word = verifier.map { $0 ^ cipher.next() }
    let told = proof.map { $0 ^ cipher.next() }
    guard case .plain = scheme else { return told.starts(with: OfficeHash.sha1.digest(word)) }
    return told.starts(with: OfficeHash.md5.digest(word))
  }

  /// Records that stay as they are (§2.2.10): BOF, FILEPASS, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
  private static let open: Set<Int> = [0x809, 0x2F, 0x194, 0x195, 0xE1, 0x196, 0x138]

  /// The stream of keys runs over everything, headers and open records as well.
  private func plain(_ stream: [UInt8], _ secret: [UInt8]) -> [UInt8] {
    var mask: [UInt8] = []
    mask.reserveCapacity(stream.count)
    for number in 0..<((stream.count + Self.block - 1) / Self.block) {
      var cipher = RC4(key(secret, number))
      for _ in 0..<min(Self.block, stream.count - mask.count) { mask.append(cipher.next()) }
    }
    var (plain, at) = (stream, 0)
    while let type = stream.little(at, 2), let length = stream.little(at + 2, 2) {
      // The place in BOUNDSHEET is plain, and FILEPASS makes way for what is no record.
      let start = type == 0x85 ? at + 8 : at + 4
      let end = min(stream.count, at + 4 + length)
      if !Self.open.contains(type), start < end {
        for place in start..<end { plain[place] ^= mask[place] }
      }
      if type == 0x2F { (plain[at], plain[at + 1]) = (0xFF, 0xFF) }
      at += 4 + length
    }
    return plain
  }
}

/// RC4, as old formats have it.
struct RC4 {
  private var state = (0...255).map { UInt8($0) }
  private var (i, j): (UInt8, UInt8) = (0, 0)

  init(_ key: [UInt8]) {
    var place: UInt8 = 0
    for index in 0..<256 {
      place = place &+ state[index] &+ key[index % key.count]
      state.swapAt(index, Int(place))
    }
  }

  mutating func next() -> UInt8 {
    i = i &+ 1
    j = j &+ state[Int(i)]
    state.swapAt(Int(i), Int(j))
    return state[Int(state[Int(i)] &+ state[Int(j)])]
  }
}
