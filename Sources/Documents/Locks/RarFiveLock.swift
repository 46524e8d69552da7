import Crypto

/// Tries passwords on a RAR 5 whose files, or whose headers too, are encrypted (AES-256), and makes an archive of
/// it without encryption. A check value tells whether a password fits; WinRAR always writes it, and what has
/// none, or one that does not hold, stays locked. Files that do not open stand last in the new archive, since
/// the library stops there. Volumes stay locked: the rest of their files is elsewhere.
struct RarFiveLock {
  private let archive: [UInt8]
  private var locksmith: Locksmith
  private var findings = LockFindings()
  private var opened = 0

  /// Blocks that are looked at.
  private static let limit = 10_000

  static func open(_ archive: [UInt8], _ locksmith: Locksmith) -> Unlocking {
    guard !locksmith.passwords.isEmpty else { return .untouched }
    var lock = RarFiveLock(archive: archive, locksmith: locksmith)
    let unlocked = lock.rewritten()
    return lock.findings.outcome(lock.opened > 0 ? unlocked : nil, lock.locksmith)
  }

  private init(archive: [UInt8], locksmith: Locksmith) {
    (self.archive, self.locksmith) = (archive, locksmith)
  }

  private struct Found {
    let block: RarFiveBlock
    let data: Range<Int>

    /// Records of the archive's own header have the same numbers.
    var isEncrypted: Bool {
      block.type != RarFiveBlock.Kind.main
        && block.record(RarFiveBlock.Record.Kind.encryption) != nil
    }
  }

  private mutating func rewritten() -> Unlocked? {
    guard let blocks = blocks(), findings.isEncrypted || blocks.contains(where: \.isEncrypted)
    else {
      return nil
    }
    var (open, closed): ([UInt8], [UInt8]) = (RarFiveBlock.signature, [])
    open.reserveCapacity(archive.count)
    var (proofs, count): ([Int: ([UInt8]) -> Bool], Int) = ([:], 0)
    for found in blocks {
      let isFile = found.block.type == RarFiveBlock.Kind.file
      guard found.isEncrypted else {
        open += found.block.octets(Array(archive[found.data]))
        if isFile { count += 1 }
        continue
      }
      findings.isEncrypted = true
      if let (octets, proof) = decrypted(found) {
        open += octets
        opened += 1
        if isFile {
          proofs[count] = proof
          count += 1
        }
      } else {
        closed += found.block.octets(Array(archive[found.data]))
      }
    }
    return Unlocked(octets: open + closed, proofs: proofs, detail: findings.detail(locksmith))
  }

  // MARK: Headers

  /// The blocks that matter, their headers plain; nil where they can't be read to the end.
  private mutating func blocks() -> [Found]? {
    var (found, at, key): ([Found], Int, [UInt8]?) = ([], RarFiveBlock.signature.count, nil)
    var seen = 0
    while at < archive.count {
      seen += 1
      guard seen <= Self.limit, let header = header(&at, key),
        let block = RarFiveBlock(header), block.dataSize <= archive.count - at
      else { return nil }
      let data = at..<(at + block.dataSize)
      at = data.upperBound
      switch block.type {
      case RarFiveBlock.Kind.encryption:
        findings.isEncrypted = true
        // Version, flags, then as a file has it, but for the vector.
        guard key == nil, let secret = RarFiveSecret(block.fields, hasVector: false),
          let fitting = self.key(of: secret)
        else { return nil }
        key = fitting.key
        opened += 1
        continue
      case RarFiveBlock.Kind.end: return found
      case RarFiveBlock.Kind.main:
        var place = 0
        findings.isVolume = (block.fields.sevenBit(&place) ?? 0) & 1 != 0
        if findings.isVolume {
          findings.isEncrypted = findings.isEncrypted || Self.holdsSecrets(archive, at)
          opened = 0
          return nil
        }
      case RarFiveBlock.Kind.file: break
      // Comments, recovery data and what opens archives quickly tell nothing; streams of NTFS do.
      default: guard Self.isStream(block) else { continue }
      }
      found.append(Found(block: block, data: data))
    }
    return found
  }

  /// A header, decrypted with `key`: a vector stands in front of each, zeros fill it up.
  private func header(_ at: inout Int, _ key: [UInt8]?) -> [UInt8]? {
    guard let key else {
      guard let length = RarFiveBlock.length(archive.part(at, 16)), length <= archive.count - at
      else { return nil }
      defer { at += length }
      return archive.part(at, length)
    }
    let (vector, start) = (archive.part(at, 16), at + 16)
    guard start <= archive.count - 16,
      let first = locksmith.decrypted(
        archive, start..<(start + 16), key: key, vector: vector, size: 16),
      let length = RarFiveBlock.length(first)
    else { return nil }
    let padded = (length + 15) / 16 * 16
    guard padded <= archive.count - start else { return nil }
    at = start + padded
    return locksmith.decrypted(
      archive, start..<(start + padded), key: key, vector: vector, size: length)
  }

  private static func isStream(_ block: RarFiveBlock) -> Bool {
    block.type == RarFiveBlock.Kind.service && block.fields.suffix(3).elementsEqual("STM".utf8)
  }

  /// Whether the first file behind `start` is encrypted.
  private static func holdsSecrets(_ archive: [UInt8], _ start: Int) -> Bool {
    guard let length = RarFiveBlock.length(archive.part(start, 16)),
      let block = RarFiveBlock(archive.part(start, length))
    else { return false }
    return block.record(RarFiveBlock.Record.Kind.encryption) != nil
  }

  // MARK: Files

  /// A file without its encryption, and what its content must be.
  private mutating func decrypted(_ found: Found) -> (octets: [UInt8], proof: (([UInt8]) -> Bool)?)?
  {
    var block = found.block
    guard !block.isSplit, let file = block.file,
      let record = block.record(RarFiveBlock.Record.Kind.encryption),
      let secret = RarFiveSecret(record, hasVector: true)
    else {
      findings.isUnknown = true
      return nil
    }
    guard let (password, key) = self.key(of: secret),
      var plain = locksmith.decrypted(
        archive, found.data, key: key, vector: secret.vector,
        size: file.isStored ? file.size : Int.max)
    else { return nil }
    if !file.isStored { plain.removeLast(plain.count - RarFiveBlock.packedLength(plain)) }
    block.records.removeAll { $0.type == RarFiveBlock.Record.Kind.encryption }
    let sum = file.checksum
    guard secret.hidesSums else {
      return (block.octets(plain), sum.map { sum in { Inflate.checksum($0) == sum } })
    }
    block.dropSums()
    guard let sum else { return (block.octets(plain), nil) }
    guard let hidden = locksmith.keys.key(secret.recipe(.sums), password) else { return nil }
    return (block.octets(plain), { RarFiveSecret.hidden(Inflate.checksum($0), hidden) == sum })
  }

  private mutating func key(of secret: RarFiveSecret) -> (password: String, key: [UInt8])? {
    guard let check = secret.check else {
      findings.isUnknown = true
      return nil
    }
    let keys = locksmith.keys
    return locksmith.first { password in
      guard let value = keys.key(secret.recipe(.check), password),
        RarFiveSecret.check(of: value) == check,
        let key = keys.key(secret.recipe(.data), password)
      else { return nil }
      return (password, key)
    }
  }
}

/// How one file, or all headers, of a RAR 5 are encrypted.
struct RarFiveSecret {
  private let power: Int
  private let salt: [UInt8]
  let vector: [UInt8]
  /// What the right password comes to; nil where none stands there, or one that unrar would not heed.
  let check: [UInt8]?
  /// Whether the content's checksum is told in a form that only the password explains.
  let hidesSums: Bool

  /// What a password is made into: each 16 rounds behind the one before.
  enum Use: Int {
    case data = 0
    case sums = 16
    case check = 32
  }

  /// Version, flags, power of two of the rounds, salt, vector, check value with its own hash.
  init?(_ octets: [UInt8], hasVector: Bool) {
    var at = 0
    guard octets.sevenBit(&at) == 0, let flags = octets.sevenBit(&at),
      let power = octets.little(at, 1), power <= KeyRing.powerLimit
    else { return nil }
    salt = octets.part(at + 1, 16)
    vector = hasVector ? octets.part(at + 17, 16) : []
    guard salt.count == 16, vector.count == (hasVector ? 16 : 0) else { return nil }
    let place = at + (hasVector ? 33 : 17)
    let (check, sum) = (octets.part(place, 8), octets.part(place + 8, 4))
    let holds = flags & 1 != 0 && sum.count == 4 && SHA256.hash(data: check).starts(with: sum)
    self.check = holds ? check : nil
    (self.power, hidesSums) = (power, hasVector && flags & 2 != 0)
  }

  func recipe(_ use: Use) -> KeyRing.Recipe {
    .rarFive(rounds: 1 << power + use.rawValue, salt: salt)
  }

  /// The 32 octets that a password comes to, folded into eight.
  static func check(of value: [UInt8]) -> [UInt8] {
    var folded = [UInt8](repeating: 0, count: 8)
    for (index, octet) in value.enumerated() { folded[index % 8] ^= octet }
    return folded
  }

  /// A checksum as the headers of encrypted files have it.
  static func hidden(_ checksum: Int, _ key: [UInt8]) -> Int {
    let code = HMAC<SHA256>.authenticationCode(
      for: [UInt8].little(checksum, 4), using: SymmetricKey(data: key))
    var folded = 0
    for (index, octet) in code.enumerated() { folded ^= Int(octet) << (8 * (index % 4)) }
    return folded
  }
}
