import Mail

/// A zip file by its central directory (APPNOTE.TXT 6.3), as far as reports need it: entries stored
/// or deflated, no encryption, no zip64, no parts.
///
/// The directory is what counts; a local header only says how far its entry's data is away.
package struct ZipArchive: Sendable {
  /// One file.
  package struct Entry: Hashable, Sendable {
    /// As it stands; for telling what it is, never for a path.
    package let name: String
    fileprivate let method: UInt16
    fileprivate let flags: UInt16
    fileprivate let checksum: UInt32
    fileprivate let packedSize: Int
    fileprivate let size: Int
    fileprivate let offset: Int

    package var isFolder: Bool { name.hasSuffix("/") }
  }

  package let entries: [Entry]
  private let bytes: [UInt8]

  /// Entries of one archive; reports have one.
  package static let entryLimit = 64
  /// The end record has 22 octets and a comment of at most 65,535 behind it.
  private static let endSize = 22
  private static let endReach = endSize + 65_535

  package static func isPacked(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
  }

  package init(_ bytes: [UInt8]) throws(ReportRefusal) {
    self.bytes = bytes
    guard let end = Self.end(of: bytes) else { throw .damaged }
    let count = Int(Self.short(bytes, end + 10))
    var at = Int(Self.long(bytes, end + 16))
    guard count != 0xFFFF, at != 0xFFFF_FFFF else { throw .packing("zip64") }
    guard count <= Self.entryLimit else { throw .tooMuch("files", limit: Self.entryLimit) }
    var entries: [Entry] = []
    for _ in 0..<count {
      let (entry, next) = try Self.entry(bytes, at)
      entries.append(entry)
      at = next
    }
    self.entries = entries
  }

  /// An entry's octets, checked against its size and checksum.
  package func unpack(_ entry: Entry) throws(ReportRefusal) -> [UInt8] {
    guard entry.flags & 1 == 0 else { throw .packing("encrypted") }
    let at = entry.offset
    guard at + 30 <= bytes.count, Self.long(bytes, at) == 0x0403_4B50 else { throw .damaged }
    let start = at + 30 + Int(Self.short(bytes, at + 26)) + Int(Self.short(bytes, at + 28))
    guard start + entry.packedSize <= bytes.count else { throw .damaged }
    let packed = Array(bytes[start..<(start + entry.packedSize)])
    let content: [UInt8]
    switch entry.method {
    case 0: content = packed
    case 8: content = try Inflation.unpack(packed, .raw).bytes
    default: throw .packing("method \(entry.method)")
    }
    guard content.count == entry.size, Inflation.checksum(content) == entry.checksum else {
      throw .damaged
    }
    return content
  }

  private static func entry(
    _ bytes: [UInt8], _ at: Int
  ) throws(ReportRefusal) -> (Entry, next: Int) {
    guard at >= 0, at + 46 <= bytes.count, long(bytes, at) == 0x0201_4B50 else { throw .damaged }
    let nameEnd = at + 46 + Int(short(bytes, at + 28))
    let next = nameEnd + Int(short(bytes, at + 30)) + Int(short(bytes, at + 32))
    guard nameEnd <= bytes.count else { throw .damaged }
    let sizes = [20, 24, 42].map { Int(long(bytes, at + $0)) }
    guard !sizes.contains(0xFFFF_FFFF) else { throw .packing("zip64") }
    return (
      Entry(
        name: String(decoding: bytes[(at + 46)..<nameEnd], as: UTF8.self),
        method: short(bytes, at + 10), flags: short(bytes, at + 8), checksum: long(bytes, at + 16),
        packedSize: sizes[0], size: sizes[1], offset: sizes[2]), next
    )
  }

  /// The end record nearest to the file's end whose comment fits.
  private static func end(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= endSize else { return nil }
    let first = max(0, bytes.count - endReach)
    return (first...(bytes.count - endSize)).last { at in
      bytes[at] == 0x50 && long(bytes, at) == 0x0605_4B50
        && at + endSize + Int(short(bytes, at + 20)) <= bytes.count
    }
  }

  private static func short(_ bytes: [UInt8], _ at: Int) -> UInt16 {
    UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
  }

  private static func long(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    UInt32(short(bytes, at)) | UInt32(short(bytes, at + 2)) << 16
  }
}
