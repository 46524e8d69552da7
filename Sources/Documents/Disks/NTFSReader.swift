/// Files of an NTFS volume. Records of the master file table are found wherever they stand, by their mark,
/// so that neither its own map nor folders need be believed.
enum NTFSReader {
  private static let recordSize = 1024
  private static let runLimit = 10_000
  /// The first records of every volume, and those in its folder `$Extend`.
  private static let own: Set<String> = [
    "$MFT", "$MFTMirr", "$LogFile", "$Volume", "$AttrDef", "$Bitmap", "$Boot", "$BadClus",
    "$Secure",
    "$UpCase", "$Quota", "$ObjId", "$Reparse", "$RmMetadata", "$Repair", "$TxfLog.blf", "$UsnJrnl",
  ]

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard let sector = octets.little(11, 2), let count = octets.little(13, 1), sector > 0,
      count > 0,
      count <= 128
    else { return opening.note(.damaged) }
    var at = 0
    while let place = octets.place(of: "FILE", in: at..<octets.count) {
      at = place + 4
      guard place % 512 == 0, let record = record(octets, place) else { continue }
      guard opening.admits(place..<place + 1) else { return }
      take(record, octets, sector * count, &opening)
    }
  }

  /// The last two octets of every sector are kept in front (the update sequence) and put back.
  private static func record(_ octets: [UInt8], _ place: Int) -> [UInt8]? {
    var record = octets.part(place, recordSize)
    guard record.count == recordSize, let start = record.little(4, 2),
      let count = record.little(6, 2),
      (2...3).contains(count), start + 2 * count <= 512,
      // In use, and no folder.
      let flags = record.little(22, 2), flags & 3 == 1
    else { return nil }
    for sector in 1..<count {
      record[512 * sector - 2] = record[start + 2 * sector]
      record[512 * sector - 1] = record[start + 2 * sector + 1]
    }
    return record
  }

  private static func take(
    _ record: [UInt8], _ octets: [UInt8], _ cluster: Int, _ opening: inout Opening
  ) {
    var (name, streams): (String?, [(name: String, content: Unpacked)]) = (nil, [])
    var at = record.little(20, 2) ?? recordSize
    while let type = record.little(at, 4), type != 0xFFFF_FFFF,
      let length = record.little(at + 4, 4),
      length >= 16, at + length <= recordSize
    {
      let attribute = record.part(at, length)
      // A short name for DOS is there besides.
      if type == 0x30, let start = attribute.little(20, 2),
        attribute.little(start + 65, 1) != 2 || name == nil
      {
        let count = attribute.little(start + 64, 1) ?? 0
        name = attribute.utf16Text((start + 66)..<(start + 66 + 2 * count))
      }
      if type == 0x80 {
        let title = attribute.utf16Text(
          (attribute.little(10, 2) ?? 0)..<((attribute.little(10, 2) ?? 0) + 2
            * (attribute.little(9, 1) ?? 0)))
        streams.append((title, content(attribute, octets, cluster, limit: opening.allowance)))
      }
      at += length
    }
    // `$MFT` and its like are the volume's own; anybody else may begin a name so, too.
    guard let name, !own.contains(name) else { return }
    for stream in streams where !stream.content.octets.isEmpty {
      opening.take(
        stream.content, ArtefactName(stream.name.isEmpty ? name : name + ":" + stream.name))
    }
  }

  private static func content(
    _ attribute: [UInt8], _ octets: [UInt8], _ cluster: Int, limit: Int
  ) -> Unpacked {
    guard attribute.little(8, 1) == 1 else {
      let (size, start) = (attribute.little(16, 4) ?? 0, attribute.little(20, 2) ?? 0)
      return Unpacked(attribute.part(start, size))
    }
    // Compressed or encrypted by the file system.
    if attribute.little(12, 2).map({ $0 & 0x4001 != 0 }) == true {
      return Unpacked([], .damaged(.methodUnknown))
    }
    let size = attribute.little(48, 8) ?? 0
    var (content, at, place): ([UInt8], Int, Int) = ([], attribute.little(32, 2) ?? 64, 0)
    for _ in 0..<runLimit {
      guard let head = attribute.little(at, 1), head != 0 else { break }
      let (lengthWidth, placeWidth) = (head & 15, head >> 4)
      guard lengthWidth <= 8, placeWidth <= 8, let length = attribute.little(at + 1, lengthWidth)
      else { break }
      let wanted = min(size, limit) - content.count
      let room = min(wanted, length > wanted / cluster ? wanted : length * cluster)
      if placeWidth == 0 {
        content += repeatElement(0, count: room)
      } else {
        place = place &+ signed(attribute, at + 1 + lengthWidth, placeWidth)
        guard place >= 0, place < octets.count / cluster + 1 else {
          return Unpacked(content, .damaged(.truncated))
        }
        content += octets.part(place * cluster, room)
      }
      at += 1 + lengthWidth + placeWidth
      if content.count >= min(size, limit) { break }
    }
    if size > limit { return Unpacked(content, .limit) }
    return Unpacked(content, content.count < size ? .damaged(.truncated) : .whole)
  }

  private static func signed(_ octets: [UInt8], _ place: Int, _ width: Int) -> Int {
    guard let last = octets.little(place + width - 1, 1), let value = octets.little(place, width),
      width < 8
    else {
      return 0
    }
    return last & 0x80 == 0 ? value : value - (1 << (8 * width))
  }
}
