/// Tries passwords on a RAR 3 or 4 whose files, or whose headers too, are encrypted (AES-128), and makes an archive
/// of it without encryption. Headers have a checksum of 16 bits that tells of a password; of files only the unpacked
/// content has one, so the smallest that depends on no other is unpacked for it, and a file with another password
/// stays locked: its content does not fit. Older ciphers and volumes stay locked as well.
///
/// Sixteen bits are soon made to fit two passwords, so that the one in the mail reads an archive without files where
/// the other finds them. So hidden headers must tell of files, go on to the archive's end, and every content must fit.
struct RarFourLock {
  private let archive: [UInt8]
  private var locksmith: Locksmith
  private var findings = LockFindings()

  /// Blocks that are looked at.
  private static let limit = 10_000

  static func open(_ archive: [UInt8], _ locksmith: Locksmith) -> Unlocking {
    guard !locksmith.passwords.isEmpty else { return .untouched }
    var lock = RarFourLock(archive: archive, locksmith: locksmith)
    let unlocked = lock.rewritten()
    return lock.findings.outcome(unlocked, lock.locksmith)
  }

  private init(archive: [UInt8], locksmith: Locksmith) {
    (self.archive, self.locksmith) = (archive, locksmith)
  }

  private struct Found {
    let block: RarFourBlock
    let data: Range<Int>
  }

  private enum MainFlag { static let volume = 1, encrypted = 0x80 }

  private mutating func rewritten() -> Unlocked? {
    guard let (main, start) = main() else { return nil }
    let hidesHeaders = main.flags & MainFlag.encrypted != 0
    findings.isEncrypted = hidesHeaders
    findings.isVolume = main.flags & MainFlag.volume != 0
    guard !findings.isVolume || !hidesHeaders, let blocks = blocks(start, isHidden: hidesHeaders)
    else {
      return nil
    }
    let secret = blocks.filter { $0.block.isEncrypted }
    findings.isEncrypted = findings.isEncrypted || !secret.isEmpty
    guard findings.isEncrypted, !findings.isVolume else { return nil }
    let password = password(of: secret)
    let hasFiles = blocks.contains { $0.block.type == RarFourBlock.Kind.file }
    guard hidesHeaders ? hasFiles : password != nil else { return nil }
    var (open, closed): ([UInt8], [UInt8]) = (
      RarFourBlock.signature + RarFourBlock.main(main.flags), []
    )
    open.reserveCapacity(archive.count)
    var (proofs, count): ([Int: ([UInt8]) -> Bool], Int) = ([:], 0)
    for found in blocks {
      let sum = found.block.checksum
      let number = count
      if found.block.type == RarFourBlock.Kind.file { count += 1 }
      if !found.block.isEncrypted {
        open += found.block.octets(Array(archive[found.data]))
        if hidesHeaders, number < count { proofs[number] = { Inflate.checksum($0) == sum } }
      } else if found.block.size == 0, found.block.salt != nil {
        // Nothing is in it that a password would have to open.
        open += found.block.octets(plain: [])
      } else if let password, let plain = decrypted(found, password) {
        open += plain
        if number < count { proofs[number] = { Inflate.checksum($0) == sum } }
      } else {
        count = number
        closed += found.block.octets(Array(archive[found.data]))
      }
    }
    return Unlocked(octets: open + closed, proofs: proofs, detail: findings.detail(locksmith))
  }

  // MARK: Headers

  private func main() -> (block: RarFourBlock, end: Int)? {
    let start = RarFourBlock.signature.count
    guard let length = RarFourBlock.length(archive.part(start, 7)),
      let block = RarFourBlock(archive.part(start, length)), block.type == RarFourBlock.Kind.main,
      block.dataSize <= archive.count, length <= archive.count - start - block.dataSize
    else { return nil }
    return (block, start + length + block.dataSize)
  }

  /// The blocks that matter, their headers plain, with the first password that reads them all.
  private mutating func blocks(_ start: Int, isHidden: Bool) -> [Found]? {
    guard isHidden else { return Self.blocks(archive, start, locksmith, nil) }
    let (archive, smith) = (archive, locksmith)
    return locksmith.first { Self.blocks(archive, start, smith, $0) }
  }

  private static func blocks(
    _ archive: [UInt8], _ start: Int, _ locksmith: Locksmith, _ password: String?
  ) -> [Found]? {
    var (found, at, seen): ([Found], Int, Int) = ([], start, 0)
    while at <= archive.count - RarFourBlock.least {
      seen += 1
      guard seen <= limit, let header = header(archive, &at, locksmith, password),
        let block = RarFourBlock(header), password == nil || block.isSound,
        block.dataSize <= archive.count - at
      else { return nil }
      let data = at..<(at + block.dataSize)
      at = data.upperBound
      if block.type == RarFourBlock.Kind.end {
        return password == nil || archive.count - at < RarFourBlock.least ? found : nil
      }
      // Comments, recovery data and signatures tell nothing; streams of NTFS do.
      guard block.type == RarFourBlock.Kind.file || block.isStream else { continue }
      found.append(Found(block: block, data: data))
    }
    return found
  }

  /// A header, decrypted with `password`: a salt stands in front of each, and it ends with its block.
  private static func header(
    _ archive: [UInt8], _ at: inout Int, _ locksmith: Locksmith, _ password: String?
  ) -> [UInt8]? {
    guard let password else {
      guard let length = RarFourBlock.length(archive.part(at, RarFourBlock.least)),
        length <= archive.count - at
      else { return nil }
      defer { at += length }
      return archive.part(at, length)
    }
    let (salt, start) = (archive.part(at, 8), at + 8)
    guard start <= archive.count - 16,
      let key = locksmith.keys.key(.rarFour(salt: salt), password),
      let first = locksmith.decrypted(archive, start..<(start + 16), rarFour: key, size: 16),
      let length = RarFourBlock.length(first)
    else { return nil }
    let padded = (length + 15) / 16 * 16
    guard padded <= archive.count - start else { return nil }
    at = start + padded
    return locksmith.decrypted(archive, start..<(start + padded), rarFour: key, size: length)
  }

  // MARK: Files

  /// The password of the smallest file whose content proves one.
  private mutating func password(of secret: [Found]) -> String? {
    let able = secret.filter { found in
      let block = found.block
      return block.type == RarFourBlock.Kind.file && block.hasKnownCipher && !block.isSplit
        && block.salt != nil
    }
    findings.isUnknown = able.count < secret.count
    let proof = able.filter { !$0.block.isSolid && $0.block.size > 0 }
      .min { $0.block.size < $1.block.size }
    guard let proof else { return nil }
    let (archive, smith) = (archive, locksmith)
    return locksmith.first { password in
      guard let plain = Self.decrypted(archive, proof, password, smith) else { return nil }
      let single = RarFourBlock.signature + RarFourBlock.main(0) + plain
      let content = smith.firstEntry(single, .rar, limit: proof.block.size)
      guard let content, content.octets.count == proof.block.size,
        Inflate.checksum(content.octets) == proof.block.checksum
      else { return nil }
      return password
    }
  }

  private func decrypted(_ found: Found, _ password: String) -> [UInt8]? {
    Self.decrypted(archive, found, password, locksmith)
  }

  private static func decrypted(
    _ archive: [UInt8], _ found: Found, _ password: String, _ locksmith: Locksmith
  ) -> [UInt8]? {
    let block = found.block
    guard block.hasKnownCipher, !block.isSplit, let salt = block.salt,
      let key = locksmith.keys.key(.rarFour(salt: salt), password),
      let plain = locksmith.decrypted(
        archive, found.data, rarFour: key, size: block.isStored ? block.size : Int.max)
    else { return nil }
    return block.octets(plain: plain)
  }
}

extension Locksmith {
  /// With a key of RAR 3 and 4, behind which the vector stands.
  fileprivate func decrypted(
    _ octets: [UInt8], _ range: Range<Int>, rarFour key: [UInt8], size: Int
  ) -> [UInt8]? {
    decrypted(
      octets, range, key: Array(key.prefix(16)), vector: Array(key.dropFirst(16)), size: size)
  }
}
