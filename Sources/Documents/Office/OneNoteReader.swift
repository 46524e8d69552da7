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
    for (index, place) in places.enumerated() where opening.admits() {
      guard let length = octets.little(place + 16, 8) else { continue }
      let content = octets.part(place + 36, min(length, opening.allowance))
      let outcome: Unpacked.Outcome =
        content.count == length
        ? .whole : length > opening.allowance ? .limit : .damaged(.truncated)
      opening.note(.embeddedObject)
      opening.take(Unpacked(content, outcome), ArtefactName("file \(index + 1)"))
    }
    if places.count == objectLimit { opening.note(.limitCount) }
  }
}
