/// What one header says of an entry: the one in the central directory, or the one before its data
/// (APPNOTE.TXT 4.3.7 and 4.3.12).
struct ZipRecord: Hashable {
  let flags: Int
  let method: Int
  /// DOS time of the day; its high octet proves a password where the checksum comes later.
  let time: Int
  let checksum: Int
  let packedSize: Int
  let size: Int
  let name: [UInt8]
  let extra: [UInt8]
  /// Of the local header, in the file as it is.
  let header: Int
  /// Behind this record.
  let end: Int

  private static let centralSize = 46
  private static let localSize = 30

  static func isCentral(_ octets: [UInt8], _ place: Int) -> Bool {
    octets.has("PK\u{1}\u{2}", at: place)
  }

  /// An entry of the directory; `shift` is what stands in front of the archive.
  init?(central octets: [UInt8], at place: Int, shift: Int) {
    guard Self.isCentral(octets, place), let comment = octets.little(place + 32, 2),
      let offset = octets.little(place + 42, 4),
      let fields = Fields(octets, place + 8, lengths: place + 28, names: place + Self.centralSize)
    else { return nil }
    var wide = fields.wide
    self.init(fields, &wide, end: fields.end + comment) { wide in
      (offset == Fields.elsewhere ? wide.next() ?? offset : offset) &+ shift
    }
  }

  init?(local octets: [UInt8], at place: Int) {
    guard octets.has("PK\u{3}\u{4}", at: place),
      let fields = Fields(octets, place + 6, lengths: place + 26, names: place + Self.localSize)
    else { return nil }
    var wide = fields.wide
    self.init(fields, &wide, end: fields.end) { _ in place }
  }

  private init(
    _ fields: Fields, _ wide: inout Fields.Wide, end: Int, header: (inout Fields.Wide) -> Int
  ) {
    (flags, method, time) = (fields.flags, fields.method, fields.time)
    (checksum, name, extra) = (fields.checksum, fields.name, fields.extra)
    size = fields.size == Fields.elsewhere ? wide.next() ?? fields.size : fields.size
    packedSize =
      fields.packedSize == Fields.elsewhere ? wide.next() ?? fields.packedSize : fields.packedSize
    self.header = header(&wide)
    self.end = end
  }

  var isEncrypted: Bool { flags & 1 != 0 }
  /// Sizes and checksum follow the data.
  var hasDescriptor: Bool { flags & 8 != 0 }
  var isFolder: Bool { name.last == 0x2F && size == 0 }

  /// An extra field by its number.
  func extra(_ id: Int) -> [UInt8]? { Fields.extra(id, extra) }

  /// The name for people: UTF-8 where flag 11 says so, the Unicode path of Info-ZIP (0x7075) where it
  /// belongs to this name, else a guess.
  var shownName: ArtefactName {
    if let text = unicodePath { return ArtefactName(name, text: text) }
    return ArtefactName(name)
  }

  /// APPNOTE.TXT 4.6.9: version, CRC of the name that it stands for, UTF-8.
  var unicodePath: String? {
    guard let field = extra(0x7075), field.count > 5, field[0] == 1,
      field.little(1, 4) == Inflate.checksum(name)
    else { return nil }
    return String(validating: field[5...], as: UTF8.self)
  }
}

extension ZipRecord {
  /// What both kinds of header have in common.
  private struct Fields {
    let flags, method, time, checksum, packedSize, size, end: Int
    let name, extra: [UInt8]

    /// The value is in the zip64 extra field.
    static let elsewhere = 0xFFFF_FFFF

    init?(_ octets: [UInt8], _ place: Int, lengths: Int, names: Int) {
      guard let flags = octets.little(place, 2), let method = octets.little(place + 2, 2),
        let time = octets.little(place + 4, 2), let checksum = octets.little(place + 8, 4),
        let packedSize = octets.little(place + 12, 4), let size = octets.little(place + 16, 4),
        let nameLength = octets.little(lengths, 2), let extraLength = octets.little(lengths + 2, 2),
        names + nameLength + extraLength <= octets.count
      else { return nil }
      (self.flags, self.method, self.time, self.checksum) = (flags, method, time, checksum)
      (self.packedSize, self.size) = (packedSize, size)
      name = octets.part(names, nameLength)
      extra = octets.part(names + nameLength, extraLength)
      end = names + nameLength + extraLength
    }

    static func extra(_ id: Int, _ extra: [UInt8]) -> [UInt8]? {
      var at = 0
      while let found = extra.little(at, 2), let length = extra.little(at + 2, 2) {
        if found == id { return extra.part(at + 4, length) }
        at += 4 + length
      }
      return nil
    }

    /// The numbers of the zip64 extra field (0x0001), which holds only those that did not fit.
    struct Wide {
      let octets: [UInt8]
      var at = 0

      mutating func next() -> Int? {
        defer { at += 8 }
        return octets.little(at, 8)
      }
    }

    var wide: Wide { Wide(octets: Self.extra(1, extra) ?? []) }
  }
}
