/// Says what octets are: by fixed octets, by structure and, for what is text, by its words. The name is
/// not asked. Where several fit, all are told, the riskiest first.
enum Identification {
  /// Octets at the beginning in which programs look for the start of a document (ISO 32000 annex H).
  static let headSize = 1024
  /// Octets at the end in which a zip's directory is looked for (APPNOTE.TXT 4.3.16), and mark-up.
  static let tailSize = 65_557

  static func kinds(of octets: [UInt8]) -> [ArtefactKind] {
    guard !octets.isEmpty else { return [.empty] }
    var found: [ArtefactKind] = []
    func add(_ kind: ArtefactKind?) {
      if let kind, !found.contains(kind) { found.append(kind) }
    }
    let first = Magic.byFirstOctet[Int(octets[0])]
    for magic in first where octets.has(magic.octets, at: 0) { add(magic.kind) }
    for magic in Magic.elsewhere where octets.has(magic.octets, at: magic.place) { add(magic.kind) }
    for kind in Structure.kinds(of: octets) { add(kind) }
    let words = TextWords(octets)
    // A player of tricks puts mark-up behind the head of a picture; a program that looks for it finds it.
    for kind in words.kinds(isAlone: found.isEmpty) { add(kind) }
    for kind in BuriedArchive.kinds(of: octets, known: found) { add(kind) }
    if found.isEmpty { add(words.isText ? .text : .unknown) }
    return sorted(found)
  }

  static func sorted(_ kinds: [ArtefactKind]) -> [ArtefactKind] {
    kinds.sorted { (ArtefactKind.order[$0] ?? 0) < (ArtefactKind.order[$1] ?? 0) }
  }
}
