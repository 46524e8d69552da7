import Testing

@testable import Mail

/// Transfer encodings and the files that texts carry.
@Suite struct CodingTests {
  private func decode(_ text: String, _ encoding: TransferEncoding) -> DecodedBody {
    BodyDecoder.decode(Array(text.utf8)[...], encoding)
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

  // MARK: Base 64

  @Test func `base 64 in lines is clean`() {
    for text in ["aGVs\r\nbG8=", "aGVsbG8=\r\n", "", "\r\n"] {
      #expect(decode(text, .base64).flaws.isEmpty)
    }
    #expect(text(decode("aGVs\r\nbG8=\r\n", .base64).octets) == "hello")
  }

  @Test func `junk, padding and cut groups are recorded with what others read`() {
    let junk = decode("aGVs*bG8=", .base64)
    #expect(text(junk.octets) == "hello")
    #expect(junk.others.map(text) == ["hel"])
    #expect(junk.flaws.map(\.kind) == [.base64Junk])
    #expect(junk.flaws[0].range == 4..<5)
    let two = decode("aGk=aGk=", .base64)
    #expect(text(two.octets) == "hi")
    #expect(two.others.map(text).contains("hihi"))
    #expect(two.flaws.map(\.kind) == [.base64AfterEnd])
    #expect(decode("aGVsbG8", .base64).flaws.map(\.kind) == [.base64Truncated])
    #expect(decode("=aGk=", .base64).flaws.map(\.kind).contains(.base64Padding))
    #expect(
      decode("no base 64 at all!", .base64).others.map(text).contains("no base 64 at all!") == false
    )
    #expect(decode("これはテキスト", .base64).others.map(text).contains("これはテキスト"))
  }

  // MARK: Quoted-printable

  @Test(arguments: [
    ("a=3D=C3=A9", "a=é"), ("soft=\r\nbreak", "softbreak"), ("soft=  \r\nbreak", "softbreak"),
    ("end  \r\nx", "end\r\nx"), ("a=3d", "a="), ("cut=", "cut"),
  ])
  func `quoted-printable`(encoded: String, decoded: String) {
    let body = decode(encoded, .quotedPrintable)
    #expect(text(body.octets) == decoded)
    #expect(body.flaws.isEmpty)
  }

  @Test func `an escape that is none stands for itself`() {
    let body = decode("1=2 x=ZZ", .quotedPrintable)
    #expect(text(body.octets) == "1=2 x=ZZ")
    #expect(body.flaws.map(\.kind) == [.quotedPrintableSyntax])
  }

  // MARK: Files in texts

  @Test func `a uuencoded file is found in its text`() throws {
    let body = Array("hello\r\nbegin 644 a b.txt\r\n#0V%T\r\n`\r\nend\r\nbye".utf8)
    let file = try #require(EmbeddedFile.all(in: body[...]).first)
    #expect(text(file.name) == "a b.txt")
    #expect(text(file.content.octets) == "Cat")
    #expect(file.content.flaws.isEmpty)
    #expect(text(Array(body[file.range])).hasSuffix("end\r\n"))
    #expect(EmbeddedFile.all(in: Array("begin the day\r\nwith tea".utf8)[...]).isEmpty)
  }

  @Test func `a cut uuencoded file is read as far as it goes`() throws {
    let file = try #require(EmbeddedFile.all(in: Array("begin 644 a\n#0V%T\n".utf8)[...]).first)
    #expect(text(file.content.octets) == "Cat")
    #expect(file.content.flaws.map(\.kind) == [.uuencodeTruncated])
  }

  @Test func `yEnc is decoded and checked`() throws {
    let octets: [UInt8] = Array("Cat\0".utf8) + [0xD6]
    let coded = octets.flatMap { octet -> [UInt8] in
      let shifted = octet &+ 42
      return [0, 10, 13, 61].contains(shifted) ? [61, shifted &+ 64] : [shifted]
    }
    let sum = String(CRC.ieee(octets[...]), radix: 16)
    let head = Array("=ybegin line=128 size=5 name=a b.bin\r\n".utf8)
    let good = head + coded + Array("\r\n=yend size=5 crc32=\(sum)\r\n".utf8)
    let file = try #require(EmbeddedFile.all(in: good[...]).first)
    #expect(file.content.octets == octets)
    #expect(text(file.name) == "a b.bin")
    #expect(file.content.flaws.isEmpty)
    let bad = head + coded + Array("\r\n=yend size=6 crc32=0\r\n".utf8)
    let flaws = EmbeddedFile.all(in: bad[...]).first?.content.flaws.map(\.kind)
    #expect(flaws == [.yEncSize, .yEncChecksum])
  }

  @Test func `BinHex is decoded and checked`() throws {
    let header: [UInt8] =
      [1, 0x61, 0] + Array("TEXTttxt".utf8) + [0, 0, 0, 0, 0, 5, 0, 0, 0, 0]
    let data: [UInt8] = Array("aaaa".utf8) + [0x90]
    let check = { (octets: [UInt8]) -> [UInt8] in
      let sum = CRC.xmodem(octets[...])
      return [UInt8(sum >> 8), UInt8(sum & 0xFF)]
    }
    let file = header + check(header) + data + check(data) + [0, 0]
    // 0x90 is written as 0x90 0.
    let packed = file.flatMap { $0 == 0x90 ? [0x90, 0] : [$0] }
    let digits = Array("!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr".utf8)
    var (bits, have): (UInt32, UInt32) = (0, 0)
    var coded: [UInt8] = []
    for octet in packed + [0] {
      bits = bits << 8 | UInt32(octet)
      have += 8
      while have >= 6 {
        have -= 6
        coded.append(digits[Int(bits >> have & 63)])
      }
    }
    let body =
      Array("(This file must be converted with BinHex 4.0)\r\n\r\n:".utf8) + coded
      + Array(":\r\n".utf8)
    let found = try #require(EmbeddedFile.all(in: body[...]).first)
    #expect(found.content.octets == data)
    #expect(text(found.name) == "a")
    #expect(found.content.flaws.isEmpty)
  }

  @Test func `the checks are the known ones`() {
    #expect(CRC.ieee(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    #expect(CRC.xmodem(Array("123456789".utf8)[...]) == 0x31C3)
  }

  // MARK: Flowed text

  @Test(arguments: [
    ("a \r\nb\r\nc\r\n", false, "a b\nc\n"), ("日 \r\n本\r\n", true, "日本\n"),
    ("> a \r\n> b\r\nc\r\n", false, "> a b\nc\n"), (" From\r\n", false, "From\n"),
    ("a \r\n-- \r\nb\r\n", false, "a \n-- \nb\n"), ("> a \r\nb\r\n", false, "> a \nb\n"),
  ])
  func `flowed lines run on`(flowed: String, deletesSpace: Bool, unfolded: String) {
    let octets = FlowedText.unfolded(Array(flowed.utf8), deletesSpace: deletesSpace)
    #expect(text(octets) == unfolded)
  }

  // MARK: TNEF

  private func attribute(_ level: UInt8, _ id: UInt32, _ value: [UInt8]) -> [UInt8] {
    let little = { (number: UInt32) in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }
    let sum = value.reduce(0) { $0 &+ UInt16($1) }
    return [level] + little(id) + little(UInt32(value.count)) + value
      + [UInt8(sum & 0xFF), UInt8(sum >> 8)]
  }

  @Test func `a TNEF container yields its attachments`() throws {
    let start: [UInt8] = [0x78, 0x9F, 0x3E, 0x22, 1, 0]
    let octets =
      start + attribute(2, 0x0006_9002, [1, 0]) + attribute(2, 0x0001_8010, Array("a.exe\0".utf8))
      + attribute(2, 0x0006_800F, Array("MZ".utf8))
    let container = try #require(TNEF(octets))
    #expect(container.attachments.map { text($0.name) } == ["a.exe"])
    #expect(container.attachments.map { text($0.octets) } == ["MZ"])
    #expect(container.flaws.isEmpty)
    #expect(TNEF(Array(octets.dropLast(3)))?.flaws.map(\.kind) == [.tnefSyntax])
    #expect(TNEF([1, 2, 3]) == nil)
  }

  @Test func `compressed RTF expands with its words`() {
    // A reference to the first six octets of the dictionary, then its end.
    let place = 207
    let pair = { (from: Int, length: Int) in
      [UInt8(from >> 4), UInt8((from & 15) << 4 | (length - 2))]
    }
    let packed = [0b11] + pair(0, 6) + pair(place + 6, 2)
    let head: [UInt8] = [0, 0, 0, 0, 6, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0, 0, 0, 0]
    #expect(CompressedRTF.expanded((head + packed)[...]).map(text) == "{\\rtf1")
    #expect(CompressedRTF.expanded([1, 2, 3]) == nil)
  }
}
