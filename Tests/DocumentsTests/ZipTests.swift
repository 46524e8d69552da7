import Documents
import Testing

/// Something that acts, and says so by its first octets.
let program = Array("#!/bin/sh\necho hello\n".utf8)

extension Artefact {
  /// The paths of everything within that is a script.
  var programs: [String] { all.filter { $0.kind == .shellScript }.map(\.path) }
  var allDefects: Set<DocumentDefect.Kind> { Set(all.flatMap(\.defects).map(\.kind)) }
}

struct ZipTests {
  private func read(_ octets: [UInt8], _ passwords: [String] = []) -> Artefact {
    DocumentReader(passwords: passwords).read(octets, name: ArtefactName("a.zip"))
  }

  @Test(arguments: [true, false], [true, false])
  func `an honest zip is read whole and has no defect`(isDeflated: Bool, isZip64: Bool) {
    var entry = ZipBuilder.Entry("folder/run.sh", program)
    entry.isDeflated = isDeflated
    var zip = ZipBuilder([entry, ZipBuilder.Entry("b.txt", "hello there")])
    zip.isZip64 = isZip64
    let found = read(zip.octets)
    #expect(found.kind == .zip)
    #expect(found.programs == ["a.zip/folder/run.sh"])
    #expect(found.allDefects.isEmpty, "\(found.allDefects)")
    #expect(!found.isIncomplete)
  }

  @Test func `a data descriptor is no defect`() {
    var entry = ZipBuilder.Entry("run.sh", program)
    entry.hasDescriptor = true
    let found = read(ZipBuilder([entry, ZipBuilder.Entry("b.txt", "hello there")]).octets)
    #expect(found.children.count == 2)
    #expect(found.allDefects.isEmpty, "\(found.allDefects)")
  }

  @Test(arguments: [true, false])
  func `an encrypted entry that its password opens is whole`(isDeflated: Bool) {
    var entry = ZipBuilder.Entry("run.sh", program)
    entry.password = "Kd8#mq2z"
    entry.isDeflated = isDeflated
    let octets = ZipBuilder([entry]).octets
    let found = DocumentReader(passwords: ["no", "Kd8#mq2z"]).read(octets)
    #expect(found.has(.openedWithPassword) && found.allDefects.isEmpty, "\(found.allDefects)")
  }

  @Test func `an entry that the directory hides is found`() {
    var entry = ZipBuilder.Entry("run.sh", program)
    entry.isHidden = true
    let found = read(ZipBuilder([ZipBuilder.Entry("b.txt", "hello there"), entry]).octets)
    #expect(found.programs == ["a.zip/run.sh"])
    #expect(found.has(.zipHiddenEntry))
  }

  @Test func `two names or two methods are both followed`() {
    var entry = ZipBuilder.Entry("harmless.txt", program)
    entry.localName = Array("run.exe".utf8)
    let found = read(ZipBuilder([entry]).octets)
    #expect(Set(found.children.map(\.name.text)) == ["harmless.txt", "run.exe"])
    #expect(found.has(.zipDisagreement))
    var other = ZipBuilder.Entry("a.txt", program)
    other.isDeflated = false
    other.localMethod = 8
    #expect(!read(ZipBuilder([other]).octets).programs.isEmpty)
  }

  @Test func `a zip behind another is found, and so is one behind junk`() {
    let inner = ZipBuilder([ZipBuilder.Entry("run.sh", program)]).octets
    let first = ZipBuilder([ZipBuilder.Entry("b.txt", "hello there")]).octets
    let both = read(first + inner)
    #expect(!both.programs.isEmpty)
    #expect(both.has(.zipSeveralDirectories))
    let junk = [UInt8](repeating: 0x41, count: 1000)
    let behind = read(junk + inner)
    #expect(behind.kinds.contains(.zip))
    #expect(!behind.programs.isEmpty)
    #expect(behind.has(.leadingOctets))
    let before = read(inner + junk)
    #expect(!before.programs.isEmpty)
    #expect(before.has(.trailingOctets))
  }

  @Test func `without a directory the headers before the data are enough`() {
    let octets = ZipBuilder([ZipBuilder.Entry("run.sh", program)]).octets
    let found = read(Array(octets.prefix(octets.count - 60)))
    #expect(!found.programs.isEmpty)
    #expect(found.has(.zipDirectoryMissing))
  }

  @Test func `a wrong checksum and a wrong name are told`() {
    var octets = ZipBuilder([ZipBuilder.Entry("run.sh", program)]).octets
    let place = octets.count - 22 - 46 - 6
    octets[place + 16] ^= 0xFF
    let found = read(octets)
    #expect(found.has(.zipDisagreement))
    #expect(found.has(.checksum))
  }

  @Test func `a password opens what it fits`() {
    var entry = ZipBuilder.Entry("run.sh", program)
    entry.password = "kado2026"
    let octets = ZipBuilder([entry, entry]).octets
    let opened = read(octets, ["wrong", "kado2026", "x"])
    #expect(opened.programs.count == 2)
    #expect(opened.has(.openedWithPassword))
    #expect(!opened.has(.encrypted))
    let closed = read(octets, ["wrong"])
    #expect(closed.has(.encrypted))
    #expect(closed.children.map(\.name.text) == ["run.sh", "run.sh"])
    #expect(closed.isIncomplete)
  }

  @Test func `a flag that says encrypted of what is plain stops nobody`() {
    var entry = ZipBuilder.Entry("run.sh", program)
    entry.flags = 1
    let found = read(ZipBuilder([entry]).octets)
    #expect(!found.programs.isEmpty)
    #expect(found.has(.zipDisagreement))
  }

  @Test func `names come in their charset`() {
    let octets: [UInt8] = [0x90, 0xBF, 0x8B, 0x81, 0x8F, 0x91, 0x2E, 0x74, 0x78, 0x74]
    var entry = ZipBuilder.Entry("", "hello there")
    entry.name = octets
    #expect(read(ZipBuilder([entry]).octets).children[0].name.text == "請求書.txt")
    let path = Array("真の名前.exe".utf8)
    entry.extra =
      [0x75, 0x70] + ZipBuilder.little(5 + path.count, 2) + [1]
      + ZipBuilder.little(ZipBuilder.checksum(octets), 4) + path
    let child = read(ZipBuilder([entry]).octets).children[0]
    #expect(child.name.text == "真の名前.exe")
    #expect(child.has(.secondName))
  }

  @Test func `what is there twice is opened once`() {
    var octets = program
    for _ in 0..<20 {
      octets = ZipBuilder([.init("a.zip", octets), .init("b.zip", octets)]).octets
    }
    let found = read(octets)
    #expect(found.all.count < 100)
    #expect(found.all.contains { $0.has(.sameAs) })
    #expect(!found.programs.isEmpty)
    #expect(!found.isIncomplete)
  }

  @Test func `many cut zips end without a word too many`() {
    let whole = ZipBuilder([ZipBuilder.Entry("run.sh", program), ZipBuilder.Entry("b", "c")]).octets
    for length in 0..<whole.count {
      let found = read(Array(whole.prefix(length)))
      #expect(found.size == length)
    }
  }
}
