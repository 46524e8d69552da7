/// Uuencode (POSIX `uuencode`), also its base-64 form: `begin 644 name`, lines, `end`.
enum Uuencoded {
  static func first(in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    var lines = LineReader(text)
    while let line = lines.next() {
      if let file = file(at: line, in: text) { return file }
    }
    return nil
  }

  /// The file whose `begin` line is `line`; nil when it is ordinary text, as a sentence that begins with
  /// "begin" is.
  static func file(at line: Range<Int>, in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    if text[line].begins(with: "begin-base64 ") { return base64(line, text) }
    guard text[line].begins(with: "begin "), let name = name(text[line].dropFirst(6)) else {
      return nil
    }
    var content = DecodedBody()
    var lines = LineReader(text, from: line.upperBound)
    _ = lines.next()
    var isEnded = false
    while let next = lines.next() {
      if text[next].elementsEqual("end".utf8) {
        isEnded = true
        break
      }
      guard decodeLine(text[next], at: next, into: &content) else {
        lines = LineReader(text, from: next.lowerBound)
        break
      }
    }
    guard isEnded || !content.octets.isEmpty else { return nil }
    if !isEnded { content.note(.uuencodeTruncated, lines.at..<lines.at) }
    return EmbeddedFile(
      coding: .uuencode, name: name, range: line.lowerBound..<lines.at, content: content)
  }

  /// `mode name`: three or four octal digits, then the rest of the line.
  private static func name(_ rest: ArraySlice<UInt8>) -> [UInt8]? {
    let mode = rest.prefix { (0x30...0x37).contains($0) }
    guard (3...4).contains(mode.count), rest.dropFirst(mode.count).first == 0x20 else { return nil }
    return Array(rest.dropFirst(mode.count + 1))
  }

  /// One line: its first character counts the octets. False where the file plainly has ended.
  private static func decodeLine(
    _ line: ArraySlice<UInt8>, at place: Range<Int>, into content: inout DecodedBody
  ) -> Bool {
    guard let first = line.first else { return true }
    guard (0x20...0x60).contains(first) else { return false }
    let count = Int((first - 0x20) & 0x3F)
    let digits = line.dropFirst()
    // A last group may be cut short, and trailing blanks are lost on the way; much more is no line of it.
    let needed = (count + 2) / 3 * 4
    if digits.contains(where: { !(0x20...0x60).contains($0) }) || digits.count > needed + 4 {
      content.note(.uuencodeSyntax, place)
      return false
    }
    if digits.count < needed - 3 { content.note(.uuencodeSyntax, place) }
    var (bits, have, left): (UInt32, Int, Int) = (0, 0, count)
    for index in 0..<needed where left > 0 {
      let digit = index < digits.count ? digits[digits.startIndex + index] : 0x20
      bits = bits << 6 | UInt32((digit &- 0x20) & 0x3F)
      have += 6
      if have >= 8 {
        have -= 8
        content.octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(have)))
        left -= 1
      }
    }
    return true
  }

  /// `begin-base64 644 name` up to `====`.
  private static func base64(_ line: Range<Int>, _ text: ArraySlice<UInt8>) -> EmbeddedFile? {
    guard let name = name(text[line].dropFirst(13)) else { return nil }
    var lines = LineReader(text, from: line.upperBound)
    _ = lines.next()
    let start = lines.at
    var end = text.endIndex
    while let next = lines.next() {
      if text[next].elementsEqual("====".utf8) {
        end = next.lowerBound
        break
      }
    }
    return EmbeddedFile(
      coding: .uuencode, name: name, range: line.lowerBound..<lines.at,
      content: Base64Body.decode(text[start..<end]))
  }
}
