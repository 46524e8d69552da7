import Documents
import Testing

/// A Macintosh file in one (AppleSingle), and the half of it that goes beside (AppleDouble).
@Suite struct AppleFileTests {
  /// With entries behind one another.
  static func file(_ entries: [(id: Int, octets: [UInt8])], isSingle: Bool = true) -> [UInt8] {
    var head = big(isSingle ? 0x0005_1600 : 0x0005_1607, 4) + big(0x0002_0000, 4)
    head += [UInt8](repeating: 0, count: 16) + big(entries.count, 2)
    var place = head.count + 12 * entries.count
    for entry in entries {
      head += big(entry.id, 4) + big(place, 4) + big(entry.octets.count, 4)
      place += entry.octets.count
    }
    return head + entries.flatMap(\.octets)
  }

  private static func big(_ value: Int, _ width: Int) -> [UInt8] {
    ZipBuilder.little(value, width).reversed()
  }

  private func read(_ octets: [UInt8]) -> Artefact {
    DocumentReader().read(octets, name: ArtefactName("a.bin"))
  }

  @Test func `the data fork is the file, under its own name`() {
    let finder = (id: 9, octets: [UInt8](repeating: 0, count: 32))
    let found = read(Self.file([finder, (1, program), (3, Array("run.command".utf8))]))
    #expect(found.kind == .appleFile)
    #expect(found.programs == ["a.bin/run.command"])
    #expect(found.defects.isEmpty)
    #expect(read(Self.file([(1, program)])).programs == ["a.bin/a.bin"])
  }

  @Test func `a resource fork that is a program is told, one of resources is not`() {
    #expect(read(Self.file([(2, program)], isSingle: false)).programs == ["a.bin/resource fork"])
    let resources = [UInt8](repeating: 1, count: 300)
    #expect(read(Self.file([(2, resources)], isSingle: false)).children.isEmpty)
  }

  @Test func `a header alone tells the other name`() {
    let header = read(Self.file([(3, Array("a.vbs".utf8))], isSingle: false))
    #expect(header.facts.contains(ArtefactFact(.secondName, "a.vbs")))
  }

  @Test func `what ends early says so`() {
    let whole = Self.file([(1, program), (3, Array("a.sh".utf8))])
    for length in 8..<whole.count {
      #expect(read(Array(whole.prefix(length))).has(.truncated), "\(length)")
    }
  }
}
