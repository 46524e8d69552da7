/// A cursor over DER (ITU-T X.690), as far as keys need it: definite lengths, one-octet tags, no
/// recursion.
struct SignatureDER {
  private var rest: ArraySlice<UInt8>

  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// 1.2.840.113549.1.1.1 (RFC 8017 appendix A.1) and 1.3.101.112 (RFC 8410 §3).
  static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
  static let ed25519: [UInt8] = [0x2B, 0x65, 0x70]

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var nextTag: UInt8? { rest.first }

  /// The content of the next value; nil where another tag stands or the length does not fit.
  mutating func read(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    var at = rest.startIndex + 1
    guard at < rest.endIndex else { return nil }
    var length = Int(rest[at])
    at += 1
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...3).contains(count), rest.endIndex - at > count else { return nil }
      length = rest[at..<(at + count)].reduce(0) { $0 << 8 | Int($1) }
      at += count
    }
    guard length <= rest.endIndex - at else { return nil }
    defer { rest = rest[(at + length)...] }
    return rest[at..<(at + length)]
  }

  /// Steps into the next value.
  mutating func enter(_ tag: UInt8) -> SignatureDER? { read(tag).map { SignatureDER($0) } }

  /// Bits of an RSA key's modulus, from a SubjectPublicKeyInfo or a bare RSAPublicKey (RFC 6376
  /// §3.6.1 names the one and meant the other; both are in use).
  static func rsaModulusBits(_ key: [UInt8]) -> Int? {
    var outer = SignatureDER(key[...])
    guard var inner = outer.enter(sequence) else { return nil }
    if inner.nextTag == sequence {
      var algorithm = inner.enter(sequence)
      guard algorithm?.read(objectIdentifier)?.elementsEqual(rsaEncryption) == true,
        let bits = inner.read(bitString), bits.first == 0
      else { return nil }
      var string = SignatureDER(bits.dropFirst())
      guard let bare = string.enter(sequence) else { return nil }
      inner = bare
    }
    guard let modulus = inner.read(integer)?.drop(while: { $0 == 0 }), let first = modulus.first
    else { return nil }
    return modulus.count * 8 - first.leadingZeroBitCount
  }

  /// The seed in a PKCS#8 Ed25519 key (RFC 8410 §7).
  static func ed25519Seed(_ key: [UInt8]) -> [UInt8]? {
    var outer = SignatureDER(key[...])
    guard var info = outer.enter(sequence), info.read(integer) != nil,
      var algorithm = info.enter(sequence),
      algorithm.read(objectIdentifier)?.elementsEqual(ed25519) == true,
      var wrapped = info.enter(octetString), let seed = wrapped.read(octetString),
      seed.count == 32
    else { return nil }
    return Array(seed)
  }

  /// What `ed25519Seed` reads.
  static func ed25519PKCS8(_ seed: [UInt8]) -> [UInt8] {
    [sequence, 46, integer, 1, 0, sequence, 5, objectIdentifier, 3] + ed25519
      + [octetString, 34, octetString, 32] + seed
  }
}
