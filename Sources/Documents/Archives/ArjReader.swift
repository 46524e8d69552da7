/// ARJ archives: headers of our own reading; the data are LHA's `-lh7-` under another name, and libarchive
/// unpacks them as that.
enum ArjReader {
  private static let entryLimit = 10_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    // The first header is the archive's; extended headers follow it.
    guard var at = header(octets, 0)?.end else { return opening.note(.damaged) }
    for _ in 0..<entryLimit {
      guard let header = header(octets, at) else { return opening.note(.truncated) }
      if header.isEnd { return }
      guard opening.admits(at..<header.end) else { return }
      let start = min(octets.count, header.end)
      let data = start..<min(octets.count, start + header.packedSize)
      take(header, octets, data, &opening)
      at = header.end + header.packedSize
    }
    opening.note(.limitCount)
  }

  /// What a header says.
  private struct Header {
    var flags = 0, method = 0, type = 0, packedSize = 0, size = 0, checksum = 0
    var name: [UInt8] = []
    let end: Int
    let isEnd: Bool
  }

  /// `60 EA`, size, fixed part with its size in front, name, comment, checksum, extended headers.
  private static func header(_ octets: [UInt8], _ place: Int) -> Header? {
    guard octets.has([0x60, 0xEA], at: place), let size = octets.little(place + 2, 2) else {
      return nil
    }
    if size == 0 { return Header(end: place + 4, isEnd: true) }
    let start = place + 4
    guard let first = octets.little(start, 1), start + size <= octets.count else { return nil }
    var end = start + size + 4
    while let extended = octets.little(end, 2), extended > 0 { end += 2 + extended + 4 }
    var header = Header(end: end + 2, isEnd: false)
    header.flags = octets.little(start + 4, 1) ?? 0
    header.method = octets.little(start + 5, 1) ?? 0
    header.type = octets.little(start + 6, 1) ?? 0
    header.packedSize = octets.little(start + 12, 4) ?? 0
    header.size = octets.little(start + 16, 4) ?? 0
    header.checksum = octets.little(start + 20, 4) ?? 0
    header.name = Array(octets.part(start + first, size - first).prefix { $0 != 0 })
    return header
  }

  private static func take(
    _ header: Header, _ octets: [UInt8], _ data: Range<Int>, _ opening: inout Opening
  ) {
    let name = ArtefactName(header.name)
    // 3 is a directory, 4 a label.
    if header.type == 3 || header.type == 4 { return }
    if header.flags & 1 != 0 {
      opening.note(.encrypted)
      return opening.list(name, size: header.size, facts: [ArtefactFact(.encrypted)])
    }
    var content = unpack(header, octets, data, limit: opening.allowance)
    // LHA's checksum is another, and was left out.
    if case .damaged = content.outcome, content.octets.count == header.size {
      content.outcome = .whole
    }
    if content.outcome == .whole, Inflate.checksum(content.octets) != header.checksum {
      opening.note(.checksum, data, name.shown)
    }
    opening.take(content, name, at: data)
  }

  private static func unpack(
    _ header: Header, _ octets: [UInt8], _ data: Range<Int>, limit: Int
  ) -> Unpacked {
    switch header.method {
    case 0:
      Unpacked(
        octets.part(data.lowerBound, min(data.count, limit)), data.count > limit ? .limit : .whole)
    case 1...3: LibraryReader.firstEntry(lha(octets[data], size: header.size), .lha, limit: limit)
    default: Unpacked([], .damaged(.methodUnknown))
    }
  }

  /// A header of level 0 round the data.
  private static func lha(_ data: ArraySlice<UInt8>, size: Int) -> [UInt8] {
    let little = [UInt8].little as (Int, Int) -> [UInt8]
    var body = Array("-lh7-".utf8) + little(data.count, 4) + little(size, 4) + little(0, 4)
    body += [0x20, 0x00, 0x01, 0x61] + little(0, 2)
    let sum = body.reduce(UInt8(0)) { $0 &+ $1 }
    return [UInt8(body.count), sum] + body + data + [0]
  }
}
