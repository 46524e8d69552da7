import Mail

/// Mail within what is attached, web pages saved as mail (MHT), what Outlook packs, and files written
/// into text: what `Mail` makes of them become artefacts.
enum MailReader {
  /// Every leaf of every reading, decoded in every way.
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    var limits = MessageLimits()
    limits.depth = 30
    let message = Message(behindHead(octets), limits: limits)
    if message.isIncomplete { opening.note(.limitDepth) }
    var seen = Set<OctetsMark>()
    for (number, leaf) in message.leaves.enumerated() {
      guard opening.admits() else { return }
      let content = message.content(of: leaf.reading)
      let name = message.names(of: leaf.reading).first ?? "part \(number + 1)"
      let type = leaf.reading.contentType
      for octets in [content.octets] + content.others
      where !octets.isEmpty && seen.insert(OctetsMark(octets)).inserted {
        opening.take(
          octets, ArtefactName(name), declaredType: "\(type.type)/\(type.subtype)")
      }
    }
  }

  /// What follows the head of something else, where a page that was saved stands behind one.
  private static func behindHead(_ octets: [UInt8]) -> [UInt8] {
    let words = octets.prefix(TextWords.sampleSize).map(\.lowered)
    guard let start = MailWords.savedPage(in: words) else { return octets }
    let head = Identification.kinds(of: Array(octets.prefix(min(start, Identification.headSize))))
    return head.allSatisfy(plain.contains) ? octets : Array(octets[start...])
  }

  /// What stands before the fields of mail now and then, or is such fields.
  private static let plain: Set<ArtefactKind> = [.mail, .mht, .text, .unknown, .empty]

  static func readTNEF(_ octets: [UInt8], _ opening: inout Opening) {
    guard let file = TNEF(octets) else { return opening.note(.damaged) }
    if file.flaws.contains(where: { $0.kind == .tnefSyntax }) { opening.note(.truncated) }
    if file.flaws.contains(where: { $0.kind == .limitParts }) { opening.note(.limitCount) }
    if file.flaws.contains(where: { $0.kind == .tnefChecksum }) { opening.note(.checksum) }
    for share in file.shares { opening.note(.externalRelationship, "reminder " + share) }
    for attachment in file.attachments {
      guard opening.admits() else { return }
      let name = attachment.longName.map { ArtefactName($0) } ?? ArtefactName(attachment.name)
      var facts: [ArtefactFact] = []
      if let long = attachment.longName, !attachment.name.isEmpty,
        long != ArtefactName(attachment.name).text
      {
        facts.append(ArtefactFact(.secondName, ArtefactName(attachment.name).shown))
      }
      opening.take(attachment.octets, name, facts: facts, declaredType: attachment.mimeType)
    }
    for (name, body) in [
      ("body.txt", file.plainBody), ("body.html", file.htmlBody), ("body.rtf", file.richBody),
    ] {
      if let body, !body.isEmpty, opening.admits() { opening.take(body, ArtefactName(name)) }
    }
  }

  /// uuencode, yEnc and BinHex in the lines of a text.
  static func readText(_ octets: [UInt8], _ opening: inout Opening) {
    let plain = MarkupEncoding.plain(octets)
    SheetText.noteCells(plain, &opening)
    readEncoded(octets, &opening)
    ArmourReader.read(plain, &opening)
  }

  /// What such files begin with.
  private static let firstWords = ["begin ", "begin-base64 ", "=ybegin ", "(This file"]

  /// The same in what a few octets keep from being text: mail programs take such files out of a body all
  /// the same.
  static func readEncoded(_ octets: [UInt8], _ opening: inout Opening) {
    let all = 0..<octets.count
    guard firstWords.contains(where: { octets.place(of: $0, in: all) != nil }) else { return }
    let found = EmbeddedFile.read(octets[...])
    for file in found.files where opening.admits() {
      opening.take(file.content.octets, ArtefactName(file.name))
    }
    if found.isCut { opening.note(.limitCount) }
  }
}
