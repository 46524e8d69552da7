import Testing

@testable import Documents

/// What trying passwords may cost, however many things there are to open.
struct KeyRingTests {
  private func read(
    _ octets: [UInt8], _ passwords: [String], _ keys: KeyRing
  ) -> Artefact {
    DocumentReader(passwords: passwords).read(octets, name: ArtefactName("a"), keys: keys)
  }

  @Test func `what opened something is tried first`() {
    let keys = KeyRing()
    #expect(keys.first(["a", "b", "c"]) { $0 == "b" ? $0 : nil } == "b")
    #expect(keys.ordered(["a", "b", "c"]) == ["b", "a", "c"])
    #expect(keys.first(["a", "b", "c"]) { $0 == "c" ? $0 : nil } == "c")
    #expect(keys.ordered(["a", "b", "c"]) == ["c", "b", "a"])
    #expect(keys.ordered(["x"]) == ["x"])
    #expect(keys.first(["x"]) { _ in nil as Int? } == nil)
  }

  @Test func `trying ends when nothing is left`() {
    let keys = KeyRing(limit: 3 * KeyRing.leastTry)
    var smith = Locksmith((0..<30).map { "\($0)" }, keys, limit: 1 << 20)
    var tries = 0
    for _ in 0..<1000 {
      let found = smith.first { _ -> Int? in
        tries += 1
        _ = keys.spend(KeyRing.leastTry)
        return nil
      }
      #expect(found == nil)
    }
    #expect(tries == 3 && smith.hasRefused)
  }

  @Test func `what could not be paid for is not unpacked`() {
    let archive = SevenZipArchive.octets([], [1, 0])
    let keys = KeyRing(limit: 1 << 20)
    let smith = Locksmith(["a"], keys, limit: 1 << 24)
    #expect(smith.firstEntry(archive, .sevenZip, limit: 1 << 20) == nil)
    #expect(smith.hasRefused && keys.affords(1 << 20))
    #expect(smith.firstEntry(archive, .sevenZip, limit: 1 << 16) != nil)
    #expect(!keys.affords(1 << 20))
  }

  @Test func `rounds of Office are paid for, and a key once`() {
    let keys = KeyRing(limit: 16 << 20)
    let recipe = KeyRing.Recipe.office(.sha1, rounds: 100_000, salt: [1, 2, 3])
    let first = keys.key(recipe, "a")
    #expect(first?.count == 20)
    #expect(keys.key(recipe, "a") == first)
    #expect(keys.key(recipe, "b") == nil)
    #expect(keys.key(.office(.sha512, rounds: 1_000_000, salt: []), "a") == nil)
    #expect(keys.refusals == 2)
  }

  /// MS-OFFCRYPTO §2.3.4.7, by a loop of the plainest kind.
  @Test(arguments: [OfficeHash.md5, .sha1, .sha256, .sha384, .sha512])
  func `a password is hashed as often as is said`(hash: OfficeHash) {
    var sum = hash.digest([9, 0x61, 0, 0x42, 0x30])
    for index in 0..<300 { sum = hash.digest([UInt8].little(index, 4) + sum) }
    #expect(hash.spun("aあ", salt: [9], count: 300) == sum)
    #expect(hash.spun("aあ", salt: [9], count: 0) == hash.digest([9, 0x61, 0, 0x42, 0x30]))
  }

  // MARK: Zip

  /// Entries of WinZip's AES-256 whose octets are nobody's: each has a salt of its own.
  private func zip(entries count: Int) -> [UInt8] {
    ZipBuilder(
      (0..<count).map { index in
        let octets = (0..<64).map { UInt8(truncatingIfNeeded: $0 * 31 + index * 7) }
        var entry = ZipBuilder.Entry("n\(index).dat", octets)
        entry.isDeflated = false
        entry.flags = 1
        entry.localMethod = 99
        entry.extra = [0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45, 3, 0, 0]
        return entry
      }
    ).octets
  }

  @Test func `tries on a zip with AES are paid for`() {
    let keys = KeyRing(limit: 8 * ZipKey.aesCost)
    let found = read(zip(entries: 20), ["a", "b", "c"], keys)
    #expect(found.children.count(where: { $0.has(.encrypted) }) >= 20)
    #expect(found.facts.contains(ArtefactFact(.encrypted, ArtefactFact.untried)))
    #expect(!keys.affords(ZipKey.aesCost))
  }

  @Test func `tries on a zip of the old kind are paid for, and the right one costs nothing`() {
    var entry = ZipBuilder.Entry("run.sh", [UInt8]("#!/bin/sh\nexit\n".utf8))
    entry.password = "kado2026"
    let octets = ZipBuilder([ZipBuilder.Entry](repeating: entry, count: 50)).octets
    let opened = read(octets, ["no", "kado2026"], KeyRing(limit: 1 << 12))
    #expect(opened.has(.openedWithPassword) && !opened.has(.encrypted))
    let closed = read(octets, (0..<30).map { "no-\($0)" }, KeyRing(limit: 1 << 12))
    #expect(closed.facts.contains(ArtefactFact(.encrypted, ArtefactFact.untried)))
  }

  // MARK: Noise

  /// A pseudo-random sequence (xorshift), which repeats no octet beyond chance.
  private static let noise: [UInt8] = {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<600).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }()

  @Test func `what a password opens to noise is not looked into`() {
    func opened(_ content: [UInt8]) -> Artefact {
      var entry = ZipBuilder.Entry("plan.dat", content)
      (entry.password, entry.isDeflated) = ("kado2026", false)
      return read(ZipBuilder([entry]).octets, ["kado2026"], KeyRing())
    }
    #expect(Noise.reads(Self.noise) && opened(Self.noise).isIncomplete)
    let ordered = [UInt8](repeating: 0, count: 20) + Self.noise
    #expect(!Noise.reads(ordered) && !opened(ordered).isIncomplete)
    let short = Array(Self.noise.prefix(100))
    #expect(!Noise.reads(short) && !opened(short).isIncomplete)
    let plain = ZipBuilder([ZipBuilder.Entry("plan.dat", Self.noise)]).octets
    #expect(!read(plain, ["kado2026"], KeyRing()).isIncomplete)
  }

  // MARK: Headers of 7z

  private func folder(inputs: Int, coders: Int) -> [UInt8] {
    let coder = [UInt8(0x11), 0] + [UInt8].sevenZip(inputs) + [UInt8].sevenZip(1)
    var octets = [UInt8].sevenZip(coders)
    for _ in 0..<coders { octets += coder }
    for index in 0..<(coders - 1) { octets += [UInt8].sevenZip(index) + [UInt8].sevenZip(index) }
    for index in (coders - 1)..<(inputs * coders) { octets += [UInt8].sevenZip(index) }
    return octets
  }

  @Test(arguments: [(4, 8, true), (32, 1, true), (17, 2, false), (2, 17, false), (33, 1, false)])
  func `a folder of a 7z has 32 inputs at most`(inputs: Int, coders: Int, isRead: Bool) {
    var scanner = SevenZipScanner(folder(inputs: inputs, coders: coders))
    #expect((SevenZipFolder(&scanner) != nil) == isRead)
    #expect(!isRead || scanner.at == scanner.octets.count)
  }

  @Test(arguments: [(10_000, true), (10_001, false)])
  func `a 7z has 10,000 folders at most`(count: Int, isRead: Bool) {
    let sizes = [UInt8](repeating: 1, count: count)
    var header: [UInt8] = [6, 0] + .sevenZip(count) + [9] + sizes + [0]
    header += [7, 11] + .sevenZip(count) + [0] + (0..<count).flatMap { _ in [1, 1, 0] as [UInt8] }
    header += [12] + sizes + [0, 0]
    var (scanner, next) = (SevenZipScanner(header), 0)
    #expect((SevenZipStreams(&scanner, next: &next) != nil) == isRead)
  }

  /// Two files of 3 and 7 octets, the checksums of which are all defined, or not all.
  @Test(
    arguments: [
      ([1, 1, 2, 3, 4, 5, 6, 7, 8], true), ([0, 0x80, 1, 2, 3, 4], false),
      ([0, 0x40, 1, 2, 3, 4], false), ([0, 0xC0, 1, 2, 3, 4, 5, 6, 7, 8], true),
    ] as [([UInt8], Bool)])
  func `a folder proves a password only where every file has a checksum`(
    sums: [UInt8], isProof: Bool
  ) throws {
    let header: [UInt8] = [6, 0, 1, 9, 10, 0, 7, 11, 1, 0, 1, 1, 0, 12, 10, 0, 8]
    let files: [UInt8] = [13, 2, 9, 3, 10] + sums + [0]
    var (scanner, next) = (SevenZipScanner(header + files), 0)
    let streams = try #require(SevenZipStreams(&scanner, next: &next))
    let proof = streams.proofs(scanner, next: next)[0]
    #expect((proof != nil) == isProof)
    #expect(!isProof || proof?.start == 0 && proof?.size == 3 && proof?.checksum == 0x0403_0201)
  }

  /// Many folders that are encrypted and empty cost nothing but the trying.
  @Test func `folders without octets are not tried without end`() {
    let count = 2000
    let coder: [UInt8] = [1, 0x24] + SevenZipFolder.Coder.aes + [1, 0x3F]
    var header: [UInt8] = [1, 4, 6, 0] + .sevenZip(count) + [9]
    header += [UInt8](repeating: 0, count: count) + [0, 7, 11] + .sevenZip(count) + [0]
    header += (0..<count).flatMap { _ in coder } + [12] + [UInt8](repeating: 5, count: count)
    header += [10, 1] + [UInt8](repeating: 9, count: 4 * count) + [0, 0, 0]
    let keys = KeyRing(limit: 4 << 20)
    let found = read(SevenZipArchive.octets([], header), ["a", "b"], keys)
    #expect(!found.has(.openedWithPassword))
    #expect(!keys.affords(KeyRing.leastTry))
    #expect(found.facts.contains(ArtefactFact(.encrypted, ArtefactFact.untried)))
  }
}
