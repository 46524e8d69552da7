/// Text whose charset nobody names, or whose name is wrong: UTF-8 where the octets are that, else the
/// Japanese charset in which they make sense, else windows-1252, as browsers take it.
package enum TextGuess {
  /// Octets looked at for a guess.
  private static let sampleSize = 1 << 16

  package static func decode(_ bytes: [UInt8]) -> DecodedText {
    if bytes.contains(where: { $0 >= 0x80 || $0 == 0x1B }) { return guess(bytes) }
    return DecodedText(
      text: String(decoding: bytes, as: UTF8.self), malformedCount: 0, firstMalformed: nil,
      charset: "us-ascii")
  }

  /// Only the text of `decode`.
  static func text(_ bytes: [UInt8]) -> String { decode(bytes).text }

  /// `us-ascii` said so: 8-bit octets are a guess and malformed both.
  static func ascii(_ bytes: [UInt8]) -> DecodedText {
    let guessed = decode(bytes)
    guard guessed.malformedCount == 0, let first = bytes.firstIndex(where: { $0 >= 0x80 }) else {
      return guessed
    }
    return DecodedText(
      text: guessed.text, malformedCount: bytes.count { $0 >= 0x80 }, firstMalformed: first,
      charset: guessed.charset, isGuess: true)
  }

  private static func guess(_ bytes: [UInt8]) -> DecodedText {
    var decoded = charset(of: bytes).decode(bytes)
    decoded.isGuess = true
    return decoded
  }

  /// The likeliest charset of octets that are not all ASCII.
  package static func charset(of bytes: [UInt8]) -> Charset {
    let sample = bytes.count > sampleSize ? Array(bytes.prefix(sampleSize)) : bytes
    if !sample.contains(where: { $0 >= 0x80 }) { return hasEscapes(sample) ? .iso2022JP : .utf8 }
    if isUTF8(sample) { return .utf8 }
    let candidates: [Charset] = [.eucJP, .shiftJIS]
    let scores = candidates.map { score($0.decode(sample).text, sample.count) }
    guard let best = scores.max(), best > 0, let index = scores.firstIndex(of: best) else {
      return .windows1252
    }
    return candidates[index]
  }

  /// Valid but for a character that the sample cuts.
  private static func isUTF8(_ sample: [UInt8]) -> Bool {
    if String(validating: sample, as: UTF8.self) != nil { return true }
    guard sample.count == sampleSize else { return false }
    return (1...3).contains { String(validating: sample.dropLast($0), as: UTF8.self) != nil }
  }

  /// `ESC $` or `ESC (` somewhere.
  private static func hasEscapes(_ sample: [UInt8]) -> Bool {
    zip(sample, sample.dropFirst()).contains { $0 == 0x1B && ($1 == 0x24 || $1 == 0x28) }
  }

  /// How Japanese a text is: kana and common kanji speak for it; half-width kana, which EUC-JP read as
  /// Shift_JIS is full of, and what has no meaning speak against it.
  private static func score(_ text: String, _ count: Int) -> Int {
    var score = 0
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x3040...0x30FF: score += 4
      case 0x4E00...0x9FFF, 0x3000...0x303F, 0xFF01...0xFF5E: score += 1
      case 0xFF61...0xFF9F: score -= 2
      case 0xFFFD: score -= 20
      case 0xE000...0xF8FF, 0x80...0x9F: score -= 10
      default: break
      }
    }
    // A few accented letters make a kanji now and then; Japanese text has kana.
    return text.unicodeScalars.contains { (0x3040...0x30FF).contains($0.value) }
      ? score : score - count / 8 - 2
  }
}
