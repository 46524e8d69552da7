import Documents
import Testing

/// What stands behind a bound: the bound is told, so that nobody takes the rest for harmless.
struct BoundTests {
  private func read(_ octets: [UInt8]) -> Artefact {
    DocumentReader().read(octets, name: ArtefactName("a"))
  }

  @Test func `more files in a page than are taken out are told`() {
    let one = "<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAE=\">"
    let few = read(Array(("<html>" + String(repeating: one, count: 20)).utf8))
    #expect(!few.isIncomplete)
    let many = read(Array(("<html>" + String(repeating: one, count: 1100)).utf8))
    #expect(many.has(.limitCount))
  }

  @Test func `more objects in RTF than are taken out are told`() {
    let object = "{\\object{\\*\\objdata 0105}}"
    #expect(
      !read(Array(("{\\rtf1" + String(repeating: object, count: 20) + "}").utf8)).isIncomplete)
    #expect(
      read(Array(("{\\rtf1" + String(repeating: object, count: 300) + "}").utf8)).isIncomplete)
  }

  @Test func `more files in a text than are taken out are told`() {
    let file = "begin 644 a\n#0V%T\n`\nend\n"
    #expect(!read(Array(String(repeating: file, count: 50).utf8)).isIncomplete)
    #expect(read(Array(String(repeating: file, count: 200).utf8)).has(.limitCount))
  }

  @Test func `a stream of a PDF behind more filters than anybody needs is told`() {
    func pdf(_ filters: Int) -> [UInt8] {
      let names = String(repeating: "/ASCIIHexDecode", count: filters)
      return Array("%PDF-1.7\n1 0 obj\n<</Filter[\(names)]>>\nstream\n41\nendstream\n".utf8)
    }
    #expect(!read(pdf(2)).has(.methodUnknown))
    #expect(read(pdf(20)).has(.methodUnknown))
  }

  @Test func `facts of one kind do not crowd out those of another`() {
    let names = (0..<300).map { "/F (file \($0).pdf)\n" }.joined()
    #expect(read(Array(("%PDF-1.7\n" + names + "/S /Launch").utf8)).has(.pdfLaunch))
  }

  @Test func `a cell that starts a program is found behind thousands of bars`() {
    let table = String(repeating: "a|b|c\n", count: 3000)
    #expect(read(Array((table + "x,=cmd|'/c calc'!A0\n").utf8)).has(.dynamicDataExchange))
    #expect(!read(Array((table + "so x =y|z! and a|b\n").utf8)).has(.dynamicDataExchange))
  }

  @Test func `a cabinet whose data are not there ends its reading`() {
    var cabinet = Array("MSCF".utf8) + ZipBuilder.little(0, 4) + ZipBuilder.little(80, 4)
    cabinet += ZipBuilder.little(0, 4) + ZipBuilder.little(44, 4) + ZipBuilder.little(0, 4)
    cabinet += [3, 1] + ZipBuilder.little(1, 2) + ZipBuilder.little(1, 2) + ZipBuilder.little(0, 4)
    cabinet += ZipBuilder.little(0x4D2, 4) + ZipBuilder.little(0x45, 2) + ZipBuilder.little(0, 2)
    cabinet += ZipBuilder.little(0xF900, 4) + ZipBuilder.little(0x220, 4) + ZipBuilder.little(0, 8)
    let found = read(cabinet + Array("clam.exe\0".utf8) + [UInt8](repeating: 0x40, count: 600))
    #expect(found.isIncomplete)
  }

  @Test(arguments: [
    ("<!ENTITY x SYSTEM 'file:///etc/passwd'>", true),
    ("<!ENTITY % x PUBLIC \"id\" \"http://192.0.2.1/x\">", true),
    ("<!ENTITY x 'SYSTEM \"no\"'>", false), ("<!ENTITY x \"lol\">", false),
    ("<!ENTITY x SYSTEM>", false),
  ])
  func `an entity from elsewhere is told`(declaration: String, isExternal: Bool) {
    let text = "<?xml version=\"1.0\"?><!DOCTYPE a [\(declaration)]><a>&x;</a>"
    #expect(read(Array(text.utf8)).has(.externalEntity) == isExternal)
    let part = ZipBuilder([.init("word/document.xml", text)]).octets
    #expect(read(part).all.contains { $0.has(.externalEntity) } == isExternal)
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\">" + text
    #expect(read(Array(picture.utf8)).has(.externalEntity) == isExternal)
  }

  // MARK: Symbian

  /// An installer of EPOC 6 with one file.
  private func installer(_ content: [UInt8], isPacked: Bool) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { ZipBuilder.little(value, 4) }
    let data = isPacked ? ZipBuilder.deflate(content, windowBits: 15) : content
    let name = Array("run.sh".utf16).flatMap { ZipBuilder.little(Int($0), 2) }
    var octets = word(1) + word(0x1000_3A12) + word(0x1000_0419) + word(0) + ZipBuilder.little(0, 2)
    octets += ZipBuilder.little(1, 2) + ZipBuilder.little(1, 2)
    octets += [UInt8](repeating: 0, count: 0x24 - octets.count)
    octets += ZipBuilder.little(isPacked ? 0 : 8, 2)
    octets += [UInt8](repeating: 0, count: 0x34 - octets.count) + word(0x44)
    octets += [UInt8](repeating: 0, count: 0x44 - octets.count)
    let text = octets.count + 48
    octets += word(0) + word(0) + word(0) + word(0) + word(0) + word(name.count) + word(text)
    octets += word(data.count) + word(text + name.count) + word(content.count) + word(0) + word(0)
    return octets + name + data
  }

  @Test(arguments: [true, false])
  func `an installer of a phone is a program, and its files are taken out`(isPacked: Bool) {
    let found = read(installer(program, isPacked: isPacked))
    #expect(found.kind == .symbianPackage)
    #expect(found.programs == ["a/run.sh"], "\(found.all.map(\.path)) \(found.allDefects)")
    for count in stride(from: 12, to: 120, by: 3) {
      #expect(read(Array(installer(program, isPacked: isPacked).prefix(count))).size == count)
    }
  }
}
