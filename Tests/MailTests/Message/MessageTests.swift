import Testing

@testable import Mail

/// Trees of well-formed messages, and what other clients make of the others.
@Suite struct MessageTests {
  /// `(a b)` for a multipart, `<…>` for a message, else the leaf's octets as text.
  static func tree(_ message: Message, _ index: Int = 0, reading number: Int = 0) -> String {
    let reading = message.parts[index].readings[number]
    switch reading.content {
    case .leaf: return String(decoding: message.content(of: reading).octets, as: UTF8.self)
    case .message(let child): return "<" + tree(message, child) + ">"
    case .unread: return "…"
    case .multipart(let multipart):
      return "(" + multipart.children.map { tree(message, $0) }.joined(separator: "|") + ")"
    }
  }

  static func message(_ lines: String...) -> Message {
    Message(Array(lines.joined(separator: "\r\n").utf8))
  }

  private func kinds(_ message: Message) -> Set<Defect.Kind> { Set(message.defects.map(\.kind)) }

  private func readings(_ message: Message) -> Set<Ambiguity> {
    Set(message.parts.flatMap(\.readings).compactMap(\.ambiguity))
  }

  /// Every leaf of every reading.
  private func leaves(_ message: Message) -> Set<String> {
    var found: Set<String> = []
    for reading in message.parts.flatMap(\.readings) {
      guard case .leaf = reading.content else { continue }
      let content = message.content(of: reading)
      for octets in [content.octets] + content.others {
        found.insert(String(decoding: octets, as: UTF8.self))
      }
    }
    return found
  }

  // MARK: Well formed

  @Test func `a multipart is divided without its delimiters' line ends`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "before", "--b", "",
      "one", "--b  ", "Content-Type: text/html", "", "two", "", "--b--", "after", "")
    #expect(Self.tree(message) == "(one|two\r\n)")
    #expect(message.defects.isEmpty)
    guard case .multipart(let multipart) = message.root.readings[0].content else {
      Issue.record("no multipart")
      return
    }
    #expect(
      multipart.preamble.map { String(decoding: message.runs[0][$0], as: UTF8.self) } == "before")
    #expect(
      multipart.epilogue.map { String(decoding: message.runs[0][$0], as: UTF8.self) } == "after\r\n"
    )
  }

  @Test func `an outer delimiter ends what an inner one left open`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=out", "", "--out",
      "Content-Type: multipart/alternative; boundary=in", "", "--in", "", "a", "--out", "", "b",
      "--out--", "")
    #expect(Self.tree(message) == "((a)|b)")
    #expect(kinds(message) == [.endDelimiterMissing])
  }

  @Test func `messages within are entered, encoded or not`() {
    let inner = "Subject: x\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nhi"
    let plain = Message(
      Array(("Content-Type: message/rfc822\r\nMIME-Version: 1\r\n\r\n" + inner).utf8))
    #expect(Self.tree(plain) == "<<hi>>")
    #expect(plain.defects.isEmpty)
    let encoded = Self.message(
      "MIME-Version: 1.0", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "",
      Base64.encode(Array(inner.utf8)))
    #expect(Self.tree(encoded) == "<<hi>>")
    #expect(kinds(encoded) == [.encodedComposite])
    #expect(encoded.runs.count == 2)
  }

  @Test func `a digest's parts are messages`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/digest; boundary=d", "", "--d", "",
      "Subject: a", "", "text", "--d--", "")
    #expect(Self.tree(message) == "(<text>)")
  }

  // MARK: Read differently

  @Test func `two content types are both read`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: text/plain", "Content-Type: multipart/mixed; boundary=b",
      "", "--b", "", "hidden", "--b--", "")
    #expect(readings(message) == [.lastContentType])
    #expect(Self.tree(message, reading: 1) == "(hidden)")
    #expect(kinds(message).contains(.contentTypeRepeated))
  }

  @Test func `two encodings are both read`() {
    let message = Self.message(
      "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64", "", "aGVsbG8=")
    #expect(leaves(message) == ["aGVsbG8=", "hello"])
  }

  @Test func `two boundaries are both read`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=a; boundary=b", "", "--a", "",
      "one", "--b", "", "two", "--b--", "--a--", "")
    #expect(leaves(message).contains("two"))
    #expect(kinds(message).contains(.parameterRepeated))
  }

  @Test func `a delimiter that only begins right divides in another reading`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "one",
      "--bc", "", "two", "--b--", "")
    #expect(Self.tree(message) == "(one\r\n--bc\r\n\r\ntwo)")
    #expect(Self.tree(message, reading: 1) == "(one|two)")
  }

  @Test func `parts behind the end count in another reading`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "one",
      "--b--", "--b", "", "late", "--b--", "")
    #expect(Self.tree(message) == "(one)")
    #expect(Self.tree(message, reading: 1) == "(one|late)")
    #expect(kinds(message).contains(.partsAfterEnd))
  }

  @Test func `one boundary for two multiparts is read from outside and from inside`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b",
      "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "inner", "--b--", "")
    #expect(kinds(message).contains(.boundaryReused))
    #expect(Self.tree(message, 1, reading: 1) == "(inner)")
  }

  @Test func `a missing boundary is guessed`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed", "", "--x", "", "hidden", "--x--", "")
    #expect(Self.tree(message, reading: 1) == "(hidden)")
    #expect(kinds(message) == [.boundaryMissing])
  }

  @Test func `a missing empty line ends the header or is skipped`() {
    let message = Self.message(
      "MIME-Version: 1.0", "no field", "Content-Type: text/html", "", "text")
    #expect(message.root.readings.map { "\($0.contentType)" } == ["text/plain", "text/html"])
    #expect(kinds(message) == [.emptyLineMissing])
  }

  @Test func `white space before a colon hides the field from strict readers`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type : multipart/mixed; boundary=b", "", "--b", "", "x",
      "--b--")
    #expect(Self.tree(message) == "(x)")
    #expect(readings(message) == [.strictFieldNames])
  }

  @Test func `a line of white space folds a field or ends the header`() {
    let message = Self.message("MIME-Version: 1.0", " ", "Content-Type: text/html", "", "text")
    #expect(message.root.readings.map { "\($0.contentType)" } == ["text/html", "text/plain"])
    #expect(kinds(message) == [.blankFolding])
  }

  @Test func `empty lines before all fields hide them or not`() {
    let message = Self.message("", "MIME-Version: 1.0", "Content-Type: text/html", "", "text")
    #expect(message.root.readings.map { "\($0.contentType)" } == ["text/plain", "text/html"])
    #expect(kinds(message) == [.headerMissing])
  }

  @Test func `every name that may be shown is known`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: application/pdf; name=a.pdf",
      "Content-Disposition: attachment; filename=b.txt",
      "Content-Disposition: attachment; filename=c.exe", "", "x")
    #expect(message.names(of: message.root.readings[0]) == ["b.txt", "c.exe", "a.pdf"])
    #expect(kinds(message) == [.dispositionRepeated, .namesDiffer])
  }

  @Test func `every text that a leaf may be is known`() {
    let octets =
      Array("Content-Type: text/plain; charset=utf-8\r\n\r\n".utf8)
      + [0x82, 0xB1, 0x82, 0xF1, 0x82, 0xC9, 0x82, 0xBF, 0x82, 0xCD]
    let message = Message(octets)
    #expect(message.texts(of: message.root.readings[0]).map(\.charset) == ["utf-8", "shift_jis"])
    #expect(message.texts(of: message.root.readings[0]).last?.text == "こんにちは")
    #expect(message.leaves.map(\.part) == [0])
  }

  @Test func `fields that people see have their defects`() {
    let message = Self.message(
      "From: a@b c", "Date: tomorrow", "Subject: =?utf-8?q?=FF?=", "", "")
    let found = message.fieldDefects(of: message.root.readings[0]).map(\.kind)
    #expect(found == [.addressSyntax, .dateSyntax, .charsetMalformed])
  }

  @Test func `an empty boundary divides at bare hyphens in another reading`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=\"\"", "", "--", "", "x", "----"
    )
    #expect(Self.tree(message, reading: 1) == "(x)")
  }

  @Test func `NULs are there or not`() {
    let message = Self.message(
      "MIME-Version: 1.0", "Content-Type: text/\0html", "", "x")
    #expect(message.root.readings.map { "\($0.contentType)" }.contains("text/html"))
    #expect(kinds(message).isSuperset(of: [.nul, .nulInHeader, .contentTypeSyntax]))
  }

  @Test func `a bare CR ends a line in another reading`() {
    let message = Message(
      Array("Subject: a\rContent-Type: text/html\r\rhidden\r\n\r\nshown".utf8))
    #expect(leaves(message) == ["shown", "hidden\r\n\r\nshown"])
    #expect(kinds(message).isSuperset(of: [.bareCR, .bareCRInHeader]))
  }

  @Test func `defects of octets and lines are found where they stand`() {
    let octets = Array("Subject: \u{E9}\0\r\n\r\n".utf8) + [UInt8](repeating: 0x61, count: 999)
    let found = Message(octets).defects
    #expect(found.contains(Defect(.nulInHeader, Place(run: 0, 11..<12))))
    #expect(found.contains(Defect(.lineTooLong, Place(run: 0, 16..<1015))))
    #expect(found.contains { $0.kind == .eightBitInHeader })
    let mixed = Message(Array("a: b\r\nc: d\n\nx".utf8))
    #expect(mixed.defects.contains { $0.kind == .mixedLineEnds })
    let twice = Message(Array("From: a@b\r\nfrom: c@d\r\n\r\n".utf8))
    #expect(twice.defects == [Defect(.fieldRepeated, Place(run: 0, 11..<15))])
  }

  // MARK: Descriptions

  @Test func `the description shows no controls`() {
    let message = Self.message(
      "Subject: \u{1B}[2J\u{202E}", "MIME-Version: 1.0",
      "Content-Type: application/x; name=\"\u{202E}cod.exe\"", "", "x")
    let text = message.description().text
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    #expect(text.contains("\\u{202e}cod.exe"))
  }
}
