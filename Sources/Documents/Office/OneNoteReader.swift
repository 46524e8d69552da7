/// OneNote sections (MS-ONESTORE §2.6.13): attached files stand in FileDataStoreObjects, which are found
/// where they are.
enum OneNoteReader {
  private static let mark: [UInt8] = [
    0xE7, 0x16, 0xE3, 0xBD, 0x65, 0x26, 0x11, 0x45, 0xA4, 0xC4, 0x8D, 0x4D, 0x0B, 0x7A, 0x9E, 0xAC,
  ]
  private static let objectLimit = 1000

  /// The mark, a length of 8 octets, 12 unused, the file.
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let places = octets.places(of: mark, in: 0..<octets.count, limit: objectLimit)
    let risky = riskyName(octets)
    for (index, place) in places.enumerated() where opening.admits() {
      guard let length = octets.little(place + 16, 8) else { continue }
      let content = octets.part(place + 36, min(length, opening.allowance))
      let outcome: Unpacked.Outcome =
        content.count == length
        ? .whole : length > opening.allowance ? .limit : .damaged(.truncated)
      opening.note(.embeddedObject)
      let families = Identification.kinds(of: content).map { Family($0) }
      let isText = families.contains { [.active, .text, .page, .other].contains($0) }
      let name = isText ? risky : nil
      opening.take(Unpacked(content, outcome), name ?? ArtefactName("file \(index + 1)"))
    }
    if places.count == objectLimit { opening.note(.limitCount) }
  }

  /// Names stand elsewhere, as properties: a length, then UTF-16. Which belongs to which file is told in a
  /// way that an attacker may bend, so one that would act is given to all that it could be of.
  private static func riskyName(_ octets: [UInt8]) -> ArtefactName? {
    var names: [ArtefactName] = []
    var at = 0
    while names.count < objectLimit,
      let dot = octets.place(of: [0x2E, 0x00], in: at..<octets.count)
    {
      at = dot + 2
      let end = stride(from: dot + 2, to: octets.count - 1, by: 2).prefix(suffixLimit).first {
        octets[$0 + 1] != 0 || !(octets[$0].isWord || octets[$0] == 0x2D)
      }
      guard let end, end > dot + 2 else { continue }
      var start = dot
      while start >= 2, dot - start < nameLimit, isNamePart(octets[start - 2], octets[start - 1]) {
        start -= 2
      }
      guard let length = octets.little(start - 4, 4),
        [end - start, end - start + 2].contains(length)
      else { continue }
      let name = ArtefactName(octets.utf16Text(start..<end))
      if NameFacts(name).risk >= .shortcut { names.append(name) }
    }
    return names.isEmpty ? nil : NameFacts.riskiest(names)
  }

  private static let suffixLimit = 20
  private static let nameLimit = 400

  private static func isNamePart(_ low: UInt8, _ high: UInt8) -> Bool {
    high != 0
      || low >= 0x20 && ![0x22, 0x2A, 0x2F, 0x3A, 0x3C, 0x3E, 0x3F, 0x5C, 0x7C].contains(low)
  }
}
