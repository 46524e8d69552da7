/// A compound file (MS-CFB): a file system within a file, as old Office documents, MSI packages and saved
/// Outlook messages have it.
///
/// The directory is a tree by its links and a list by its place; it is read as the list, so that no link
/// hides an entry, and the links only give paths.
struct CompoundFile {
  /// A stream or a storage.
  struct Entry {
    let name: String
    /// Names of the storages around it and its own.
    var path: String
    /// 1 storage, 2 stream, 5 root.
    let type: Int
    let classID: [UInt8]
    let start: Int
    let size: Int
    fileprivate let links: (left: Int, right: Int, child: Int)

    var isStream: Bool { type == 2 }
  }

  private(set) var entries: [Entry] = []
  private(set) var defects: [DocumentDefect] = []
  private let octets: [UInt8]
  private let shift: Int
  private let miniShift: Int
  private let cutoff: Int
  private var table: [Int] = []
  private var miniTable: [Int] = []
  private var mini: [UInt8] = []

  private static let entrySize = 128
  /// Beyond are marks: free, end of chain, tables.
  private static let lastSector = 0xFFFF_FFFA
  /// Entries of a directory: an MSI has a few hundred.
  private static let entryLimit = 20_000

  init?(_ octets: [UInt8]) {
    self.octets = octets
    guard let shift = octets.little(0x1E, 2), (7...16).contains(shift),
      let miniShift = octets.little(0x20, 2), (4...shift).contains(miniShift),
      let directory = octets.little(0x30, 4), let cutoff = octets.little(0x38, 4),
      let miniStart = octets.little(0x3C, 4)
    else { return nil }
    (self.shift, self.miniShift, self.cutoff) = (shift, miniShift, cutoff)
    table = sectorTable()
    let list = chain(from: directory, limit: Self.entryLimit * Self.entrySize)
    if list.count == Self.entryLimit * Self.entrySize { noteOnce(.limitCount) }
    entries = readEntries(list)
    miniTable = numbers(chain(from: miniStart, limit: octets.count))
    if let root = entries.first(where: { $0.type == 5 }) {
      mini = chain(from: root.start, limit: min(octets.count, root.size))
    }
    givePaths()
  }

  // MARK: Sectors

  private func sector(_ number: Int) -> Range<Int>? {
    let start = (number + 1) << shift
    guard number >= 0, number < Self.lastSector, start < octets.count else { return nil }
    return start..<min(octets.count, start + (1 << shift))
  }

  /// The sectors of the table are listed in the header (109 of them) and in a chain of their own.
  private mutating func sectorTable() -> [Int] {
    var sectors = (0..<109).compactMap { octets.little(0x4C + 4 * $0, 4) }
    var (next, seen) = (octets.little(0x44, 4) ?? Self.lastSector, Set<Int>())
    while let range = sector(next), seen.insert(next).inserted {
      let list = numbers(Array(octets[range]))
      sectors += list.dropLast()
      next = list.last ?? Self.lastSector
    }
    var (table, used): ([Int], Set<Int>) = ([], [])
    for number in sectors where used.insert(number).inserted {
      if let range = sector(number) { table += numbers(Array(octets[range])) }
    }
    return table
  }

  private func numbers(_ octets: [UInt8]) -> [Int] {
    stride(from: 0, to: octets.count - 3, by: 4).map { octets.little($0, 4) ?? Self.lastSector }
  }

  /// The octets of a chain of sectors, up to `limit`; a loop ends it.
  private mutating func chain(from start: Int, limit: Int) -> [UInt8] {
    var (content, number, steps): ([UInt8], Int, Int) = ([], start, 0)
    while content.count < limit, let range = sector(number) {
      content += octets[range]
      steps += 1
      guard number < table.count, steps <= table.count else {
        if steps > table.count, !table.isEmpty { noteOnce(.loop) }
        break
      }
      number = table[number]
    }
    return content.count > limit ? Array(content.prefix(limit)) : content
  }

  private mutating func noteOnce(_ kind: DocumentDefect.Kind) {
    if !defects.contains(where: { $0.kind == kind }) { defects.append(DocumentDefect(kind)) }
  }

  // MARK: Directory

  private func readEntries(_ list: [UInt8]) -> [Entry] {
    stride(from: 0, to: list.count - Self.entrySize + 1, by: Self.entrySize).map { at in
      let length = min(64, max(0, (list.little(at + 0x40, 2) ?? 2) - 2))
      let name = Self.readable(list.utf16Text(at..<(at + length)))
      let wide = list.little(at + 0x78, 8) ?? 0
      // MS-CFB §2.6.3: in version 3 the upper half may be anything.
      let size = shift == 9 ? wide & 0xFFFF_FFFF : wide
      return Entry(
        name: name, path: name, type: list.little(at + 0x42, 1) ?? 0,
        classID: list.part(at + 0x50, 16), start: list.little(at + 0x74, 4) ?? Self.lastSector,
        size: size,
        links: (
          list.little(at + 0x44, 4) ?? -1, list.little(at + 0x48, 4) ?? -1,
          list.little(at + 0x4C, 4) ?? -1
        ))
    }
  }

  /// An MSI packs two characters of a name into one from U+3800 on.
  private static func readable(_ name: String) -> String {
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._".utf8)
    guard name.unicodeScalars.contains(where: { (0x3800...0x4840).contains($0.value) }) else {
      return name
    }
    var text: [UInt8] = []
    for scalar in name.unicodeScalars {
      switch scalar.value {
      case 0x3800..<0x4800:
        let value = Int(scalar.value - 0x3800)
        text += [digits[value & 63], digits[value >> 6]]
      case 0x4800..<0x4840: text.append(digits[Int(scalar.value - 0x4800)])
      case 0x4840: text += Array("!".utf8)
      default: text += Array(String(scalar).utf8)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// From the root down, each entry once; what no link leads to keeps its own name.
  private mutating func givePaths() {
    var seen = Set<Int>()
    var open = entries.indices.filter { entries[$0].type == 5 }.map {
      (entries[$0].links.child, "")
    }
    while let (index, folder) = open.popLast() {
      guard entries.indices.contains(index), seen.insert(index).inserted else { continue }
      let entry = entries[index]
      entries[index].path = folder + entry.name
      open += [(entry.links.left, folder), (entry.links.right, folder)]
      if folder.utf8.count < 500 { open.append((entry.links.child, folder + entry.name + "/")) }
    }
  }

  // MARK: Streams

  /// A stream's octets, up to `limit`.
  mutating func content(of entry: Entry, limit: Int) -> Unpacked {
    let wanted = min(entry.size, limit)
    var content =
      entry.size < cutoff
      ? miniChain(from: entry.start, limit: wanted) : chain(from: entry.start, limit: wanted)
    if content.count > wanted { content.removeLast(content.count - wanted) }
    if content.count < wanted { return Unpacked(content, .damaged(.truncated)) }
    return Unpacked(content, entry.size > limit ? .limit : .whole)
  }

  private mutating func miniChain(from start: Int, limit: Int) -> [UInt8] {
    var (content, number, steps): ([UInt8], Int, Int) = ([], start, 0)
    while content.count < limit, number < Self.lastSector, number << miniShift < mini.count {
      content += mini.part(number << miniShift, 1 << miniShift)
      steps += 1
      guard number < miniTable.count else { break }
      guard steps <= miniTable.count else {
        noteOnce(.loop)
        break
      }
      number = miniTable[number]
    }
    return content
  }
}
