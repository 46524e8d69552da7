/// One block of a RAR 5 archive: a header of numbers, seven bits an octet, and octets of data behind it (RAR 5.0
/// archive format).
struct RarFiveBlock {
  static let signature: [UInt8] = [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x01, 0x00]

  enum Kind { static let main = 1, file = 2, service = 3, encryption = 4, end = 5 }

  /// A record of the extra area.
  struct Record {
    enum Kind { static let encryption = 1, hash = 2 }
    let type: Int
    let octets: [UInt8]
  }

  let type: Int
  private var flags: Int
  /// What the type has, from behind the sizes up to the extra area.
  var fields: [UInt8]
  var records: [Record]
  let dataSize: Int

  private enum Flag { static let extra = 1, data = 2, splitBefore = 8, splitAfter = 16 }
  /// unrar takes no longer header.
  private static let headerLimit = 1 << 21

  /// Octets of a header that begins so, with its checksum.
  static func length(_ start: [UInt8]) -> Int? {
    var at = 4
    guard let size = start.sevenBit(&at), (1...headerLimit).contains(size) else { return nil }
    return at + size
  }

  /// Nil where the checksum does not fit.
  init?(_ header: [UInt8]) {
    guard let sum = header.little(0, 4), Inflate.checksum(Array(header.dropFirst(4))) == sum else {
      return nil
    }
    var at = 4
    guard header.sevenBit(&at) != nil, let type = header.sevenBit(&at),
      let flags = header.sevenBit(&at)
    else { return nil }
    let extra = flags & Flag.extra != 0 ? header.sevenBit(&at) : 0
    let data = flags & Flag.data != 0 ? header.sevenBit(&at) : 0
    guard let extra, let data, extra <= header.count - at else { return nil }
    (self.type, self.flags, dataSize) = (type, flags, data)
    fields = header.part(at, header.count - extra - at)
    guard let records = Self.records(header.part(header.count - extra, extra)) else { return nil }
    self.records = records
  }

  /// Records of a header; WinRAR writes seven at most.
  private static let recordLimit = 1000

  /// Nil where they are too many, or one does not hold: it must not be lost when the block is written again.
  private static func records(_ extra: [UInt8]) -> [Record]? {
    var (found, at): ([Record], Int) = ([], 0)
    while at < extra.count {
      guard found.count < recordLimit else { return nil }
      guard let size = extra.sevenBit(&at), size <= extra.count - at else { return nil }
      guard size > 0 else { break }
      let end = at + size
      guard let type = extra.sevenBit(&at), at <= end else { return nil }
      found.append(Record(type: type, octets: extra.part(at, end - at)))
      at = end
    }
    return found
  }

  /// Whether its data begin or end in another volume.
  var isSplit: Bool { flags & (Flag.splitBefore | Flag.splitAfter) != 0 }

  func record(_ type: Int) -> [UInt8]? { records.first { $0.type == type }?.octets }

  /// The block with `data` behind it.
  func octets(_ data: [UInt8]) -> [UInt8] {
    var extra: [UInt8] = []
    for record in records {
      let content = .sevenBit(record.type) + record.octets
      extra += .sevenBit(content.count) + content
    }
    let sizes = extra.isEmpty ? 0 : Flag.extra
    // The library wants the size of a file's data even where it is zero.
    let hasData = !data.isEmpty || flags & Flag.data != 0 || type == Kind.file
    let known = flags & ~(Flag.extra | Flag.data) | sizes | (hasData ? Flag.data : 0)
    var header: [UInt8] = .sevenBit(type) + .sevenBit(known)
    if !extra.isEmpty { header += .sevenBit(extra.count) }
    if hasData { header += .sevenBit(data.count) }
    header += fields + extra
    header = .sevenBit(header.count) + header
    return .little(Inflate.checksum(header), 4) + header + data
  }
}

extension RarFiveBlock {
  /// What the fields of a file say.
  struct File {
    let size: Int
    /// Of the content; nil where a stronger hash stands in its place.
    let checksum: Int?
    let isStored: Bool
    fileprivate let checksumPlace: Int
  }

  private enum FileFlag { static let time = 2, checksum = 4, sizeUnknown = 8 }

  var file: File? {
    var at = 0
    guard let flags = fields.sevenBit(&at), let size = fields.sevenBit(&at),
      fields.sevenBit(&at) != nil
    else { return nil }
    if flags & FileFlag.time != 0 { at += 4 }
    let place = at
    let sum = flags & FileFlag.checksum != 0 ? fields.little(at, 4) : nil
    if flags & FileFlag.checksum != 0 { at += 4 }
    guard let compression = fields.sevenBit(&at) else { return nil }
    return File(
      size: flags & FileFlag.sizeUnknown != 0 ? Int.max : size, checksum: sum,
      isStored: compression >> 7 & 7 == 0, checksumPlace: place)
  }

  /// Octets of packed content without what fills up its last block of the cipher, at which the library would
  /// stumble: each of its blocks says how long it is, and the last one that it is the last.
  static func packedLength(_ packed: [UInt8]) -> Int {
    var at = 0
    while let flags = packed.little(at, 1), let size = packed.little(at + 2, flags >> 3 & 3 + 1) {
      at += 2 + (flags >> 3 & 3 + 1) + size
      guard flags & 0x40 == 0 else { break }
    }
    return min(at, packed.count)
  }

  /// Takes out checksum and hash of the content, which are not its own where it was encrypted.
  mutating func dropSums() {
    var at = 0
    guard let file, file.checksum != nil, let flags = fields.sevenBit(&at) else {
      return records.removeAll { $0.type == Record.Kind.hash }
    }
    fields.removeSubrange(file.checksumPlace..<(file.checksumPlace + 4))
    fields = .sevenBit(flags & ~FileFlag.checksum) + fields.dropFirst(at)
    records.removeAll { $0.type == Record.Kind.hash }
  }
}

extension [UInt8] {
  /// Seven bits an octet, the least first; the eighth says that more follow. unrar takes ten octets, however
  /// few would do. Nil for what no `Int` holds.
  func sevenBit(_ at: inout Int) -> Int? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard at >= 0, at < count else { return nil }
      let octet = self[at]
      at += 1
      value |= UInt64(octet & 0x7F) << UInt64(shift)
      if octet & 0x80 == 0 { return Int(exactly: value) }
    }
    return nil
  }

  static func sevenBit(_ number: Int) -> [UInt8] {
    var (left, octets): (Int, [UInt8]) = (number, [])
    while left >= 0x80 {
      octets.append(UInt8(left & 0x7F) | 0x80)
      left >>= 7
    }
    return octets + [UInt8(left)]
  }
}
