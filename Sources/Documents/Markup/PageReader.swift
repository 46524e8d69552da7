import Mail

/// HTML and SVG: files that stand in it as `data:` addresses. What it runs is for others to say.
enum PageReader {
  private static let dataLimit = 1000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    EntityText.note(octets, &opening)
    let octets = MarkupScanner(octets).octets
    var at = 0
    var number = 0
    while let place = octets.place(of: ";base64,", in: at..<octets.count) {
      guard number < dataLimit else {
        opening.note(.limitCount)
        break
      }
      number += 1
      at = place + 8
      guard let type = type(octets, before: place), opening.admits() else { continue }
      let data = octets[at...].prefix {
        !$0.isSpace && ![0x22, 0x27, 0x29, 0x3E, 0x3C, 0x5C].contains($0)
      }
      at = data.endIndex
      guard data.count >= 16 else { continue }
      // `%2B` and its like.
      let text = data.contains(0x25) ? unquoted(data)[...] : data
      opening.take(
        BodyDecoder.decode(text, .base64).octets, ArtefactName("data \(number)"), declaredType: type
      )
    }
    MailReader.readText(octets, &opening)
  }

  /// The media type between `data:` and the coding.
  private static func type(_ octets: [UInt8], before place: Int) -> String? {
    let before = octets[max(0, place - 120)..<place].map(\.lowered)
    guard let start = before.lastPlace(of: "data:", in: before.indices) else { return nil }
    let words = before[(start + 5)...].prefix { $0 != 0x3B }
    return String(decoding: words, as: UTF8.self)
  }

  static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var (plain, at): ([UInt8], Int) = ([], text.startIndex)
    while at < text.endIndex {
      if text[at] == 0x25, at + 2 < text.endIndex, let high = text[at + 1].hex,
        let low = text[at + 2].hex
      {
        plain.append(high << 4 | low)
        at += 3
      } else {
        plain.append(text[at])
        at += 1
      }
    }
    return plain
  }
}
