/// Encoded words in header text (RFC 2047), decoded as leniently as clients do.
package enum EncodedWords {
  /// Text, and what was wrong; places count from the start of what was given.
  package struct Decoded: Sendable {
    package fileprivate(set) var text = ""
    package fileprivate(set) var flaws: [DecodedBody.Flaw] = []

    fileprivate mutating func note(_ kind: Defect.Kind, _ range: Range<Int>) {
      if !flaws.contains(where: { $0.kind == kind }) {
        flaws.append(.init(kind: kind, range: range))
      }
    }
  }

  /// RFC 2047 §2: a word is at most 75 characters long.
  private static let lengthLimit = 75

  /// `"=?" charset "?" encoding "?" encoded-text "?="` as octets with their charset.
  private struct Word {
    let charset: [UInt8]
    let octets: [UInt8]
    let range: Range<Int>
    let isClean: Bool
  }

  /// Whether there may be a word in it at all.
  static func mayHoldWord(_ bytes: [UInt8]) -> Bool { nextStart(bytes, 0) != nil }

  /// Unfolds and decodes a field's text.
  package static func decode(_ bytes: [UInt8]) -> Decoded {
    var decoded = Decoded()
    var pending: [Word] = []
    var (at, plainStart) = (0, 0)
    let lastClose = lastClose(bytes)
    while let start = nextStart(bytes, at) {
      guard let word = word(bytes, at: start, lastClose: lastClose) else {
        decoded.note(.encodedWordSyntax, start..<(start + 2))
        at = start + 2
        continue
      }
      // White space between two words is only there to separate them (RFC 2047 §6.2).
      let between = bytes[plainStart..<start]
      if pending.isEmpty || !between.allSatisfy(\.isBlank) {
        flush(&pending, &decoded)
        appendPlain(between, &decoded)
      }
      note(word, &decoded)
      pending.append(word)
      at = word.range.upperBound
      plainStart = at
    }
    flush(&pending, &decoded)
    appendPlain(bytes[plainStart...], &decoded)
    return decoded
  }

  private static func nextStart(_ bytes: [UInt8], _ from: Int) -> Int? {
    var at = from
    while at < bytes.count, let found = bytes.place(of: 0x3D, in: at..<bytes.count) {
      if found + 1 < bytes.count, bytes[found + 1] == 0x3F { return found }
      at = found + 1
    }
    return nil
  }

  /// The last `?=`: no word that begins behind it can end, and none needs to be sought.
  private static func lastClose(_ bytes: [UInt8]) -> Int {
    bytes.indices.dropLast().last { bytes[$0] == 0x3F && bytes[$0 + 1] == 0x3D } ?? -1
  }

  private static func word(_ bytes: [UInt8], at start: Int, lastClose: Int) -> Word? {
    let all = 0..<bytes.count
    guard let second = question(bytes, from: start + 2, limit: 64), second + 3 <= lastClose,
      bytes[second + 2] == 0x3F, [0x62, 0x71].contains(bytes[second + 1].lowered)
    else { return nil }
    let charset = bytes[(start + 2)..<second].filter { !$0.isBlank }
    let textStart = second + 3
    var close = textStart
    while let mark = bytes.place(of: 0x3F, in: close..<all.upperBound) {
      close = mark
      if mark + 1 < bytes.count, bytes[mark + 1] == 0x3D { break }
      close = mark + 1
    }
    guard !charset.isEmpty, close + 1 < bytes.count, bytes[close] == 0x3F, bytes[close + 1] == 0x3D
    else { return nil }
    return decodedWord(
      charset, bytes[second + 1].lowered, bytes[textStart..<close], start..<(close + 2))
  }

  private static func decodedWord(
    _ charset: [UInt8], _ encoding: UInt8, _ text: ArraySlice<UInt8>, _ range: Range<Int>
  ) -> Word? {
    let hasBlank = text.contains(where: \.isBlank)
    switch encoding {
    case 0x62:
      let decoded = Base64Body.decode(text)
      return Word(
        charset: charset, octets: decoded.octets, range: range,
        isClean: decoded.flaws.isEmpty && !hasBlank)
    case 0x71:
      let unfolded = text.contains(0x0A) ? text.filter { $0 != 0x0D && $0 != 0x0A }[...] : text
      let (octets, isClean) = QuotedPrintable.decodeWord(unfolded)
      return Word(charset: charset, octets: octets, range: range, isClean: isClean && !hasBlank)
    default: return nil
    }
  }

  private static func question(_ bytes: [UInt8], from start: Int, limit: Int) -> Int? {
    let end = min(bytes.count, start + limit)
    return start < end ? bytes.place(of: 0x3F, in: start..<end) : nil
  }

  private static func note(_ word: Word, _ decoded: inout Decoded) {
    if !word.isClean { decoded.note(.encodedWordSyntax, word.range) }
    if word.range.count > lengthLimit { decoded.note(.encodedWordTooLong, word.range) }
  }

  /// Words of one charset are decoded together: many programs cut a character in two, which RFC 2047 §5
  /// forbids.
  private static func flush(_ pending: inout [Word], _ decoded: inout Decoded) {
    var index = 0
    while index < pending.count {
      var end = index + 1
      while end < pending.count, pending[end].charset == pending[index].charset { end += 1 }
      append(pending[index..<end], &decoded)
      index = end
    }
    pending = []
  }

  private static func append(_ words: ArraySlice<Word>, _ decoded: inout Decoded) {
    guard let first = words.first else { return }
    let octets = words.flatMap(\.octets)
    let range = first.range.lowerBound..<(words.last ?? first).range.upperBound
    let charset = Charset(label: String(decoding: first.charset, as: UTF8.self))
    if charset == nil { decoded.note(.charsetUnknown, range) }
    let text = charset?.decode(octets) ?? TextGuess.decode(octets)
    decoded.text += text.text
    if text.malformedCount > 0 { decoded.note(.charsetMalformed, range) }
    guard words.count > 1, let charset, octets.contains(where: { $0 >= 0x80 }) else { return }
    if words.dropLast().contains(where: { charset.decode($0.octets).malformedCount > 0 }) {
      decoded.note(.encodedWordSplit, range)
    }
  }

  private static func appendPlain(_ bytes: ArraySlice<UInt8>, _ decoded: inout Decoded) {
    guard !bytes.isEmpty else { return }
    let text = TextGuess.decode(bytes.filter { $0 != 0x0D && $0 != 0x0A })
    if text.isGuess, text.charset != "utf-8" {
      decoded.note(.charsetGuessed, bytes.startIndex..<bytes.endIndex)
    }
    decoded.text += text.text
  }
}
