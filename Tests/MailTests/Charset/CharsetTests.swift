import Testing

@testable import Mail

/// What mail's octets mean as text.
@Suite struct CharsetTests {
  private func decode(_ label: String, _ octets: [UInt8]) throws -> DecodedText {
    try #require(Charset(label: label)).decode(octets)
  }

  private let escape: UInt8 = 0x1B

  private func jis(_ parts: String...) -> [UInt8] {
    parts.flatMap { Array($0.replacing("^", with: "\u{1B}").utf8) }
  }

  // MARK: Japanese

  @Test func `ISO-2022-JP-2's upper halves are taken letter by letter`() throws {
    let latin: [UInt8] = [0x1B, 0x2E, 0x41, 0x63, 0x61, 0x66, 0x1B, 0x4E, 0x69, 0x21]
    #expect(try decode("iso-2022-jp-2", latin).text == "café!")
    let greek: [UInt8] = [0x1B, 0x2E, 0x46, 0x1B, 0x4E, 0x61]
    #expect(try decode("iso-2022-jp-2", greek).text == "α")
    #expect(try decode("iso-2022-jp-2", [0x1B, 0x4E, 0x61]).malformedCount == 1)
  }

  @Test(arguments: [
    ("^$B$\"^(B", "あ"), ("^$@$\"^(Jx", "あx"), ("^(I1^(B", "ｱ"), ("\u{0E}1\u{0F}", "ｱ"),
    ("^$B-!^(B", "①"), ("^$(D0!^(B", "丂"), ("^$(Q$\"^(B", "あ"), ("^(J\\~^(B", "¥‾"),
    ("^$B$\"\nx^(B", "あ\n\u{FFFD}"), ("plain", "plain"), ("^$A0!^(B", "啊"), ("^$(C0!^(B", "가"),
  ])
  func `ISO-2022-JP in all its states`(coded: String, text: String) throws {
    #expect(try decode("ISO-2022-JP", jis(coded)).text == text)
  }

  @Test(
    .enabled(if: !JISX0213.table.isEmpty, "glibc's converter EUC-JISX0213 is not installed"),
    arguments: [
      // Beyond the BMP, of two characters, of plane 2, and what JIS X 0208 has, too.
      ("𠮟", [0xCF, 0xD4], [0x98, 0x73]), ("か\u{309A}", [0xA4, 0xF7], [0x82, 0xF5]),
      ("𠂉", [0x8F, 0xA1, 0xA1], [0xF0, 0x40]), ("亜", [0xB0, 0xA1], [0x88, 0x9F]),
      ("俱", [0xAE, 0xA1], [0x87, 0x9F]), ("ｱ", [0x8E, 0xB1], [0xB1]),
    ] as [(String, [UInt8], [UInt8])])
  func `JIS X 0213 in its three codings`(text: String, euc: [UInt8], shifted: [UInt8]) throws {
    #expect(try decode("EUC-JISX0213", euc + [0x0A]).text == text + "\n")
    #expect(try decode("Shift_JIS-2004", shifted + [0x0A]).text == text + "\n")
    guard euc[0] != 0x8E else { return }
    let isSecond = euc[0] == 0x8F
    let escape: [UInt8] = [0x1B, 0x24, 0x28, isSecond ? 0x50 : 0x51]
    let seven = escape + euc.suffix(2).map { $0 & 0x7F } + [0x1B, 0x28, 0x42, 0x0A]
    #expect(try decode("ISO-2022-JP-2004", seven).text == text + "\n")
    #expect(try decode("ISO-2022-JP-3", seven).malformedCount == 0)
  }

  @Test func `a cut character of JIS X 0213 swallows no ASCII`() throws {
    #expect(try decode("euc-jis-2004", [0x8F, 0x41, 0xA4, 0x42]).text == "\u{FFFD}A\u{FFFD}B")
    #expect(try decode("shift_jis-2004", [0xF0, 0x20, 0xFD]).text == "\u{FFFD} \u{FFFD}")
    #expect(try decode("euc-jis-2004", [0x8F]).text == "\u{FFFD}")
  }

  @Test func `half-width kana as 8-bit octets`() throws {
    #expect(try decode("iso-2022-jp", [0xB1, 0xB2]).text == "ｱｲ")
  }

  @Test(arguments: ["Shift_JIS", "x-sjis", "CP932", "windows-31j", "\"MS_Kanji\""])
  func `Shift_JIS by its labels`(label: String) throws {
    let decoded = try decode(
      label, [0x82, 0xA0, 0xB1, 0x87, 0x40, 0x81, 0x60, 0xFB, 0xFC, 0xF0, 0x40])
    #expect(decoded.text == "あｱ①～髙\u{E000}")
    #expect(decoded.malformedCount == 0)
  }

  @Test func `a cut lead swallows no ASCII`() throws {
    let decoded = try decode("shift_jis", [0x61, 0x82, 0x22, 0x62])
    #expect(decoded.text == "a\u{FFFD}\"b")
    #expect(decoded.malformedCount == 1)
    #expect(decoded.firstMalformed == 1)
    #expect(try decode("euc-jp", [0xA4, 0x22]).text == "\u{FFFD}\"")
  }

  @Test func `EUC-JP with kana and the supplementary kanji`() throws {
    #expect(try decode("EUC-JP", [0xA4, 0xA2, 0x8E, 0xB1, 0x8F, 0xB0, 0xA1]).text == "あｱ丂")
  }

  // MARK: Others

  @Test(arguments: [
    ("utf-7", "Hi +AH4-+ADw-script+-", "Hi ~<script+"), ("utf-7", "+2D3eAA-", "😀"),
  ])
  func `UTF-7`(label: String, coded: String, text: String) throws {
    let decoded = try decode(label, Array(coded.utf8))
    #expect(decoded.text == text)
    #expect(decoded.malformedCount == 0)
  }

  @Test(arguments: ["+", "+AA-", "+2D0-", "+AH-x", "é"])
  func `UTF-7 that has no meaning is malformed`(coded: String) throws {
    #expect(try decode("utf-7", Array(coded.utf8)).malformedCount > 0)
  }

  @Test(
    arguments: [
      ("gb2312", [0xC4, 0xE3], "你"), ("GBK", [0x81, 0x40], "丂"), ("big5", [0xA7, 0x41], "你"),
      ("ks_c_5601-1987", [0xB0, 0xA1], "가"), ("windows-1251", [0xCF], "П"), ("koi8-r", [0xF0], "П"),
      ("iso-8859-1", [0xE9, 0x80], "é€"), ("iso-8859-15", [0xA4], "€"), ("latin2", [0xB1], "ą"),
      ("hz-gb-2312", [0x7E, 0x7B, 0x44, 0x63, 0x7E, 0x7D], "你"), ("cp437", [0x82], "é"),
      ("gb18030", [0x81, 0x30, 0x81, 0x30], "\u{80}"), ("windows-874", [0xA1], "ก"),
      ("utf-16", [0xFE, 0xFF, 0x30, 0x42], "あ"),
      ("iso-2022-kr", [0x1B, 0x24, 0x29, 0x43, 0x0E, 0x30, 0x21], "가"),
    ] as [(String, [UInt8], String)])
  func `charsets of the world`(label: String, octets: [UInt8], text: String) throws {
    #expect(try decode(label, octets).text == text)
  }

  @Test func `malformed octets are replaced and counted`() throws {
    let utf8 = try decode("utf-8", Array("aé".utf8) + [0xFF, 0x62, 0xE3, 0x81])
    #expect(utf8.text == "aé\u{FFFD}b\u{FFFD}")
    #expect(utf8.malformedCount == 2)
    #expect(utf8.firstMalformed == 3)
    let big5 = try decode("big5", [0x61, 0xFF, 0x62])
    #expect(big5.text == "a\u{FFFD}b")
    #expect(big5.malformedCount == 1)
  }

  @Test func `unknown labels are unknown`() {
    for label in ["", "x-no-such", "ISO_2022,locale=ja,version=4", "../utf-8", "utf-8;x"] {
      #expect(Charset(label: label) == nil, "\(label)")
    }
  }

  @Test func `every label of the table has a converter`() {
    for (label, known) in CharsetLabels.names {
      let text = Charset(label: label)?.decode([0x61]).text
      #expect(text == "a" || known.name.hasPrefix("utf-"), "\(label) of \(known)")
    }
  }

  // MARK: Guesses

  @Test func `unlabelled text is guessed`() {
    let text = "こんにちは、元気ですか。テストです"
    let octets: [(String, [UInt8])] = [
      ("utf-8", Array(text.utf8)),
      ("shift_jis", [0x82, 0xB1, 0x82, 0xF1, 0x82, 0xC9, 0x82, 0xBF, 0x82, 0xCD]),
      ("euc-jp", [0xA4, 0xB3, 0xA4, 0xF3, 0xA4, 0xCB, 0xA4, 0xC1, 0xA4, 0xCF]),
      ("iso-2022-jp", Array("\u{1B}$B$3$s$K$A$O\u{1B}(B".utf8)),
      ("windows-1252", Array("Caf".utf8) + [0xE9] + Array(" cr".utf8) + [0xE8] + Array("me".utf8)),
    ]
    for (charset, bytes) in octets {
      let decoded = TextGuess.decode(bytes)
      #expect(decoded.charset == charset)
      #expect(decoded.isGuess)
    }
    #expect(!TextGuess.decode(Array("plain".utf8)).isGuess)
  }

  @Test func `8-bit octets in US-ASCII are a guess and malformed`() throws {
    let decoded = try decode("us-ascii", Array("é".utf8))
    #expect(decoded.text == "é")
    #expect(decoded.isGuess && decoded.malformedCount == 2)
  }
}
