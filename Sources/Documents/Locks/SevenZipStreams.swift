/// Where the packed streams of a 7z lie and how they are unpacked: `PackInfo` and `CodersInfo` of its header,
/// read and written again.
struct SevenZipStreams {
  /// Of the first packed stream, behind the signature header.
  var position = 0
  var packed: [Int] = []
  var folders: [SevenZipFolder] = []

  /// Properties of the header that are read here.
  enum Property {
    static let end = 0, header = 1, archive = 2, mainStreams = 4, files = 5, packInfo = 6
    static let unpackInfo = 7, subStreams = 8, size = 9, checksum = 10, folder = 11
    static let unpackSizes = 12, streamCount = 13, names = 17, encodedHeader = 23
  }

  /// Folders of one archive: as many as files are looked at.
  private static let folderLimit = 10_000

  init() {}

  /// Up to the property that follows both, which `scanner` has read then.
  init?(_ scanner: inout SevenZipScanner, next: inout Int) {
    guard var property = scanner.octet() else { return nil }
    if property == Property.packInfo {
      guard readPackInfo(&scanner), let following = scanner.octet() else { return nil }
      property = following
    }
    if property == Property.unpackInfo {
      guard readFolders(&scanner), let following = scanner.octet() else { return nil }
      property = following
    }
    next = property
    guard folders.reduce(0, { $0 + $1.inputs.count }) <= packed.count else { return nil }
  }

  private mutating func readPackInfo(_ scanner: inout SevenZipScanner) -> Bool {
    guard let position = scanner.number(), let count = scanner.number(),
      var property = scanner.octet()
    else { return false }
    self.position = position
    if property == Property.size {
      guard let sizes = scanner.numbers(count), let following = scanner.octet() else {
        return false
      }
      (packed, property) = (sizes, following)
    }
    if property == Property.checksum {
      guard scanner.checksums(count) != nil, let following = scanner.octet() else { return false }
      property = following
    }
    return property == Property.end
  }

  private mutating func readFolders(_ scanner: inout SevenZipScanner) -> Bool {
    // They stand in the header itself, or elsewhere (`External`), which nobody writes.
    guard scanner.octet() == Property.folder, let count = scanner.number(),
      count <= Self.folderLimit, scanner.octet() == 0
    else { return false }
    for _ in 0..<count {
      guard let folder = SevenZipFolder(&scanner) else { return false }
      folders.append(folder)
    }
    guard scanner.octet() == Property.unpackSizes else { return false }
    for index in folders.indices {
      guard let sizes = scanner.numbers(folders[index].outputCount) else { return false }
      folders[index].sizes = sizes
    }
    guard var property = scanner.octet() else { return false }
    if property == Property.checksum {
      guard let sums = scanner.checksums(count), let following = scanner.octet() else {
        return false
      }
      for (index, sum) in sums.enumerated() { folders[index].checksum = sum }
      property = following
    }
    return property == Property.end
  }

  /// The packed streams of each folder, as places in the archive; nil where one lies outside.
  func ranges(in archive: [UInt8]) -> [[Range<Int>]]? {
    guard position <= archive.count - SevenZipArchive.start else { return nil }
    var (found, place, next): ([[Range<Int>]], Int, Int) = ([], SevenZipArchive.start + position, 0)
    for folder in folders {
      var ranges: [Range<Int>] = []
      for size in packed[next..<(next + folder.inputs.count)] {
        guard size <= archive.count - place else { return nil }
        ranges.append(place..<(place + size))
        place += size
      }
      next += folder.inputs.count
      found.append(ranges)
    }
    return found
  }

  /// Both, as a header has them.
  var octets: [UInt8] {
    var octets = [UInt8(Property.packInfo)] + .sevenZip(position) + .sevenZip(packed.count)
    octets += [UInt8(Property.size)] + packed.flatMap { [UInt8].sevenZip($0) } + [0]
    octets += [UInt8(Property.unpackInfo), UInt8(Property.folder)] + .sevenZip(folders.count) + [0]
    for folder in folders { octets += folder.octets }
    octets.append(UInt8(Property.unpackSizes))
    for folder in folders { octets += folder.sizes.flatMap { [UInt8].sevenZip($0) } }
    octets += [UInt8(Property.checksum), 0] + Self.bits(folders.map { $0.checksum != nil })
    octets += folders.compactMap(\.checksum).flatMap { [UInt8].little($0, 4) }
    return octets + [0]
  }

  private static func bits(_ flags: [Bool]) -> [UInt8] {
    stride(from: 0, to: flags.count, by: 8).map { start in
      (0..<8).reduce(0) { octet, bit in
        let isSet = start + bit < flags.count && flags[start + bit]
        return isSet ? octet | 0x80 >> UInt8(bit) : octet
      }
    }
  }
}

extension SevenZipStreams {
  /// The first file of a folder that has content: its checksum proves a password.
  struct Proof {
    /// Octets of the folder up to the file, and its own.
    let start, size: Int
    let checksum: Int
  }

  /// For each folder; `next` is the property behind the folders, and `scanner` stands behind it.
  func proofs(_ scanner: SevenZipScanner, next: Int) -> [Proof?] {
    var scanner = scanner
    let whole = folders.map { folder in
      folder.checksum.map { Proof(start: 0, size: folder.size, checksum: $0) }
    }
    guard next == Property.subStreams, var property = scanner.octet() else { return whole }
    var counts = [Int](repeating: 1, count: folders.count)
    if property == Property.streamCount {
      guard let found = scanner.numbers(folders.count), let following = scanner.octet() else {
        return whole
      }
      (counts, property) = (found, following)
    }
    guard counts.allSatisfy({ $0 <= scanner.octets.count }) else { return whole }
    var sizes: [[Int]] = []
    for (folder, count) in zip(folders, counts) {
      let listed = property == Property.size ? scanner.numbers(max(0, count - 1)) : []
      guard let listed, let rest = Self.rest(folder.size, listed) else { return whole }
      sizes.append(count > 0 ? listed + [rest] : [])
    }
    if property == Property.size {
      guard let following = scanner.octet() else { return whole }
      property = following
    }
    let open = zip(folders, counts).map { $1 == 1 && $0.checksum != nil ? 0 : $1 }
    guard property == Property.checksum, var sums = scanner.checksums(open.reduce(0, +))?[...]
    else {
      return whole
    }
    return folders.indices.map { index in
      let own = sums.prefix(open[index])
      sums = sums.dropFirst(open[index])
      return whole[index] ?? Self.proof(sizes[index], Array(own))
    }
  }

  /// What the last file of a folder has.
  private static func rest(_ whole: Int, _ sizes: [Int]) -> Int? {
    var left = whole
    for size in sizes {
      guard size <= left else { return nil }
      left -= size
    }
    return left
  }

  /// Nil as well where a file with content has no checksum: of a first file of an octet or two any password may
  /// come to the same, and nobody would look at the others.
  private static func proof(_ sizes: [Int], _ sums: [Int?]) -> Proof? {
    guard zip(sizes, sums).allSatisfy({ $0 == 0 || $1 != nil }) else { return nil }
    var start = 0
    for (size, sum) in zip(sizes, sums) {
      if let sum, size > 0 { return Proof(start: start, size: size, checksum: sum) }
      start += size
    }
    return nil
  }
}
