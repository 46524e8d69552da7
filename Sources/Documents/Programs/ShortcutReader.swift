import Mail

/// Windows shortcuts (MS-SHLLINK) and their text cousins: what they start, with which words.
enum ShortcutReader {
  /// Bits of LinkFlags (MS-SHLLINK §2.1.1) in the order in which what they announce follows.
  private static let strings: [(bit: Int, fact: ArtefactFact.Kind?)] = [
    (2, nil), (3, .target), (4, nil), (5, .arguments), (6, nil),
  ]

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard let flags = octets.little(0x14, 4) else { return opening.note(.truncated) }
    var at = 76
    if flags & 1 != 0 { at += 2 + (octets.little(at, 2) ?? 0) }
    if flags & 2 != 0 {
      noteInfo(octets, at, &opening)
      at += octets.little(at, 4) ?? 0
    }
    let isWide = flags & 0x80 != 0
    for (bit, fact) in strings where flags & (1 << bit) != 0 {
      guard let count = octets.little(at, 2) else { return opening.note(.truncated) }
      let size = isWide ? 2 * count : count
      let text =
        isWide
        ? octets.utf16Text((at + 2)..<(at + 2 + size))
        : ArtefactName(octets.part(at + 2, size)).text
      if let fact { opening.note(fact, text) }
      at += 2 + size
    }
    takeRest(octets, from: at, &opening)
  }

  /// MS-SHLLINK §2.3: the local path, and the share.
  private static func noteInfo(_ octets: [UInt8], _ place: Int, _ opening: inout Opening) {
    guard let flags = octets.little(place + 8, 4) else { return }
    func string(_ offset: Int) -> String {
      let start = place + (octets.little(place + offset, 4) ?? 0)
      return ArtefactName(Array(octets.part(start, 1024).prefix { $0 != 0 })).text
    }
    if flags & 1 != 0 { opening.note(.target, string(16)) }
    if flags & 2 != 0, let link = octets.little(place + 20, 4),
      let name = octets.little(place + link + 8, 4)
    {
      let share = octets.part(place + link + name, 1024).prefix { $0 != 0 }
      opening.note(.target, ArtefactName(Array(share)).text)
    }
  }

  private static let blockLimit = 50

  /// Extra blocks, each with its size, up to one below 4; what is behind them does not belong there.
  private static func takeRest(_ octets: [UInt8], from start: Int, _ opening: inout Opening) {
    var at = start
    for _ in 0..<blockLimit {
      guard let size = octets.little(at, 4) else { return }
      if size < 4 {
        at += 4
        break
      }
      if octets.little(at + 4, 4) == 0xA000_0001 {
        opening.note(.target, octets.utf16Text((at + 268)..<(at + 788)))
      }
      at += size
    }
    guard at < octets.count, opening.admits() else { return }
    opening.note(.overlay, "\(octets.count - at)")
    opening.take(Array(octets[at...]), ArtefactName("behind the shortcut"))
  }

  private static let keys: [(String, ArtefactFact.Kind)] = [
    ("url=", .target), ("iconfile=", .target), ("command=", .arguments), ("exec=", .target),
    ("full address:s:", .target), ("workingdirectory=", .target),
  ]

  /// Lines of `key=value`.
  static func readText(_ octets: [UInt8], _ opening: inout Opening) {
    let text = octets.prefix(TextWords.sampleSize).filter { $0 != 0 }
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(200) {
      let low = line.map(\.lowered)
      for (key, fact) in keys where low.starts(with: Array(key.utf8)) {
        opening.note(fact, String(decoding: line.dropFirst(key.utf8.count), as: UTF8.self))
      }
    }
  }
}
