/// A file that an Office document carries as an icon (`\x01Ole10Native`): its names, then its octets.
struct OlePackage {
  /// Its label, its paths; in UTF-16 once more where the program wrote that.
  let names: [ArtefactName]
  let content: [UInt8]

  private static let nameLimit = 2048

  /// `size(4) 2(2) label\0 path\0 3(4) length(4) temporary path\0 size(4) octets`.
  init?(_ octets: [UInt8]) {
    guard octets.little(4, 2) == 2 else { return nil }
    var at = 6
    func string() -> [UInt8]? {
      guard at < octets.count,
        let end = octets.place(of: [0], in: at..<min(octets.count, at + Self.nameLimit))
      else { return nil }
      defer { at = end + 1 }
      return Array(octets[at..<end])
    }
    guard let label = string(), let path = string() else { return nil }
    at += 4
    guard let length = octets.little(at, 4), length < Self.nameLimit else { return nil }
    let temporary = octets.part(at + 4, length).prefix { $0 != 0 }
    at += 4 + length
    guard let size = octets.little(at, 4) else { return nil }
    content = octets.part(at + 4, size)
    var names = [label, path, Array(temporary)].map { ArtefactName($0) }
    at += 4 + content.count
    for _ in 0..<3 {
      guard let count = octets.little(at, 4), count < Self.nameLimit else { break }
      names.append(ArtefactName(octets.utf16Text((at + 4)..<(at + 4 + 2 * count))))
      at += 4 + 2 * count
    }
    self.names = names.filter { !$0.text.isEmpty }
  }

  /// Which of the names a click goes by depends on the program: the riskiest counts.
  var name: ArtefactName { NameFacts.riskiest(names) }

  static func take(_ package: OlePackage, _ opening: inout Opening) {
    opening.note(.olePackage, package.name.text)
    opening.take(package.content, package.name, facts: [ArtefactFact(.placedFile)])
  }
}
