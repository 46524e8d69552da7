/// One block of a RAR archive before version 5 (technote.txt): checksum, type, flags, size, and what the type has.
struct RarFourBlock {
  static let signature: [UInt8] = [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00]
  /// Octets of the smallest header.
  static let least = 7

  enum Kind { static let main = 0x73, file = 0x74, service = 0x7A, end = 0x7B }

  private enum Flag {
    static let splitBefore = 1, splitAfter = 2, encrypted = 4, solid = 0x10, large = 0x100
    static let salted = 0x400, data = 0x8000
  }

  private static let stored: UInt8 = 0x30

  private let header: [UInt8]
  let dataSize: Int

  /// Nil where the header is shorter than its type wants.
  init?(_ header: [UInt8]) {
    guard header.count >= Self.least else { return nil }
    self.header = header
    let (type, flags) = (Int(header[2]), header.little(3, 2) ?? 0)
    let isFile = type == Kind.file || type == Kind.service
    guard isFile || flags & Flag.data != 0 else {
      dataSize = 0
      return
    }
    guard let low = header.little(7, 4), !isFile || header.count >= 32 else { return nil }
    dataSize = Self.whole(low, isFile && flags & Flag.large != 0 ? header.little(32, 4) ?? 0 : 0)
  }

  /// Two halves of 32 bits; what no `Int` holds is more than there is.
  private static func whole(_ low: Int, _ high: Int) -> Int {
    high > Int32.max ? Int.max : low | high << 32
  }

  /// Octets of a header that begins so.
  static func length(_ start: [UInt8]) -> Int? {
    guard let size = start.little(5, 2), size >= least else { return nil }
    return size
  }

  var type: Int { Int(header[2]) }
  var flags: Int { header.little(3, 2) ?? 0 }
  /// Whether the checksum of the header is right.
  var isSound: Bool {
    Inflate.checksum(Array(header.dropFirst(2))) & 0xFFFF == header.little(0, 2)
  }

  var isEncrypted: Bool { flags & Flag.encrypted != 0 }
  var isSplit: Bool { flags & (Flag.splitBefore | Flag.splitAfter) != 0 }
  /// Whether it is unpacked with what the file before it left.
  var isSolid: Bool { flags & Flag.solid != 0 }
  /// Older ciphers are other ones.
  var hasKnownCipher: Bool { header[24] >= 29 }
  var isStored: Bool { header[25] == Self.stored }
  var checksum: Int { header.little(16, 4) ?? 0 }

  var size: Int {
    Self.whole(
      header.little(11, 4) ?? 0, flags & Flag.large != 0 ? header.little(36, 4) ?? 0 : 0)
  }

  private var nameStart: Int { flags & Flag.large != 0 ? 40 : 32 }
  private var nameLength: Int { header.little(26, 2) ?? 0 }

  /// A service block that holds a stream of NTFS.
  var isStream: Bool {
    type == Kind.service && header.part(nameStart, nameLength).elementsEqual("STM".utf8)
  }

  /// Eight octets behind the name.
  var salt: [UInt8]? {
    guard flags & Flag.salted != 0 else { return [] }
    let salt = header.part(nameStart + nameLength, 8)
    return salt.count == 8 ? salt : nil
  }

  /// The block as it is, or with `plain` as its data and no encryption.
  func octets(_ data: [UInt8]) -> [UInt8] { header + data }

  func octets(plain: [UInt8]) -> [UInt8] {
    var header = header
    let known = flags & ~(Flag.encrypted | Flag.salted)
    if flags & Flag.salted != 0 {
      let start = nameStart + nameLength
      header.removeSubrange(min(start, header.count)..<min(start + 8, header.count))
    }
    header.replaceSubrange(3..<5, with: [UInt8].little(known, 2))
    header.replaceSubrange(5..<7, with: [UInt8].little(header.count, 2))
    header.replaceSubrange(7..<11, with: [UInt8].little(plain.count, 4))
    if flags & Flag.large != 0, header.count >= 36 {
      header.replaceSubrange(32..<36, with: [0, 0, 0, 0])
    }
    // What is empty is not packed either.
    if plain.isEmpty { header[25] = Self.stored }
    let sum = Inflate.checksum(Array(header.dropFirst(2)))
    header.replaceSubrange(0..<2, with: [UInt8].little(sum, 2))
    return header + plain
  }

  /// The header of an archive, with the flags that its plain form keeps.
  static func main(_ flags: Int) -> [UInt8] {
    let header = [UInt8(Kind.main)] + .little(flags & 8, 2) + [13, 0] + .little(0, 6)
    return .little(Inflate.checksum(header), 2) + header
  }
}
