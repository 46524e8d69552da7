import Mail

/// A name as it stands in a container or a mail: the octets that came, and what people read.
package struct ArtefactName: Hashable, Codable, Sendable {
  package let octets: [UInt8]
  package let text: String

  package init(_ text: String) {
    octets = Array(text.utf8)
    self.text = text
  }

  /// Without a charset: UTF-8, else a Japanese charset that fits, else the IBM PC's.
  package init(_ octets: [UInt8]) {
    self.octets = octets
    text = Self.decoded(octets)
  }

  package init(_ octets: [UInt8], text: String) {
    self.octets = octets
    self.text = text
  }

  private static func decoded(_ octets: [UInt8]) -> String {
    if let text = String(validating: octets, as: UTF8.self) { return text }
    // A name has no kana to guess by as often as not: Shift_JIS that decodes whole is believed.
    for charset in [Charset.shiftJIS, .eucJP] {
      let decoded = charset.decode(octets)
      if decoded.malformedCount == 0, isLikelyJapanese(decoded.text) { return decoded.text }
    }
    // APPNOTE.TXT appendix D: the original set is code page 437.
    return (Charset(label: "cp437") ?? .windows1252).decode(octets).text
  }

  /// Half-width kana alone are what accented letters of other code pages look like.
  private static func isLikelyJapanese(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      (0x3040...0x30FF).contains($0.value) || (0x4E00...0x9FFF).contains($0.value)
    }
  }

  /// Characters of a name in a path; longer ones are cut in their middle.
  private static let shownLimit = 200

  /// Printable: controls and what turns the direction of text are shown as U+FFFD.
  package var shown: String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(NameFacts.isHarmless(scalar) ? scalar : "\u{FFFD}")
      if scalars.count > 4 * Self.shownLimit { break }
    }
    guard scalars.count > Self.shownLimit else { return String(scalars) }
    let half = Self.shownLimit / 2
    return String(String.UnicodeScalarView(scalars.prefix(half))) + "…"
      + String(String.UnicodeScalarView(scalars.suffix(half)))
  }
}
