import Mail
import Testing

@testable import Documents

struct LockTests {
  private func read(
    _ octets: [UInt8], _ passwords: [String], keys: KeyRing = KeyRing(),
    budgets: Budgets = Budgets()
  ) -> Artefact {
    DocumentReader(budgets: budgets, passwords: passwords)
      .read(octets, name: ArtefactName("a"), keys: keys)
  }

  private func says(_ artefact: Artefact, _ detail: String) -> Bool {
    artefact.facts.contains(ArtefactFact(.encrypted, detail))
  }

  @Test(arguments: [
    LockedArchive.sevenHidden, .sevenFolders, .sevenPPMd,
    .sevenPartly, .sevenQuick, .sevenQuickHidden,
    .sevenQuickCopy, .five, .fiveHidden,
    .fiveSlow, .fivePlainSums, .fivePartly,
    .four, .fourHidden, .fourPartly,
  ])
  func `an archive is opened by the password that fits`(archive: LockedArchive) {
    let found = read(archive.octets, ["no", "kado-2026", "other-99"])
    #expect(found.programs == ["a/run.sh"], "\(found.facts) \(found.allDefects)")
    #expect(found.has(.openedWithPassword) && !found.has(.encrypted))
    #expect(!found.isIncomplete)
    #expect(found.children.contains { $0.name.text == "note.txt" && $0.size == 29 })
  }

  @Test(arguments: [
    LockedArchive.sevenJapanese, .fiveJapanese, .fourJapanese,
  ])
  func `a password may be Japanese`(archive: LockedArchive) {
    let found = read(archive.octets, ["kado-2026", "さくら2026"])
    #expect(found.programs == ["a/run.sh"])
    #expect(!found.isIncomplete)
  }

  @Test(arguments: [
    LockedArchive.sevenQuick, .sevenQuickHidden, .sevenQuickCopy,
    .five, .fiveHidden, .four, .fourHidden,
  ])
  func `a wrong password opens nothing, and none neither`(archive: LockedArchive) {
    for words in [["no", "kado-2027"], []] {
      let found = read(archive.octets, words)
      #expect(found.programs.isEmpty)
      #expect(found.has(.encrypted) && !found.has(.openedWithPassword))
      #expect(found.has(.namesHidden) || found.children.contains { !$0.isRead })
    }
  }

  @Test(arguments: [
    LockedArchive.sevenMixed, .fiveMixed,
  ])
  func `a file with another password stays locked, and is told`(archive: LockedArchive) {
    let found = read(archive.octets, ["no", "kado-2026"])
    #expect(found.has(.openedWithPassword) && found.has(.encrypted))
    let note = found.children.first { $0.name.text == "note.txt" }
    #expect(note?.isRead == true && note?.size == 29)
    #expect(found.children.contains { !$0.isRead && $0.has(.encrypted) })
    #expect(!read(archive.octets, ["no", "kado-2026", "other-99"]).has(.encrypted))
  }

  @Test func `content that is not what the password was proven for is not taken`() {
    let wrong = read(LockedArchive.fiveWrong.octets, ["kado-2026"])
    #expect(wrong.programs.isEmpty)
    #expect(wrong.children.contains { !$0.isRead && $0.has(.encrypted) })
    // The password of one file, on the other.
    let mixed = read(LockedArchive.fourMixed.octets, ["other-99"])
    #expect(mixed.has(.openedWithPassword) && mixed.has(.encrypted))
    #expect(mixed.children.contains { $0.name.text == "note.txt" && !$0.isRead })
  }

  @Test(arguments: [
    (LockedArchive.fiveUnchecked, ArtefactFact.unknownCipher),
    (.fiveBadCheck, ArtefactFact.unknownCipher),
    (.fourOld, ArtefactFact.unknownCipher),
    (.fiveVolume, ArtefactFact.severalVolumes),
    (.fourVolume, ArtefactFact.severalVolumes),
    (.fiveDear, ArtefactFact.untried),
  ])
  func `what can't be tried says why`(archive: LockedArchive, detail: String) {
    let found = read(archive.octets, ["kado-2026"])
    #expect(says(found, detail), "\(found.facts)")
    #expect(!found.has(.openedWithPassword))
    #expect(found.children.contains { !$0.isRead && $0.has(.encrypted) })
  }

  @Test(arguments: [LockedArchive.sevenHidden, .fiveSlow, .four])
  func `trying ends with its bound, and a key that was made costs nothing`(archive: LockedArchive) {
    let keys = KeyRing(limit: 64 << 20)
    let words = (0..<30).map { "wrong-\($0)" } + ["kado-2026"]
    #expect(says(read(archive.octets, words, keys: keys), ArtefactFact.untried))
    #expect(keys.key(.sevenZip(power: 19, salt: []), "never seen, and long") == nil)
    let few = KeyRing(limit: 64 << 20)
    for _ in 0..<20 {
      #expect(read(archive.octets, ["kado-2026"], keys: few).has(.openedWithPassword))
    }
  }

  @Test func `an archive for whose plain form there is no room stays locked`() {
    var budgets = Budgets()
    budgets.memory = LockedArchive.sevenQuick.octets.count + 100
    let found = read(LockedArchive.sevenQuick.octets, ["kado-2026"], budgets: budgets)
    #expect(found.has(.encrypted) && !found.has(.openedWithPassword))
  }

  @Test(arguments: [
    LockedArchive.sevenQuick, .sevenQuickHidden, .five,
    .fiveHidden, .four, .fourHidden,
  ])
  func `damage is no more than damage`(archive: LockedArchive) {
    let keys = KeyRing(limit: 64 << 20)
    let octets = archive.octets
    for place in octets.indices {
      var damaged = octets
      damaged[place] ^= 0xFF
      _ = read(damaged, ["kado-2026"], keys: keys)
      let cut = read(Array(octets[..<place]), ["kado-2026"], keys: keys)
      #expect(cut.programs.isEmpty || cut.programs == ["a/run.sh"])
    }
  }

  // MARK: Keys

  /// The end of an archive of RAR 3, encrypted with the password test.
  @Test func `a key of RAR 4 is what RAR makes`() {
    let keys = KeyRing()
    let salt: [UInt8] = [0xB1, 0x09, 0x10, 0x5F, 0x5F, 0xE0, 0xB8, 0x99]
    let key = keys.key(.rarFour(salt: salt), "test") ?? []
    let block: [UInt8] = [
      0xD4, 0xF9, 0x66, 0x90, 0xB1, 0xA8, 0xFE, 0x1F, 0x12, 0x0B, 0x02, 0x90, 0xA8, 0x5A, 0x21,
      0x21,
    ]
    let plain = UnpaddedAES.chained(
      block, key: Array(key.prefix(16)), start: Array(key.dropFirst(16)))
    #expect(plain?.prefix(7).elementsEqual([0xC4, 0x3D, 0x7B, 0, 0x40, 7, 0]) == true)
  }

  /// The salt and check value of an archive of RAR 5 with the password password.
  @Test func `a password of RAR 5 comes to its check value`() {
    let salt: [UInt8] = [
      0x7E, 0x98, 0x2C, 0xDD, 0x1A, 0xE2, 0x1C, 0x36, 0xC7, 0xA3, 0x91, 0xDA, 0x8D, 0x08, 0x8A,
      0x68,
    ]
    let value = KeyRing().key(.rarFive(rounds: 1 << 15 + 32, salt: salt), "password") ?? []
    #expect(
      RarFiveSecret.check(of: value) == [0x81, 0x51, 0xCF, 0xF6, 0x36, 0x49, 0xC1, 0x6E])
  }

  @Test func `without rounds a password of 7z is the key itself`() {
    let key = KeyRing().key(.sevenZip(power: 0x3F, salt: [7]), "ab")
    #expect(key == [7, 0x61, 0, 0x62, 0] + [UInt8](repeating: 0, count: 27))
  }

  // MARK: Headers

  @Test(arguments: [0, 0x7F, 0x80, 0x1234, 0x12_3456, 1 << 48, Int.max])
  func `a number of a 7z header reads as it was written`(number: Int) {
    var scanner = SevenZipScanner(.sevenZip(number))
    #expect(scanner.number() == number)
    #expect(scanner.at == scanner.octets.count)
  }

  @Test(
    arguments: [
      ([0x05], 5), ([0x80, 0x80], 0x80), ([0x92, 0x34], 0x1234), ([0xC1, 2, 3], 0x1_0302),
      ([0xFE, 1, 2, 3, 4, 5, 6, 7], 0x07_0605_0403_0201),
    ] as [([UInt8], Int)])
  func `a number of a 7z header may be of any length`(octets: [UInt8], number: Int) {
    var scanner = SevenZipScanner(octets)
    #expect(scanner.number() == number)
    var cut = SevenZipScanner(Array(octets.dropLast()))
    #expect(cut.number() == nil)
  }

  @Test func `packed content of RAR 5 ends with its last block`() {
    let block: [UInt8] = [0xC4, 0, 3, 1, 2, 3]
    let former: [UInt8] = [0x0C, 0, 2, 0, 1, 2]
    #expect(RarFiveBlock.packedLength(former + block + [0, 0, 0]) == 12)
    #expect(RarFiveBlock.packedLength(block) == 6)
    #expect(RarFiveBlock.packedLength(Array(block.dropLast())) == 5)
    #expect(RarFiveBlock.packedLength([]) == 0)
  }

  /// Sizes of 64 bits whose upper half no `Int` holds.
  @Test(arguments: [0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
  func `a file of RAR 4 larger than a number is no file`(high: Int) throws {
    var header: [UInt8] = [0, 0, 0x74] + .little(0x8104, 2) + .little(41, 2) + .little(16, 4)
    header += .little(16, 4) + [3] + .little(0, 8) + [29, 0x30] + .little(1, 2) + .little(0, 4)
    header += .little(high, 4) + .little(high, 4) + [0x61]
    let block = try #require(RarFourBlock(header))
    #expect(block.isEncrypted && block.size > 1 << 60 && block.dataSize > 1 << 60)
    let archive = RarFourBlock.signature + RarFourBlock.main(0) + header
    let found = read(archive + [UInt8](repeating: 7, count: 64), ["kado-2026"])
    #expect(found.children.allSatisfy { $0.children.isEmpty })
  }
}
