/// The RC4 of Office 97 to 2003: a salt and a proof, and for each block a key made of the password. What a
/// block is each format says for itself (`WorkbookCipher`, `WordCipher`, `SlidesCipher`).
struct OldOfficeCipher {
  /// How keys are made: from MD5 with 40 bits (MS-OFFCRYPTO §2.3.6), or SHA-1 (§2.3.5).
  private enum Scheme {
    case plain, cryptographic(keySize: Int)
  }

  private let scheme: Scheme
  private let salt, verifier, proof: [UInt8]

  /// From a description that begins with its version (§2.1.4).
  init?(_ octets: [UInt8]) {
    guard let major = octets.little(0, 2) else { return nil }
    if major == 1 {
      scheme = .plain
      (salt, verifier, proof) = (octets.part(4, 16), octets.part(20, 16), octets.part(36, 16))
    } else {
      guard let size = octets.little(8, 4), size < 4096, let bits = octets.little(12 + 16, 4),
        bits <= 128
      else { return nil }
      let start = 12 + size
      scheme = .cryptographic(keySize: bits == 0 ? 5 : max(1, bits / 8))
      (salt, verifier, proof) = (
        octets.part(start + 4, 16), octets.part(start + 20, 16), octets.part(start + 40, 20)
      )
    }
    guard salt.count == 16, verifier.count == 16, proof.count >= 16 else { return nil }
  }

  /// What a password that fits came to: keys are made of it.
  struct Secret {
    fileprivate let octets: [UInt8]
  }

  /// Of the first password that fits.
  func secret(_ passwords: [String]) -> Secret? {
    passwords.lazy.map(secret).first(where: fits)
  }

  private func secret(_ password: String) -> Secret {
    let wide = password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    guard case .plain = scheme else { return Secret(octets: OfficeHash.sha1.digest(salt + wide)) }
    let short = OfficeHash.md5.digest(wide).prefix(5)
    let long = (0..<16).flatMap { _ in Array(short) + salt }
    return Secret(octets: Array(OfficeHash.md5.digest(long).prefix(5)))
  }

  private func fits(_ secret: Secret) -> Bool {
    var cipher = cipher(secret, block: 0)
    let word = cipher.applied(to: verifier)
    let told = cipher.applied(to: proof)
    guard case .plain = scheme else { return told.starts(with: OfficeHash.sha1.digest(word)) }
    return told.starts(with: OfficeHash.md5.digest(word))
  }

  /// As it begins a block.
  func cipher(_ secret: Secret, block: Int) -> RC4 {
    let count = [UInt8].little(block, 4)
    switch scheme {
    case .plain: return RC4(OfficeHash.md5.digest(secret.octets + count))
    case .cryptographic(let size):
      let key = Array(OfficeHash.sha1.digest(secret.octets + count).prefix(size))
      return RC4(size == 5 ? key + [UInt8](repeating: 0, count: 11) : key)
    }
  }

  /// Decrypts a whole stream, whose key changes with each block of `size`.
  func apply(_ secret: Secret, to stream: inout [UInt8], block size: Int) {
    for (number, start) in stride(from: 0, to: stream.count, by: size).enumerated() {
      var cipher = cipher(secret, block: number)
      cipher.apply(to: &stream, in: start..<min(start + size, stream.count))
    }
  }
}
