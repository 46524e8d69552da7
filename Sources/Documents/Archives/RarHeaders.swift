/// What the headers of a RAR archive say of its entries (RAR 5.0 archive format; technote.txt of RAR 4). They
/// alone tell of RAR 5 that something is encrypted: the library unpacks it as if it were not. So what can't be
/// read of them to the end is a defect.
struct RarHeaders {
  struct Entry {
    let name: ArtefactName
    let size: Int
    let isEncrypted: Bool
    /// A stream of NTFS.
    let isStream: Bool
    /// It begins or ends in another volume.
    let isSplit: Bool
  }

  private(set) var entries: [Entry] = []
  /// Not even names can be read.
  private(set) var areEncrypted = false
  /// Why headers were left unread.
  private(set) var defect: DocumentDefect.Kind?
  private let octets: [UInt8]

  /// Blocks that are looked at.
  private static let limit = 10_000

  init(_ octets: [UInt8]) {
    self.octets = octets
    if octets.has([0x01, 0x00], at: 6) {
      readAll(from: 8) { $0.readFive($1) }
    } else {
      readAll(from: 7) { $0.readFour($1) }
    }
  }

  /// What comes behind a block.
  private enum Next {
    case block(Int)
    /// Its last one, or one behind which nothing can be read.
    case end
    /// No block at all.
    case wrong
  }

  private mutating func readAll(from start: Int, _ read: (inout RarHeaders, Int) -> Next) {
    var at = start
    for _ in 0..<Self.limit {
      guard at < octets.count else { return }
      switch read(&self, at) {
      case .block(let next): at = next
      case .end: return
      case .wrong: return defect = .damaged
      }
    }
    if at < octets.count { defect = .limitCount }
  }

  // MARK: RAR 5

  private enum Block { static let file = 2, service = 3, encryption = 4, end = 5 }
  private enum Record { static let encryption = 1, service = 7 }
  /// unrar takes no longer header.
  private static let headerLimit = 1 << 21

  private mutating func readFive(_ at: Int) -> Next {
    var place = at + 4
    guard let size = number(&place), size > 0, size < Self.headerLimit else { return .wrong }
    let end = place + size
    guard let type = number(&place), let flags = number(&place) else { return .wrong }
    let extra = flags & 1 != 0 ? number(&place) : 0
    let data = flags & 2 != 0 ? number(&place) : 0
    guard let extra, let data, place <= end, end <= octets.count, extra <= end - place,
      data <= octets.count
    else { return .wrong }
    switch type {
    case Block.encryption:
      areEncrypted = true
      return .end
    case Block.file, Block.service:
      let isSplit = flags & 0x18 != 0
      guard readEntry(place, (end - extra)..<end, isService: type == Block.service, isSplit) else {
        return .wrong
      }
    case Block.end: return .end
    default: break
    }
    return .block(end + data)
  }

  /// False where the fields make no entry.
  private mutating func readEntry(
    _ start: Int, _ extra: Range<Int>, isService: Bool, _ isSplit: Bool
  ) -> Bool {
    var at = start
    guard let flags = number(&at), let size = number(&at), number(&at) != nil else { return false }
    if flags & 2 != 0 { at += 4 }
    if flags & 4 != 0 { at += 4 }
    guard number(&at) != nil, number(&at) != nil, let length = number(&at) else { return false }
    let name = octets.part(at, min(length, 4096))
    // Service headers but this one hold comments and the like.
    guard !isService || name.elementsEqual("STM".utf8) else { return true }
    let stream = record(Record.service, extra).map { octets.part($0.lowerBound, $0.count) }
    entries.append(
      Entry(
        name: ArtefactName(isService ? stream ?? name : name), size: size,
        isEncrypted: record(Record.encryption, extra) != nil, isStream: isService,
        isSplit: isSplit))
    return true
  }

  /// The first record of a type in an extra area, however many stand before it.
  private func record(_ wanted: Int, _ range: Range<Int>) -> Range<Int>? {
    var at = range.lowerBound
    while at < range.upperBound {
      guard let size = number(&at), size > 0, at <= range.upperBound else { return nil }
      // Old programs read a record all the same that goes on beyond the header.
      let end = at + min(size, range.upperBound - at)
      guard let type = number(&at), at <= end else { return nil }
      if type == wanted { return at..<end }
      at = end
    }
    return nil
  }

  private func number(_ at: inout Int) -> Int? { octets.sevenBit(&at) }

  // MARK: RAR 1.5 to 4

  private mutating func readFour(_ at: Int) -> Next {
    guard let type = octets.little(at + 2, 1), let flags = octets.little(at + 3, 2),
      let size = octets.little(at + 5, 2), size >= RarFourBlock.least
    else { return octets[at...].allSatisfy { $0 == 0 } ? .end : .wrong }
    var data = flags & 0x8000 != 0 ? octets.little(at + 7, 4) ?? 0 : 0
    switch type {
    case RarFourBlock.Kind.main where flags & 0x80 != 0:
      areEncrypted = true
      return .end
    case RarFourBlock.Kind.file, RarFourBlock.Kind.service:
      data = octets.little(at + 7, 4) ?? 0
      readFour(type, flags, at)
    case RarFourBlock.Kind.end: return .end
    default: break
    }
    return .block(at + size + data)
  }

  private mutating func readFour(_ type: Int, _ flags: Int, _ at: Int) {
    let length = octets.little(at + 26, 2) ?? 0
    let start = at + 32 + (flags & 0x100 != 0 ? 8 : 0)
    let name = Array(octets.part(start, min(length, 4096)).prefix { $0 != 0 })
    let isStream = type == RarFourBlock.Kind.service && name.elementsEqual("STM".utf8)
    guard type == RarFourBlock.Kind.file || isStream else { return }
    entries.append(
      Entry(
        name: ArtefactName(name), size: octets.little(at + 11, 4) ?? 0,
        isEncrypted: flags & 4 != 0, isStream: isStream, isSplit: flags & 3 != 0))
  }
}
