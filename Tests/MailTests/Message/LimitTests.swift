import Testing

@testable import Mail

/// What is left unread at a bound is recorded; the bounds keep work linear.
@Suite struct LimitTests {
  private func limits(_ message: Message) -> Set<Defect.Kind> {
    Set(message.defects.map(\.kind).filter(\.isLimit))
  }

  @Test func `a thousand messages within one another stop at the depth`() {
    let nested = String(repeating: "Content-Type: message/rfc822\r\n\r\n", count: 1000)
    let message = Message(Array((nested + "end").utf8))
    #expect(limits(message) == [.limitDepth])
    #expect(message.parts.count == MessageLimits().depth + 1)
    #expect(message.isIncomplete)
  }

  @Test func `ten thousand parts are cut and the first are read`() {
    let part = "--b\r\n\r\nx\r\n"
    let message = Message(
      Array(
        ("Content-Type: multipart/mixed; boundary=b\r\n\r\n"
          + String(repeating: part, count: 10_000)).utf8))
    #expect(limits(message) == [.limitParts])
    #expect(message.parts.count == MessageLimits().parts)
  }

  @Test func `a header of megabytes is cut`() {
    let one = Message(Array("X: ".utf8) + [UInt8](repeating: 0x61, count: 2_000_000))
    #expect(limits(one).isSubset(of: [.limitHeader]))
    let many = Message(Array(String(repeating: "X: a\r\n", count: 25_000).utf8))
    #expect(limits(many) == [.limitHeader])
    #expect(many.root.readings[0].header.fields.count == HeaderFields.countLimit)
  }

  @Test func `ambiguities multiply nothing`() {
    // Each level has two boundaries, both of which divide, and each child is such a level.
    var body = "x"
    for level in 0..<40 {
      body =
        "Content-Type: multipart/mixed; boundary=a\(level); boundary=b\(level)\r\n\r\n"
        + "--a\(level)\r\n--b\(level)\r\n\(body)\r\n--b\(level)--\r\n--a\(level)--\r\n"
    }
    let limits = MessageLimits()
    let message = Message(Array(body.utf8))
    #expect(message.parts.count <= limits.parts + limits.alternativeParts)
    #expect(message.parts.allSatisfy { $0.readings.count <= limits.readings })
  }

  @Test func `quoted comments and words without end cost one pass`() {
    let open = [UInt8](repeating: 0x28, count: 100_000)
    #expect(ContentType(open, in: 0..<open.count).type.isEmpty)
    let words = Array(String(repeating: "=?utf-8?q?a ", count: 10_000).utf8)
    #expect(EncodedWords.decode(words).text.utf8.count == words.count)
    #expect(
      EmbeddedFile.all(in: Array(String(repeating: "begin 644 a\n", count: 10_000).utf8)[...])
        .isEmpty)
    let hex = String(repeating: "(This file must be converted with BinHex 4.0)\n", count: 10_000)
    #expect(EmbeddedFile.all(in: Array(hex.utf8)[...]).isEmpty)
  }

  @Test func `defects are counted up to a bound`() {
    let part = "--b\r\nContent-Transfer-Encoding: x-none\r\n\r\nx\r\n"
    let message = Message(
      Array(
        ("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + String(repeating: part, count: 2000))
          .utf8))
    #expect(message.defects.count == DefectList.limit + 1)
    #expect(message.defects.last?.kind == .limitDefects)
  }

  @Test func `random octets leave every part in its run`() {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "Content-Type: multipart/mixed; boundary=a\r\n", "Content-Type: message/rfc822\r\n", "\r\n",
      "--a\r\n",
      "--a--\r\n", "--ab\n", "Content-Transfer-Encoding: base64\r\n", "QQ==", "\r",
      "x: =?utf-8?b?44GC?=\r\n",
      "Content-Type : text/plain; name*0*=utf-8''%41; name=\"b\r\n", "\0", "\u{E9}", "From ",
    ]
    for _ in 0..<500 {
      let count = Int.random(in: 0..<16, using: &random)
      let octets = (0..<count).flatMap { _ in
        Array(pieces.randomElement(using: &random)?.utf8 ?? "".utf8)
      }
      let message = Message(octets)
      #expect(message.runs[0] == octets)
      for part in message.parts {
        #expect(part.range.upperBound <= message.runs[part.run].count)
        #expect(part.readings.first?.ambiguity == nil)
      }
      _ = message.description().text
    }
  }
}
