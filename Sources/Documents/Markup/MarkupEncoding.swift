import Mail

/// Mark-up as UTF-8, in which tags are ASCII: what is written in UTF-16, in UTF-7 (`+ADw-script`) or in another
/// charset that has `<` elsewhere is decoded first, since who opens it does the same.
///
/// Believed are marks of the byte order (UTF-7 has one, too), what a part says of itself, tags of two octets a
/// letter behind whatever blanks, and a page's own word that it is in UTF-7. Browsers have given UTF-7 up, Word
/// and Outlook have not; so tags that stand there as they are, are read behind what is decoded.
package enum MarkupEncoding {
  /// Octets from the beginning in which a page's own word for its charset, or a tag, is looked for.
  private static let sampleSize = 1 << 14
  /// Octets that are decoded; behind them only NULs are left out, which is enough for ASCII in UTF-16.
  private static let sizeLimit = 16 << 20

  /// `octets` themselves where their tags are plain. `label` is the charset that a part names.
  package static func plain(_ octets: [UInt8], charset label: String? = nil) -> [UInt8] {
    guard let charset = label.flatMap(hiding) ?? found(in: octets) else { return octets }
    let isCut = octets.count > sizeLimit
    var text = Array(charset.decode(isCut ? Array(octets.prefix(sizeLimit)) : octets).text.utf8)
    if isCut { text += octets[sizeLimit...] }
    // UTF-32 comes out with a NUL beside each letter.
    if text.contains(0) { text.removeAll { $0 == 0 } }
    return hasTag(octets) ? text + [0x0A] + octets : text
  }

  /// The charset of that name, if it does not have tags where ASCII has them.
  private static func hiding(_ label: String) -> Charset? {
    guard let charset = Charset(label: label) else { return nil }
    return charset.decode(Array(probe.utf8)).text == probe ? nil : charset
  }

  private static let probe = "<a>+ADw-"

  private static let utf7 = Charset(label: "utf-7")
  private static let (little, big) = (Charset(label: "utf-16le"), Charset(label: "utf-16be"))

  /// What the octets themselves show.
  private static func found(in octets: [UInt8]) -> Charset? {
    if octets.has([0xFF, 0xFE], at: 0) { return little }
    if octets.has([0xFE, 0xFF], at: 0) { return big }
    let head = 0..<min(octets.count, sampleSize)
    if octets.place(of: 0, in: head) != nil { return wide(octets, head) }
    guard octets.place(of: 0x2B, in: head) != nil else { return nil }
    return isUTF7(octets, head) ? utf7 : nil
  }

  /// By the first tag, or by where most of the NULs stand.
  private static func wide(_ octets: [UInt8], _ head: Range<Int>) -> Charset? {
    var nuls = [0, 0]
    for place in head where octets[place] == 0 { nuls[place % 2] += 1 }
    for place in octets.places(of: [0x3C], in: head, limit: 200)
    where octets.little(place + 1, 1) == 0 && opens(octets, place + 2) {
      if place % 2 == 0, octets.little(place + 3, 1) == 0 { return little }
      if place % 2 == 1, octets[place - 1] == 0 { return big }
    }
    guard max(nuls[0], nuls[1]) * 5 >= head.count * 2, min(nuls[0], nuls[1]) == 0 else {
      return nil
    }
    return nuls[0] == 0 ? little : big
  }

  /// Whether what stands behind `<` makes a tag, a comment or an instruction of it.
  private static func opens(_ octets: [UInt8], _ place: Int) -> Bool {
    guard place < octets.count else { return false }
    return octets[place].isLetter || [0x21, 0x2F, 0x3F].contains(octets[place])
  }

  /// `+/v8` and its like; a tag by itself; `charset="utf-7"`.
  private static func isUTF7(_ octets: [UInt8], _ head: Range<Int>) -> Bool {
    if octets.has("+/v", at: 0), let next = octets.little(3, 1) {
      if [0x38, 0x39, 0x2B, 0x2F].contains(next) { return true }
    }
    let isTag = octets.places(of: Array("+ADw".utf8), in: head, limit: 20).contains { place in
      octets.has("-", at: place + 4) ? opens(octets, place + 5) : octets.has("A", at: place + 4)
    }
    if isTag { return true }
    // No name of it is without this, and nearly every page is.
    guard octets.place(of: [0x2D, 0x37], in: head) != nil else { return false }
    let words = octets[head].filter { !$0.isSpace && $0 != 0x22 && $0 != 0x27 }.map(\.lowered)
    return ["charset=utf-7", "encoding=utf-7", "charset=unicode-1-1-utf-7"].contains {
      words.place(of: $0, in: 0..<words.count) != nil
    }
  }

  /// Marks of tags that are looked at.
  private static let markLimit = 1 << 20

  /// Whether a tag of one octet a letter stands somewhere.
  private static func hasTag(_ octets: [UInt8]) -> Bool {
    var at = 0
    for _ in 0..<markLimit {
      guard let place = octets.place(of: 0x3C, in: at..<octets.count) else { return false }
      at = place + 1
      if at < octets.count, octets[at].isLetter { return true }
    }
    return true
  }
}
