/// The frame of a 7z: a signature header that tells where the header is, packed streams, the header.
enum SevenZipArchive {
  /// Octets of the signature header; everything is placed from its end.
  static let start = 32

  private static let signature: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]

  /// Octets of a header that is read, packed or not. It has some 60 for a file, and no more than 10,000 files
  /// of an archive are looked at; each number takes eight octets here that takes one there.
  static let headerLimit = 4 << 20

  /// The header as it stands there, plain or packed; nil where its place or checksum does not hold.
  static func header(of archive: [UInt8]) -> [UInt8]? {
    guard archive.has(signature, at: 0), let offset = archive.little(12, 8),
      let size = archive.little(20, 8), let sum = archive.little(28, 4), archive.count >= start,
      offset <= archive.count - start, size > 0,
      size <= min(headerLimit, archive.count - start - offset)
    else { return nil }
    let header = archive.part(start + offset, size)
    return Inflate.checksum(header) == sum ? header : nil
  }

  /// Whether it names no header but has something behind its own octets: 7-Zip looks for a header at the end
  /// then, where the library sees an archive without files.
  static func hasLostHeader(_ archive: [UInt8]) -> Bool {
    archive.has(signature, at: 0) && archive.little(20, 8) == 0 && archive.count > start
  }

  /// An archive of packed streams and a header that tells of them.
  static func octets(_ streams: [UInt8], _ header: [UInt8]) -> [UInt8] {
    var tail: [UInt8] = .little(streams.count, 8) + .little(header.count, 8)
    tail += .little(Inflate.checksum(header), 4)
    return signature + [0, 4] + .little(Inflate.checksum(tail), 4) + tail + streams + header
  }

  /// An archive of one file: what comes out of one folder.
  static func single(_ folder: SevenZipFolder, _ packed: [[UInt8]]) -> [UInt8] {
    typealias Property = SevenZipStreams.Property
    var streams = SevenZipStreams()
    streams.packed = packed.map(\.count)
    streams.folders = [folder]
    var header = [UInt8(Property.header), UInt8(Property.mainStreams)] + streams.octets
    // One file in the folder, with the folder's own size and checksum.
    header += [UInt8(Property.subStreams), 0, 0, UInt8(Property.files), 1]
    // Its name in UTF-16 behind an octet that says that it stands here.
    header += [UInt8(Property.names), 5, 0, 0x61, 0, 0, 0, 0, 0]
    return octets(packed.flatMap { $0 }, header)
  }
}
