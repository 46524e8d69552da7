/// RAR archives: unpacked by libarchive, and decrypted for it where a password fits. What is encrypted else, and
/// the streams that Windows hides behind a file, the headers say, which are read here (RAR 5.0 archive
/// format; technote.txt of RAR 4).
enum RarReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let archive = BuriedArchive.place(of: .rar, in: octets).map { Array(octets[$0...]) } ?? octets
    let isFive = LibraryFormat(.rar, archive) == .rar5
    opening.unlock(archive, isFive ? RarFiveLock.open : RarFourLock.open) {
      archive, unlocked, opening in
      read(archive, unlocked, &opening)
    }
  }

  private static func read(
    _ archive: [UInt8], _ unlocked: Unlocked?, _ opening: inout Opening
  ) {
    let headers = RarHeaders(archive)
    guard !headers.areEncrypted else {
      opening.note(.encrypted)
      return opening.note(.namesHidden)
    }
    if let format = LibraryFormat(.rar, archive) {
      LibraryReader.read(archive, format, &opening, unlocked)
    }
    let listed = Set(opening.children.filter { $0.has(.encrypted) }.map(\.name))
    for entry in headers.entries {
      guard opening.admits() else { return }
      if entry.isEncrypted {
        opening.note(.encrypted)
        guard !listed.contains(entry.name) else { continue }
        opening.list(entry.name, size: entry.size, facts: [ArtefactFact(.encrypted)])
      } else if entry.isStream {
        // Written beside the file that it belongs to, wherever its name leads.
        opening.list(
          entry.name, size: entry.size, defects: [DocumentDefect(.methodUnknown, nil, "stream")])
        opening.note(.methodUnknown, nil, entry.name.shown)
      }
    }
  }
}

/// What the headers of a RAR archive say of its entries.
struct RarHeaders {
  struct Entry {
    let name: ArtefactName
    let size: Int
    let isEncrypted: Bool
    /// A stream of NTFS.
    let isStream: Bool
  }

  private(set) var entries: [Entry] = []
  /// Not even names can be read.
  private(set) var areEncrypted = false
  private let octets: [UInt8]

  private static let limit = 10_000

  init(_ octets: [UInt8]) {
    self.octets = octets
    if octets.has([0x01, 0x00], at: 6) { readFive() } else { readFour() }
  }

  // MARK: RAR 5

  private enum Block { static let file = 2, service = 3, encryption = 4, end = 5 }

  private mutating func readFive() {
    var at = 8
    for _ in 0..<Self.limit {
      var place = at + 4
      guard let size = number(&place), size > 0, size < 1 << 21 else { return }
      let end = place + size
      guard let type = number(&place), let flags = number(&place) else { return }
      let extra = flags & 1 != 0 ? number(&place) : 0
      let data = flags & 2 != 0 ? number(&place) : 0
      guard let extra, let data, place <= end, end <= octets.count, data <= octets.count else {
        return
      }
      switch type {
      case Block.encryption: return areEncrypted = true
      case Block.file, Block.service:
        readEntry(place, max(place, end - extra)..<end, isService: type == Block.service)
      case Block.end: return
      default: break
      }
      at = end + data
    }
  }

  private mutating func readEntry(_ start: Int, _ extra: Range<Int>, isService: Bool) {
    var at = start
    guard let flags = number(&at), let size = number(&at), number(&at) != nil else { return }
    if flags & 2 != 0 { at += 4 }
    if flags & 4 != 0 { at += 4 }
    guard number(&at) != nil, number(&at) != nil, let length = number(&at) else { return }
    let name = octets.part(at, min(length, 4096))
    let records = records(extra)
    // Service headers but this one hold comments and the like.
    guard !isService || name.elementsEqual("STM".utf8) else { return }
    let stream = records.first { $0.type == 7 }.map {
      octets.part($0.data.lowerBound, $0.data.count)
    }
    entries.append(
      Entry(
        name: ArtefactName(isService ? stream ?? name : name), size: size,
        isEncrypted: records.contains { $0.type == 1 }, isStream: isService))
  }

  private func records(_ range: Range<Int>) -> [(type: Int, data: Range<Int>)] {
    var (found, at): ([(Int, Range<Int>)], Int) = ([], range.lowerBound)
    while at < range.upperBound, found.count < 64 {
      guard let size = number(&at), size > 0 else { break }
      let end = min(range.upperBound, at + size)
      guard let type = number(&at), at <= end else { break }
      found.append((type, at..<end))
      at = end
    }
    return found
  }

  private func number(_ at: inout Int) -> Int? { octets.sevenBit(&at) }

  // MARK: RAR 1.5 to 4

  private mutating func readFour() {
    var at = 7
    for _ in 0..<Self.limit {
      guard let type = octets.little(at + 2, 1), let flags = octets.little(at + 3, 2),
        let size = octets.little(at + 5, 2), size >= 7
      else { return }
      var data = flags & 0x8000 != 0 ? octets.little(at + 7, 4) ?? 0 : 0
      switch type {
      case 0x73 where flags & 0x80 != 0: return areEncrypted = true
      case 0x74, 0x7A:
        data = octets.little(at + 7, 4) ?? 0
        let length = octets.little(at + 26, 2) ?? 0
        let start = at + 32 + (flags & 0x100 != 0 ? 8 : 0)
        let name = Array(octets.part(start, min(length, 4096)).prefix { $0 != 0 })
        let isStream = type == 0x7A && name.elementsEqual("STM".utf8)
        guard type == 0x74 || isStream else { break }
        entries.append(
          Entry(
            name: ArtefactName(name), size: octets.little(at + 11, 4) ?? 0,
            isEncrypted: flags & 4 != 0, isStream: isStream))
      case 0x7B: return
      default: break
      }
      at += size + data
    }
  }
}
