import Documents
import Testing

/// Small files that would be large, deep or endless: each ends soon, with the right defect.
struct BombTests {
  private func read(_ octets: [UInt8]) -> (Artefact, Duration) {
    let clock = ContinuousClock()
    var found: Artefact?
    let time = clock.measure { found = DocumentReader().read(octets, name: ArtefactName("bomb")) }
    return (found ?? DocumentReader().read([]), time)
  }

  private static let zeros = [UInt8](repeating: 0, count: 60 << 20)
  /// Debug builds on a busy machine; the release figure is a tenth.
  private static let bound = Duration.seconds(20)

  @Test func `a zip of zeros is cut at the bound of an entry`() {
    let octets = ZipBuilder([.init("a", Self.zeros)]).octets
    let (found, time) = read(octets)
    #expect(found.allDefects.contains { $0.isLimit })
    #expect(found.isIncomplete)
    #expect(time < Self.bound)
  }

  @Test func `many entries of zeros are stopped by their ratio`() {
    let part = Array(Self.zeros.prefix(10 << 20))
    let octets = ZipBuilder((0..<40).map { .init("\($0)", part) }).octets
    let (found, time) = read(octets)
    #expect(found.has(.limitRatio))
    #expect(time < Self.bound)
  }

  @Test func `a gzip of zeros is cut`() {
    let (found, _) = read(ZipBuilder.deflate(Self.zeros, windowBits: 31))
    #expect(found.kind == .gzip)
    #expect(found.allDefects.contains { $0.isLimit })
  }

  @Test func `a thousand zips within one another stop at the depth`() {
    var octets = program
    for _ in 0..<1000 {
      var entry = ZipBuilder.Entry("a.zip", octets)
      entry.isDeflated = false
      octets = ZipBuilder([entry]).octets
    }
    let (found, time) = read(octets)
    #expect(found.allDefects.contains(.limitDepth))
    #expect(found.all.count <= Budgets().depth + 2)
    #expect(time < Self.bound)
  }

  @Test func `twenty zips within one another are read to the end`() {
    var octets = program
    for _ in 0..<20 { octets = ZipBuilder([.init("a.zip", octets)]).octets }
    let (found, _) = read(octets)
    #expect(found.programs.count == 1)
    #expect(!found.isIncomplete)
  }

  @Test func `a hundred thousand entries stop at the count`() {
    // One header before the data, and a directory that names it again and again.
    let one = ZipBuilder([.init("a.txt", "hello there")]).octets
    let record = Array(one[(one.count - 22 - 51)..<(one.count - 22)])
    var octets = Array(one[..<(one.count - 22 - 51)])
    let start = octets.count
    for _ in 0..<100_000 { octets += record }
    octets +=
      Array("PK\u{5}\u{6}".utf8) + ZipBuilder.little(0, 4) + ZipBuilder.little(100_000 & 0xFFFF, 2)
    octets +=
      ZipBuilder.little(100_000 & 0xFFFF, 2) + ZipBuilder.little(octets.count - start - 12, 4)
    octets += ZipBuilder.little(start, 4) + [0, 0]
    let (found, time) = read(octets)
    #expect(found.children.count <= Budgets().count)
    #expect(found.isIncomplete || found.children.count < 100)
    #expect(time < Self.bound)
  }

  @Test func `entries that overlap are told`() {
    // A second local header within the first entry's stored data.
    let inner = ZipBuilder([.init("b", "inner")]).octets
    var entry = ZipBuilder.Entry("a", inner)
    entry.isDeflated = false
    var octets = ZipBuilder([entry, .init("c", "last")]).octets
    let end = octets.count - 22
    let directory = octets[..<end].count - 2 * 47
    // The second record points into the first entry.
    let second = directory + 47
    for (index, byte) in ZipBuilder.little(31, 4).enumerated() {
      octets[second + 42 + index] = byte
    }
    let (found, _) = read(octets)
    #expect(found.has(.zipOverlap))
  }

  @Test func `what contains itself is opened once`() {
    let (found, _) = read(Quine.gzip)
    #expect(found.allDefects.contains(.containsItself))
  }

  @Test func `time that is up ends the reading`() {
    var budgets = Budgets()
    budgets.isTimeUp = { true }
    let found = DocumentReader(budgets: budgets).read(ZipBuilder([.init("a", "b")]).octets)
    #expect(found.has(.limitTime))
    #expect(found.isIncomplete)
  }
}
