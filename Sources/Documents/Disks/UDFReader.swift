/// Files of a UDF volume (ECMA-167, OSTA UDF 1.02 to 2.01), which a disc may have beside or instead of
/// ISO 9660's.
struct UDFReader {
  private let octets: [UInt8]
  private let block: Int
  /// Of the partition, in octets.
  private var partition = 0

  private static let folderLimit = 1000
  private static let (folderSize, extentLimit) = (4 << 20, 10_000)

  /// What descriptors are, by the number in their tag (ECMA-167 3/7.2).
  private enum Tag {
    static let anchor = 2, partition = 5, volume = 6, end = 8
    static let fileSet = 256, identifier = 257, entry = 261, extendedEntry = 266
  }

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    for block in [2048, 512, 4096] {
      for place in [256, octets.count / block - 1, octets.count / block - 257] {
        guard octets.little(place * block, 2) == Tag.anchor,
          octets.little(place * block + 12, 4) == place
        else {
          continue
        }
        var reader = UDFReader(octets: octets, block: block)
        return reader.walk(anchor: place * block, &opening)
      }
    }
    opening.note(.damaged)
  }

  private init(octets: [UInt8], block: Int) { (self.octets, self.block) = (octets, block) }

  private mutating func walk(anchor: Int, _ opening: inout Opening) {
    guard let length = octets.little(anchor + 16, 4), let start = octets.little(anchor + 20, 4)
    else { return }
    var fileSet: Int?
    for index in 0..<min(64, length / block + 1) {
      let place = (start + index) * block
      switch octets.little(place, 2) {
      case Tag.partition: partition = (octets.little(place + 188, 4) ?? 0) * block
      case Tag.volume:
        fileSet = octets.little(place + 252, 4)
        // A second map is a virtual or metadata partition, whose blocks are elsewhere.
        if octets.little(place + 268, 4).map({ $0 > 1 }) == true { opening.note(.formatUnknown) }
      case Tag.end: break
      default: continue
      }
    }
    guard let fileSet, octets.little(address(fileSet), 2) == Tag.fileSet,
      let root = octets.little(address(fileSet) + 404, 4)
    else { return opening.note(.damaged) }
    folders(from: root, &opening)
  }

  private func address(_ number: Int) -> Int { partition + number * block }

  private func folders(from root: Int, _ opening: inout Opening) {
    var (open, seen) = ([(number: root, path: "")], Set([root]))
    while let (number, path) = open.popLast() {
      guard seen.count < Self.folderLimit else { return opening.note(.limitCount) }
      let folder = content(of: number, limit: Self.folderSize).octets
      for file in identifiers(folder) {
        let name = path + file.name
        if file.isFolder {
          if seen.insert(file.entry).inserted, name.utf8.count < 1000 {
            open.append((file.entry, name + "/"))
          }
          continue
        }
        guard opening.admits() else { return }
        opening.take(content(of: file.entry, limit: opening.allowance), ArtefactName(name))
      }
    }
  }

  /// One name in a folder.
  private struct File {
    let name: String
    let isFolder: Bool
    let entry: Int
  }

  /// File identifier descriptors (ECMA-167 4/14.4), padded to four octets.
  private func identifiers(_ folder: [UInt8]) -> [File] {
    var (found, at): ([File], Int) = ([], 0)
    while folder.little(at, 2) == Tag.identifier, let flags = folder.little(at + 18, 1),
      let length = folder.little(at + 19, 1), let entry = folder.little(at + 24, 4),
      let use = folder.little(at + 36, 2)
    {
      let name = folder.part(at + 38 + use, length)
      at += (38 + use + length + 3) & ~3
      // Deleted, or the folder above.
      if flags & 0x0C == 0 {
        found.append(File(name: text(name), isFolder: flags & 2 != 0, entry: entry))
      }
    }
    return found
  }

  /// OSTA compressed Unicode: 8 or 16 bits a character, most first.
  private func text(_ name: [UInt8]) -> String {
    let rest = Array(name.dropFirst())
    guard name.first == 16 else {
      return String(String.UnicodeScalarView(rest.map { Unicode.Scalar($0) }))
    }
    return String(
      decoding: stride(from: 0, to: rest.count - 1, by: 2).map {
        UInt16(rest[$0]) << 8 | UInt16(rest[$0 + 1])
      },
      as: UTF16.self)
  }

  /// What a file entry (ECMA-167 4/14.9, 14.17) leads to.
  private func content(of number: Int, limit: Int) -> Unpacked {
    let place = address(number)
    let tag = octets.little(place, 2)
    guard tag == Tag.entry || tag == Tag.extendedEntry, let flags = octets.little(place + 34, 2),
      let size = octets.little(place + 56, 8)
    else { return Unpacked([], .damaged(.damaged)) }
    let lengths = place + (tag == Tag.entry ? 168 : 208)
    guard let attributes = octets.little(lengths, 4), let length = octets.little(lengths + 4, 4)
    else {
      return Unpacked([], .damaged(.truncated))
    }
    let start = lengths + 8 + attributes
    let wanted = min(size, limit)
    var content: [UInt8] = []
    if flags & 7 == 3 {
      content = octets.part(start, min(length, wanted))
    } else {
      gather(start, length, isLong: flags & 7 == 1, wanted, &content)
    }
    if content.count < wanted { return Unpacked(content, .damaged(.truncated)) }
    return Unpacked(content, size > limit ? .limit : .whole)
  }

  /// Allocation descriptors: length, whose upper two bits say whether it is written, and block.
  private func gather(
    _ start: Int, _ length: Int, isLong: Bool, _ wanted: Int, _ content: inout [UInt8]
  ) {
    var (at, end) = (start, start + length)
    let step = isLong ? 16 : 8
    for _ in 0..<Self.extentLimit {
      guard at + step <= end, content.count < wanted, let raw = octets.little(at, 4),
        let number = octets.little(at + 4, 4)
      else { return }
      let (size, kind) = (raw & 0x3FFF_FFFF, raw >> 30)
      if size == 0 { return }
      let room = min(size, wanted - content.count)
      switch kind {
      case 0: content += octets.part(address(number), room)
      // More descriptors are there, behind a header of 24 octets.
      case 3:
        (at, end) = (
          address(number) + 24, address(number) + 24 + (octets.little(address(number) + 20, 4) ?? 0)
        )
        continue
      default: content += repeatElement(0, count: room)
      }
      at += step
    }
  }
}
