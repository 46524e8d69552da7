/// The stream of a linked object (MS-OLEDS §2.3.3, `\x01Ole`): monikers, which say where the object is.
enum Monikers {
  /// The first octets of identifiers (MS-OSHARED §2.3.7), and what they are called.
  private static let known: [([UInt8], String)] = [
    ([0xE0, 0xC9, 0xEA, 0x79, 0xF9, 0xBA, 0xCE, 0x11], "URL moniker"),
    ([0xD3, 0x0B, 0x29, 0x06], "script moniker"),
    ([0xD8, 0xF4, 0x50, 0x30, 0xB5, 0x98, 0xCF, 0x11], "HTML application"),
  ]
  private static let textLimit = 2048

  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    for (mark, word) in known {
      guard let place = octets.place(of: mark, in: 0..<octets.count) else { continue }
      // Behind the identifier and a length: the address in UTF-16.
      let text = octets.utf16Text((place + 20)..<(place + 20 + textLimit))
      opening.note(.externalRelationship, word + " " + text)
    }
  }
}

/// An equation (MTEF 3): its program copied a font's name into 32 octets, however long it was.
enum EquationStream {
  /// The header before the equation, and the equation's own.
  private static let start = 28 + 5
  /// Octets in which the first font stands.
  private static let reach = 64
  private static let font: UInt8 = 0x08
  private static let nameLimit = 40

  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    for place in start..<max(start, min(octets.count, start + reach)) where octets[place] == font {
      let name = octets.part(place + 3, 200).prefix { $0 != 0 }
      if name.count > nameLimit { return opening.note(.equation, ArtefactFact.overlongFont) }
    }
  }
}
