import Mail
import Testing

@testable import SMTP

@Suite struct WireTests {
  private func decode(_ text: String, _ rules: WireRules = .init(), pieces: Int) -> (
    String, ContentEnd?, Int
  ) {
    var decoder = ContentDecoder(rules: rules, sizeLimit: 1000)
    var output: [UInt8] = []
    let bytes = Array(text.utf8)
    var position = 0
    while position < bytes.count {
      let next = Array(bytes[position..<min(bytes.count, position + pieces)])
      let (consumed, end) = next.withUnsafeBytes { decoder.decode($0, into: &output) }
      position += consumed
      if let end { return (String(decoding: output, as: UTF8.self), end, position) }
    }
    return (String(decoding: output, as: UTF8.self), nil, position)
  }

  @Test(arguments: [1, 2, 3, 1000])
  func `content is unstuffed and ends at its dot however it is cut`(pieces: Int) {
    let (text, end, consumed) = decode("a\r\n..b\r\n.c\r\n\r\n.\r\nNOOP", pieces: pieces)
    #expect(text == "a\r\n.b\r\nc\r\n\r\n")
    #expect(end == .complete)
    #expect(consumed == 17)
  }

  @Test(arguments: [
    "\n.\n", "\r.\r", "\r.\n", "\n.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\r\n.\r\r\n",
    "\r\r\n.\r\r\n",
  ])
  func `nothing but CRLF dot CRLF ends content`(sequence: String) {
    for pieces in [1, 2, 1000] {
      #expect(decode("a" + sequence + "b", pieces: pieces).1 == nil)
      #expect(decode("a" + sequence + "b\r\n.\r\n", pieces: pieces).1 == .violated(.bareNewline))
    }
  }

  @Test func `made CRLF, bare newlines still end nothing and leave none behind`() {
    var rules = WireRules()
    rules.normalisesBareNewlines = true
    for pieces in [1, 2, 1000] {
      let (text, end, _) = decode("a\n.\nb\rc\r\n.\r\n", rules, pieces: pieces)
      #expect(end == .complete)
      #expect(text == "a\r\n.\r\nb\r\nc\r\n")
    }
  }

  @Test(arguments: [false, true])
  func `whole lines at once or octet by octet, content is judged and read alike`(
    normalises: Bool
  ) {
    var rules = WireRules()
    rules.normalisesBareNewlines = normalises
    rules.lineLength = 12
    var dice = TestDice(state: 7)
    let words = ["a", "bcdefg", ".", "\r\n", "\r\n", "x\r\n", "\r\n.", "\r", "\n", "\0"]
    for _ in 0..<5000 {
      // Mostly clean, or nearly nothing would be taken.
      let usable = dice.next() % 4 == 0 ? words.count : 7
      let count = Int(dice.next() % 40)
      let text = (0..<count).map { _ in words[Int(dice.next() % UInt64(usable))] }.joined()
      let whole = decode(text + "\r\n.\r\nx", rules, pieces: 1000)
      let cut = decode(text + "\r\n.\r\nx", rules, pieces: 1)
      // Of several faults in one line another may be named first.
      #expect((whole.1 == .complete) == (cut.1 == .complete) && whole.2 == cut.2)
      if whole.1 == .complete { #expect(whole.0 == cut.0) }
    }
  }

  /// What the chunks of a BINARYMIME message are taken as; nil where they are refused.
  private func binary(_ text: String, _ rules: WireRules = .init(), pieces: Int) -> String? {
    var decoder = ChunkDecoder(rules: rules, binary: true)
    var output: [UInt8] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      let piece = Array(bytes[start..<min(bytes.count, start + pieces)])
      piece.withUnsafeBytes { decoder.decode($0, into: &output) }
    }
    guard case .complete = decoder.chunkEnded(last: true) else { return nil }
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [1, 2, 3, 1000])
  func `binary is the body, never the header section`(pieces: Int) {
    for body in ["a\n\0b\rc\r", "\r\n\n", "\n", ""] {
      for header in ["", "A: b\r\n", "A: b\r\n c\r\n"] {
        let text = header + "\r\n" + body
        #expect(binary(text, pieces: pieces) == text)
      }
    }
    for header in ["A: b\nC: d\r\n", "A: b\rC: d\r\n", "A: \0\r\n", "A: b\n", "A: b\r"] {
      #expect(binary(header + "\r\nbody", pieces: pieces) == nil)
    }
    var rules = WireRules()
    rules.normalisesBareNewlines = true
    #expect(binary("A: b\n\nx\ny", rules, pieces: pieces) == "A: b\r\n\r\nx\ny")
    #expect(binary("A: b\r\r\rx", rules, pieces: pieces) == "A: b\r\n\r\n\rx")
  }

  @Test func `too much content is swallowed to its end`() {
    let long = String(repeating: "x", count: 1001)
    #expect(decode(long + "\r\n.\r\n", pieces: 7).1 == .violated(.tooLarge))
  }

  @Test(arguments: [
    ("MAIL FROM:<>", "mail"), ("mail from:<a@b.example> size=10", "mail"),
    ("RCPT TO:<@x.example:a@b.example>", "recipient"), ("RCPT TO:<postmaster>", "recipient"),
    ("BDAT 10 LAST", "chunk"), ("AUTH PLAIN =", "authenticate"),
    ("EHLO [192.0.2.1]", "extendedHello"),
    ("XCLIENT ADDR=192.0.2.1 NAME=[UNAVAILABLE]", "clientAttributes"),
  ])
  func `a good line is read as its command`(line: String, name: String) throws {
    let command = try CommandParser().parse(Array(line.utf8)[...])
    #expect("\(command)".hasPrefix(name))
  }

  @Test(arguments: [
    ("MAIL FROM:<a>", 501), ("MAIL FROM:<a@b.example", 501), ("MAIL FROM:<a@b.example>x", 501),
    ("RCPT TO:<a@b@c>", 501), ("BDAT", 501), ("BDAT 1 FIRST", 501),
    ("BDAT 99999999999999999999", 501),
    ("AUTH PLAIN a", 501), ("DATA x", 501), ("MAIL FROM:<a@b.example> X=1", 555),
    ("MAIL FROM:<a@b.example> ENVID=a+ZZ", 501), ("NOOP \u{1}", 500),
  ])
  func `a bad line is answered as the RFC says`(line: String, code: Int) {
    let error = #expect(throws: CommandError.self) {
      try CommandParser().parse(Array(line.utf8)[...])
    }
    #expect(error?.reply.code == code)
  }

  @Test func `base64 and xtext undo themselves and refuse the rest`() {
    for length in 0..<20 {
      let bytes = (0..<length).map { UInt8($0 * 13 % 256) }
      #expect(Base64.decode(Array(Base64.encode(bytes).utf8)) == bytes)
      #expect(XText.decode(Array(XText.encode(bytes).utf8)) == bytes)
    }
    for bad in ["a", "ab", "abc", "ab==c", "a===", "YR==", "Y Q="] {
      #expect(Base64.decode(Array(bad.utf8)) == nil)
    }
    for bad in ["+", "+2", "+2g", "a=b", "a b", "+2b"] {
      #expect(XText.decode(Array(bad.utf8)) == nil)
    }
  }

  @Test func `replies are read piece by piece`() {
    var parser = ReplyParser()
    for byte in Array("250-one\r\n250 2.1.0 two\r\n550 5.1.1 no\r\n".utf8) { parser.append([byte]) }
    #expect(parser.next() == .reply(Reply(code: 250, status: nil, lines: ["one", "2.1.0 two"])))
    #expect(parser.next() == .reply(Reply(550, .init(5, 1, 1), "no")))
    #expect(parser.next() == .incomplete)
    parser.append(Array("hello\r\n".utf8))
    #expect(parser.next() == .wrong)
  }

  @Test func `a PROXY header names who is behind it`() {
    let line = Array("PROXY TCP4 192.0.2.9 192.0.2.2 5000 25\r\nEHLO".utf8)
    guard case .header(let header, let length) = ProxyHeader.parse(line[...]) else {
      Issue.record("not read")
      return
    }
    #expect(header.source?.address == IPAddress("192.0.2.9"))
    #expect(length == line.count - 4)
    for end in 0..<length { #expect(ProxyHeader.parse(line[..<end]) == .incomplete) }
    #expect(ProxyHeader.parse(Array("EHLO me\r\n".utf8)[...]) == .wrong)
  }

  @Test func `an id is written as it is read and sorts by time`() {
    let early = TraceID(milliseconds: 1_795_494_600_123, random: 7)
    let late = TraceID(milliseconds: 1_795_494_600_124, random: 1)
    #expect(TraceID("\(early)") == early)
    #expect(TraceID("\(late)".lowercased()) == late)
    #expect("\(early)" < "\(late)" && early < late)
    #expect(TraceID("O000000000000000") == nil)
  }

  @Test func `dots are stuffed for sending and the end is added`() {
    var encoder = ContentEncoder()
    var output: [UInt8] = []
    for piece in [".a\r\n", ".", "b\r\n."] { encoder.encode(Array(piece.utf8), into: &output) }
    output += encoder.end()
    #expect(String(decoding: output, as: UTF8.self) == "..a\r\n..b\r\n..\r\n.\r\n")
  }
}

/// Numbers that are the same in every run.
private struct TestDice {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}

@Suite struct InternationalAddressTextTests {
  @Test(arguments: [
    ("e\\x{3D}mc2@\\x{30C9}.jp", "e=mc2@ド.jp"), ("ド@例.jp", "ド@例.jp"), ("a@b", "a@b"),
  ])
  func `an international address is read with its escapes`(written: String, address: String) {
    #expect(InternationalAddressText.decode(written.utf8) == address)
    let ascii = InternationalAddressText.encode(address)
    #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
    #expect(InternationalAddressText.decode(ascii.utf8) == address)
  }

  @Test(arguments: [
    "a=b", "a+b", "\\x{}", "\\x{110000}", "\\x{0A}", "\\x{41", "\\y", "a b", "\\x{D800}",
  ])
  func `a broken escape is refused`(written: String) {
    #expect(InternationalAddressText.decode(written.utf8) == nil)
  }
}
