/// What the main stream of a Word document (MS-DOC §2.5.2) says: encrypted, and which fields it has.
enum WordStream {
  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    if let flags = octets.little(0x0A, 2), flags & 0x0100 != 0 { return opening.note(.encrypted) }
    for place in octets.places(of: [0x13], in: 0..<octets.count, limit: fieldLimit) {
      let word = field(octets, place + 1)
      if word.hasPrefix("dde") { opening.note(.dynamicDataExchange, word) }
      if word.hasPrefix("includepicture") || word.hasPrefix("includetext") || word.hasPrefix("link")
      {
        opening.note(.externalRelationship, word)
      }
    }
  }

  private static let fieldLimit = 2000
  private static let wordLimit = 120

  /// The beginning of a field's instruction, in octets or in UTF-16: letters of either.
  private static func field(_ octets: [UInt8], _ place: Int) -> String {
    let narrow = octets.part(place, wordLimit)
    let wide = octets.part(place + 1, 2 * wordLimit)
    let isWide = wide.count > 4 && wide[1] == 0 && wide[3] == 0
    let text = isWide ? stride(from: 0, to: wide.count - 1, by: 2).map { wide[$0] } : narrow
    let visible = text.drop { $0 == 0x20 }.prefix { (0x20...0x7E).contains($0) }
    return String(decoding: visible.map(\.lower), as: UTF8.self)
  }
}
