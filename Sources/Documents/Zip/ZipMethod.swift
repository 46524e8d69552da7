/// How an entry is compressed (APPNOTE.TXT 4.4.5), and what undoes it.
enum ZipMethod {
  static func unpack(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord, limit: Int
  ) -> Unpacked {
    unpack(octets, data, method: record.method, record, limit: limit)
  }

  static func unpack(
    _ octets: [UInt8], _ data: Range<Int>, method: Int, _ record: ZipRecord, limit: Int
  ) -> Unpacked {
    switch method {
    case 0: stored(octets, data, record, limit)
    case 6: Implode.unpack(octets, data, record, limit: limit)
    case 8: deflated(octets, data, limit)
    case 9: Deflate64.unpack(octets, data, limit: limit)
    case 12: LibraryReader.unpack(Array(octets[data]), .bzip2, limit: limit)
    case 14: LibraryReader.unpack(lzmaAlone(octets, data, record), .lzma, limit: limit)
    case 93, 20: LibraryReader.unpack(Array(octets[data]), .zstandard, limit: limit)
    case 95: LibraryReader.unpack(Array(octets[data]), .xz, limit: limit)
    case 98:
      LibraryReader.decrypted(single(octets, data, method, record), password: "-", limit: limit)
        ?? Unpacked([], .damaged(.damaged))
    // Programs that do not know a method either stop or take the data as they are.
    default:
      Unpacked(octets.part(data.lowerBound, min(data.count, limit)), .damaged(.methodUnknown))
    }
  }

  private static func stored(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord, _ limit: Int
  ) -> Unpacked {
    var length = data.count
    // Without a length of its own the data reaches to its descriptor, or to the next header.
    if record.hasDescriptor, record.packedSize == 0 {
      let signatures = ["PK\u{7}\u{8}", "PK\u{1}\u{2}"]
      length =
        signatures.compactMap { octets.place(of: $0, in: data) }.min().map { $0 - data.lowerBound }
        ?? length
    }
    let content = octets.part(data.lowerBound, min(length, limit))
    if length > limit { return Unpacked(content, .limit, used: content.count) }
    // What an encrypted entry has besides its content is gone when it comes here.
    let isCut = (record.isEncrypted ? record.size : record.packedSize) > data.count
    return Unpacked(content, isCut ? .damaged(.truncated) : .whole, used: length)
  }

  /// A program that reads as it comes does not ask for the packed size; what it sees is tried, too.
  private static func deflated(_ octets: [UInt8], _ data: Range<Int>, _ limit: Int) -> Unpacked {
    let unpacked = Inflate.unpack(octets, data, .raw, limit: limit)
    guard case .damaged(.truncated) = unpacked.outcome, data.upperBound < octets.count else {
      return unpacked
    }
    let further = Inflate.unpack(octets, data.lowerBound..<octets.count, .raw, limit: limit)
    return further.octets.count > unpacked.octets.count ? further : unpacked
  }

  /// APPNOTE.TXT 5.8.8: version, size of properties, properties; a file of its own has a size instead.
  private static func lzmaAlone(
    _ octets: [UInt8], _ data: Range<Int>, _ record: ZipRecord
  ) -> [UInt8] {
    guard data.count > 9, octets.little(data.lowerBound + 2, 2) == 5 else { return [] }
    let properties = octets[(data.lowerBound + 4)..<(data.lowerBound + 9)]
    // Flag 1: an end marker is there, so that the size need not be known.
    let isOpen = record.flags & 2 != 0 || record.size == 0
    let size = [UInt8].little(isOpen ? -1 : record.size, 8)
    return Array(properties) + size + octets[(data.lowerBound + 9)..<data.upperBound]
  }

  /// An archive of this one entry, for the library.
  static func single(
    _ octets: [UInt8], _ data: Range<Int>, _ method: Int, _ record: ZipRecord, flags: Int = 0,
    size: Int? = nil, extra: [UInt8] = []
  ) -> [UInt8] {
    let little = [UInt8].little as (Int, Int) -> [UInt8]
    var archive = Array("PK\u{3}\u{4}".utf8) + little(51, 2) + little(flags, 2) + little(method, 2)
    archive += little(0, 4) + little(record.checksum, 4) + little(data.count, 4)
    archive +=
      little(size ?? record.size, 4) + little(1, 2) + little(extra.count, 2) + [0x61] + extra
    archive += octets[data]
    return archive + Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)
  }
}
