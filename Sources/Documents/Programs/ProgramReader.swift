/// Programs that carry something behind them or within: archives that unpack themselves.
enum ProgramReader {
  private static let marks: [(ArtefactKind, [UInt8])] = [
    (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    (.rar, [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]),
    (.cabinet, [0x4D, 0x53, 0x43, 0x46, 0x00, 0x00, 0x00, 0x00]),
    (.compoundFile, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
  ]
  private static let placesEach = 4

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    if let end = end(of: octets), end < octets.count {
      opening.note(.overlay, "\(octets.count - end)")
    }
    for (kind, mark) in marks {
      for place in octets.places(of: mark, in: 64..<octets.count, limit: placesEach) {
        guard opening.admits() else { return }
        let rest = Array(octets[place...])
        // Programs that unpack know these octets, too.
        guard kind != .cabinet || rest.little(8, 4).map({ $0 > 36 && $0 <= rest.count }) == true,
          rest.count > 64
        else { continue }
        opening.note(.selfExtracting, kind.rawValue)
        opening.take(rest, ArtefactName("\(kind.rawValue) within"))
        break
      }
    }
  }

  /// Behind the last section (PE format, section table).
  static func end(of octets: [UInt8]) -> Int? {
    guard let header = octets.little(0x3C, 4), octets.has("PE\0\0", at: header),
      let count = octets.little(header + 6, 2), let optional = octets.little(header + 20, 2)
    else { return nil }
    let table = header + 24 + optional
    return (0..<min(count, 96)).compactMap { index -> Int? in
      guard let size = octets.little(table + 40 * index + 16, 4),
        let start = octets.little(table + 40 * index + 20, 4)
      else { return nil }
      return start + size
    }.max()
  }
}
