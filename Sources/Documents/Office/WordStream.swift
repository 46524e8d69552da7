import Mail

/// What the main stream of a Word document (MS-DOC §2.5.2) says: encrypted, and which fields it has.
enum WordStream {
  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    if let flags = octets.little(0x0A, 2), flags & 0x0100 != 0 {
      return opening.note(.encrypted)
    }
    var (at, count) = (0, 0)
    while let place = octets.place(of: [0x13], in: at..<octets.count) {
      at = place + 1
      guard mayMatter(octets, at) else { continue }
      count += 1
      guard count <= fieldLimit else { return opening.note(.limitCount) }
      let word = field(octets, place + 1)
      if word.hasPrefix("dde") { opening.note(.dynamicDataExchange, word) }
      if word.hasPrefix("includepicture") || word.hasPrefix("includetext") || word.hasPrefix("link")
      {
        opening.note(.externalRelationship, word)
      }
    }
  }

  /// Fields that begin like those that matter; octets of pictures do so now and then.
  private static let fieldLimit = 100_000
  private static let wordLimit = 120

  /// Whether the first letter is that of a field that is looked for.
  private static func mayMatter(_ octets: [UInt8], _ place: Int) -> Bool {
    let first = octets[place...].prefix(wordLimit).first { $0 != 0x20 && $0 != 0 }
    return first.map { [0x64, 0x69, 0x6C].contains($0.lowered) } ?? false
  }

  /// The beginning of a field's instruction, in octets or in UTF-16: letters of either.
  private static func field(_ octets: [UInt8], _ place: Int) -> String {
    let narrow = octets.part(place, wordLimit)
    let wide = octets.part(place + 1, 2 * wordLimit)
    let isWide = wide.count > 4 && wide[1] == 0 && wide[3] == 0
    let text = isWide ? stride(from: 0, to: wide.count - 1, by: 2).map { wide[$0] } : narrow
    let visible = text.drop { $0 == 0x20 }.prefix { (0x20...0x7E).contains($0) }
    return String(decoding: visible.map(\.lowered), as: UTF8.self)
  }
}
