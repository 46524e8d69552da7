import Crypto
import CryptoExtras
import Documents

// What stands behind a password: whoever knows the password in a mail writes whatever headers please. Octets that
// are changed in something encrypted come out as noise, which its checksum stops; so here the octets are the plain
// ones, and are encrypted first. The keys are made once.
extension Properties {
  private static let password = "1234"
  private nonisolated(unsafe) static var ring = KeyRing(limit: Int.max / 2)
  private nonisolated(unsafe) static var runs = 0

  /// The first octet says what the others are.
  static func lock(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let plain = Array(bytes.dropFirst())
    // Salts that the octets choose make keys that pile up.
    runs += 1
    if runs % 1000 == 0 { ring = KeyRing(limit: Int.max / 2) }
    switch first % 4 {
    case 0: document(sevenHidden(plain), ring)
    case 1: document(sevenFolder(plain), ring)
    case 2: document(rarFiveHidden(plain), ring)
    default: document(rarFourHidden(plain), ring)
    }
  }

  private static func encrypted(_ plain: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8] {
    let filling = [UInt8](repeating: 0, count: (16 - plain.count % 16) % 16)
    guard !plain.isEmpty, let start = try? AES._CBC.IV(ivBytes: vector),
      let octets = try? AES._CBC.encrypt(
        plain + filling, using: SymmetricKey(data: key), iv: start, noPadding: true)
    else { return [] }
    return Array(octets)
  }

  private static let zeros = [UInt8](repeating: 0, count: 16)

  // MARK: 7z, without rounds: the password itself is the key

  private static var sevenKey: [UInt8] {
    let wide: [UInt8] = password.utf8.flatMap { [$0, 0] as [UInt8] }
    return wide + [UInt8](repeating: 0, count: 32 - wide.count)
  }

  /// One packed stream, AES over a copy; as a header's `PackInfo` and `CodersInfo`.
  private static func sevenStreams(_ packed: Int, _ plain: [UInt8]) -> [UInt8] {
    let coder: [UInt8] = [1, 0x24, 0x06, 0xF1, 0x07, 0x01, 1, 0x3F]
    return [6, 0, 1, 9] + wide(packed) + [0, 7, 11, 1, 0] + coder + [12] + wide(plain.count)
      + [10, 1] + little(checksum(plain[...]), 4) + [0]
  }

  private static func wide(_ number: Int) -> [UInt8] { [0xFF] + little(number, 8) }

  private static func seven(_ streams: [UInt8], _ header: [UInt8]) -> [UInt8] {
    let tail = little(streams.count, 8) + little(header.count, 8) + little(checksum(header[...]), 4)
    return [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] + little(checksum(tail[...]), 4) + tail
      + streams + header
  }

  /// `plain` is a header; the stream that it may speak of is itself.
  private static func sevenHidden(_ plain: [UInt8]) -> [UInt8] {
    let packed = encrypted(plain, key: sevenKey, vector: zeros)
    return seven(packed, [0x17] + sevenStreams(packed.count, plain) + [0])
  }

  /// `plain` is the content of a file.
  private static func sevenFolder(_ plain: [UInt8]) -> [UInt8] {
    let packed = encrypted(plain, key: sevenKey, vector: zeros)
    let names: [UInt8] = [5, 1, 17, 5, 0, 0x61, 0, 0, 0, 0]
    let head = [1, 4] + sevenStreams(packed.count, plain)
    // SubStreamsInfo of one file a folder, without which the library takes nothing.
    return seven(packed, head + [8, 0, 0] + names + [0])
  }

  // MARK: RAR, blocks whose headers are hidden

  /// One round: power 0. The check value is of 33 rounds.
  private static let fiveKeys: (key: [UInt8], check: [UInt8]) = {
    func derived(_ rounds: Int) -> [UInt8] {
      let key = try? KDF.Insecure.PBKDF2.deriveKey(
        from: Array(password.utf8), salt: zeros, using: .sha256, outputByteCount: 32,
        unsafeUncheckedRounds: rounds)
      return key.map { $0.withUnsafeBytes { Array($0) } } ?? []
    }
    var check = [UInt8](repeating: 0, count: 8)
    for (index, octet) in derived(33).enumerated() { check[index % 8] ^= octet }
    return (derived(1), check + SHA256.hash(data: check).prefix(4))
  }()

  /// `plain` is blocks without their checksums; each header is hidden, its data stand as they are.
  private static func rarFiveHidden(_ plain: [UInt8]) -> [UInt8] {
    func block(_ header: [UInt8]) -> [UInt8] { little(checksum(header[...]), 4) + header }
    let lock: [UInt8] = [4, 0, 0, 1, 0] + zeros + fiveKeys.check
    var octets: [UInt8] = [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 1, 0]
    octets += block([UInt8(lock.count)] + lock)
    for (header, data) in blocks(plain) {
      octets += zeros
      octets += encrypted(
        block([UInt8(header.count)] + header), key: fiveKeys.key, vector: zeros)
      octets += data
    }
    return octets
  }

  /// Pieces, each behind the number of its header's octets and of its data's.
  private static func blocks(_ plain: [UInt8]) -> [(header: [UInt8], data: [UInt8])] {
    var (found, at): ([([UInt8], [UInt8])], Int) = ([], 0)
    while at + 2 < plain.count, found.count < 50 {
      let (size, data) = (Int(plain[at] & 0x7F), Int(plain[at + 1] & 0x7F))
      let end = min(plain.count, at + 2 + size)
      let last = min(plain.count, end + data)
      found.append((Array(plain[(at + 2)..<end]), Array(plain[end..<last])))
      at = last
    }
    return found
  }

  /// The password 1234 and a salt of eight zeros, which 262,144 rounds of SHA-1 come to.
  private static let fourKeys: (key: [UInt8], vector: [UInt8]) = {
    let wide = password.utf8.flatMap { [$0, 0] as [UInt8] }
    let secret = wide + [UInt8](repeating: 0, count: 8)
    var (hash, vector): (Insecure.SHA1, [UInt8]) = (Insecure.SHA1(), [])
    for round in 0..<(1 << 18) {
      hash.update(data: secret + little(round, 3))
      if round % (1 << 14) == 0 { vector.append(Array(hash.finalize())[19]) }
    }
    let sum = Array(hash.finalize())
    return ((0..<16).map { sum[$0 ^ 3] }, vector)
  }()

  /// `plain` is blocks: type, flags, what the type has; size and checksum are put in.
  private static func rarFourHidden(_ plain: [UInt8]) -> [UInt8] {
    let main: [UInt8] = [0x73, 0x80, 0, 13, 0] + [UInt8](repeating: 0, count: 6)
    var octets: [UInt8] = [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 0]
    octets += little(checksum(main[...]), 2) + main
    for (content, data) in blocks(plain) where content.count >= 3 {
      let header = Array(content[..<3]) + little(content.count + 4, 2) + content[3...]
      octets += [UInt8](repeating: 0, count: 8)
      octets += encrypted(
        little(checksum(header[...]), 2) + header, key: fourKeys.key, vector: fourKeys.vector)
      octets += data
    }
    return octets
  }

  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
