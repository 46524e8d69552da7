import Testing

@testable import Documents

/// RAR archives whose headers are written so that they are misread: what is encrypted is told however it is hidden,
/// and what can't be read to the end is no clean archive.
struct RarHeaderTests {
  private func read(_ octets: [UInt8], _ passwords: [String] = []) -> Artefact {
    DocumentReader(passwords: passwords).read(octets, name: ArtefactName("a"))
  }

  // MARK: RAR 5, written here

  /// Seven bits an octet, in as many octets as are wanted at least.
  private static func number(_ number: Int, _ width: Int = 1) -> [UInt8] {
    let short = [UInt8].sevenBit(number)
    guard short.count < width else { return short }
    let filling = [UInt8](repeating: 0x80, count: width - short.count - 1) + [0]
    return short.dropLast() + [(short.last ?? 0) | 0x80] + filling
  }

  private static func block(
    _ type: Int, _ fields: [UInt8], extra: [UInt8] = [], data: [UInt8]? = nil, flags: Int = 0,
    flagWidth: Int = 1
  ) -> [UInt8] {
    let known = flags | (extra.isEmpty ? 0 : 1) | (data == nil ? 0 : 2)
    var header = number(type) + number(known, flagWidth)
    if !extra.isEmpty { header += number(extra.count) }
    if let data { header += number(data.count) }
    header += fields + extra
    header = number(header.count) + header
    return .little(Inflate.checksum(header), 4) + header + (data ?? [])
  }

  /// Without a checksum, stored.
  private static func entry(_ name: String, _ size: Int) -> [UInt8] {
    [0] + number(size) + [0, 0, 1] + number(name.utf8.count) + Array(name.utf8)
  }

  private static func record(_ type: Int, _ content: [UInt8]) -> [UInt8] {
    let whole = number(type) + content
    return number(whole.count) + whole
  }

  /// Version, flags, power of the rounds, salt, vector.
  private static let secret = record(1, [0, 0, 15] + [UInt8](repeating: 7, count: 32))
  private static let noise = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 13) }
  private static let comment = block(3, entry("CMT", 0), data: [])

  private static func file(
    extra: [UInt8] = secret, flags: Int = 0, flagWidth: Int = 1
  ) -> [UInt8] {
    block(
      2, entry("note.dat", 64), extra: extra, data: noise, flags: flags, flagWidth: flagWidth)
  }

  private static func archive(_ blocks: [UInt8]) -> [UInt8] {
    RarFiveBlock.signature + block(1, [0]) + blocks + block(5, [0])
  }

  @Test(arguments: [
    file(), file(extra: [UInt8]((0..<64).flatMap { _ in record(99, []) } + secret)),
    file(flagWidth: 8), file(flagWidth: 9), file(flagWidth: 10),
    block(3, entry("CMT", 0), data: [], flagWidth: 9) + file(),
    // Its record says that it goes on behind the header.
    file(extra: [UInt8](number(5000) + secret.dropFirst())),
  ])
  func `an encrypted file of RAR 5 is told however its header is written`(blocks: [UInt8]) {
    for words in [[], ["kado-2026"]] {
      let found = read(Self.archive(blocks), words)
      #expect(found.has(.encrypted), "\(found.facts) \(found.allDefects)")
      #expect(found.children.contains { !$0.isRead && $0.has(.encrypted) })
    }
  }

  @Test func `headers that are too many are a bound, not an end`() {
    let many = Self.archive((0..<10_001).flatMap { _ in Self.comment } + Self.file())
    #expect(read(many).defects.contains { $0.kind == .limitCount })
    let fewer = Self.archive((0..<100).flatMap { _ in Self.comment } + Self.file(extra: []))
    #expect(!read(fewer).isIncomplete)
  }

  @Test(arguments: [8, 16])
  func `a file that goes on elsewhere is not read`(flags: Int) {
    let found = read(Self.archive(Self.file(extra: [], flags: flags)))
    #expect(found.isIncomplete)
    #expect(!read(Self.archive(Self.file(extra: []))).isIncomplete)
  }

  @Test func `an extra area larger than its header is damage`() {
    var header: [UInt8] = [2, 3, 100, 64] + Self.entry("note.dat", 64)
    header = Self.number(header.count) + header
    let block = [UInt8].little(Inflate.checksum(header), 4) + header + Self.noise
    #expect(read(Self.archive(block)).isIncomplete)
    #expect(RarFiveBlock(Array(block.dropLast(64))) == nil)
  }

  @Test func `a record that does not hold is not lost in silence`() throws {
    func header(_ extra: [UInt8]) -> [UInt8] {
      Self.block(2, Self.entry("a", 0), extra: extra, data: [])
    }
    let sound = try #require(RarFiveBlock(header(Self.secret)))
    #expect(sound.record(1)?.count == 35)
    #expect(RarFiveBlock(header([UInt8](Self.number(50) + Self.secret.dropFirst()))) == nil)
    let many = (0..<1001).flatMap { _ in Self.record(99, []) }
    #expect(RarFiveBlock(header(many)) == nil)
  }

  @Test(
    arguments: [
      ([0x05], 5), ([0x85, 0], 5), ([0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], 5),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], Int.max),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], nil),
      ([0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], nil), ([0x80], nil),
    ] as [([UInt8], Int?)])
  func `a number of RAR 5 has up to ten octets`(octets: [UInt8], number: Int?) {
    var at = 0
    #expect(octets.sevenBit(&at) == number)
    #expect(at <= octets.count)
  }

  // MARK: RAR 4 whose headers a password opens

  @Test(arguments: [LockedArchive.fourBait, .sevenBait])
  func `a hidden header that tells of nothing opens nothing`(archive: LockedArchive) {
    let found = read(archive.octets, ["kado-2026"])
    #expect(found.has(.encrypted) && !found.has(.openedWithPassword), "\(found.facts)")
  }

  @Test func `behind hidden headers every content must fit`() {
    let found = read(LockedArchive.fourForged.octets, ["kado-2026"])
    #expect(found.has(.encrypted))
    #expect(found.children.contains { $0.name.text == "note.txt" && !$0.isRead })
  }

  // MARK: 7z without a header

  /// 7-Zip looks for a header at the end of such a file.
  @Test func `a 7z that names no header but has octets is damaged`() {
    let start: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]
    let nothing = start + [0x8D, 0x9B, 0xD5, 0x0F] + [UInt8](repeating: 0, count: 20)
    #expect(!read(nothing).isIncomplete, "\(read(nothing).allDefects)")
    #expect(read(nothing + Self.noise).isIncomplete)
    let unchecked = start + [UInt8](repeating: 0, count: 24) + Self.noise
    #expect(read(unchecked).isIncomplete)
  }
}
