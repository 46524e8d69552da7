/// Archives behind something else: programs that unpack look for their marks in whatever they are given, so
/// that a picture with an archive behind it is both.
enum BuriedArchive {
  private static let marks: [(ArtefactKind, [UInt8])] = [
    (.rar, [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]),
    (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
  ]
  /// Places that only look like the beginning of an entry.
  private static let tries = 100

  /// What stands in the middle of `octets`, of which it is known already what they are otherwise.
  static func kinds(of octets: [UInt8], known: [ArtefactKind]) -> [ArtefactKind] {
    guard known.allSatisfy(mayCover) else { return [] }
    let found = marks.map(\.0).filter { place(of: $0, in: octets) != nil }
    return found + (hasZipEntry(octets) ? [.zip] : [])
  }

  /// Where the archive begins; nil where none does.
  static func place(of kind: ArtefactKind, in octets: [UInt8]) -> Int? {
    let mark = marks.first { $0.0 == kind }?.1
    return mark.flatMap { octets.place(of: $0, in: 0..<octets.count) }
  }

  /// What programs and containers carry is found when they are opened.
  private static func mayCover(_ kind: ArtefactKind) -> Bool {
    kind.risk == .passive || [.pdf, .rtf, .html, .postScript].contains(kind)
  }

  /// The header before an entry (APPNOTE.TXT 4.3.7) as archives have it: a version that exists, a method
  /// that does, a name of letters.
  private static func hasZipEntry(_ octets: [UInt8]) -> Bool {
    octets.places(of: Array("PK\u{3}\u{4}".utf8), in: 0..<octets.count, limit: tries).contains {
      guard let version = octets.little($0 + 4, 2), let method = octets.little($0 + 8, 2),
        let length = octets.little($0 + 26, 2)
      else { return false }
      let name = octets.part($0 + 30, length)
      return version <= 63 && method <= 99 && (1...1024).contains(length) && name.count == length
        && name.allSatisfy { $0 >= 0x20 }
    }
  }
}
