/// Messages that Outlook saved (MS-OXMSG §2.2): each attachment is a storage whose streams are properties,
/// its content one and its names others.
enum SavedMessage {
  private static let content = "__substg1.0_37010102"
  /// PidTagAttachLongFilename, PidTagAttachFilename and PidTagDisplayName, each in both types of text.
  private static let names = ["3707", "3704", "3001"].flatMap { property in
    [("__substg1.0_\(property)001F", true), ("__substg1.0_\(property)001E", false)]
  }
  private static let nameLimit = 4096

  /// What the contents of attachments are called, by their streams' paths.
  static func names(_ file: inout CompoundFile) -> [String: ArtefactName] {
    let streams = Dictionary(
      file.entries.filter(\.isStream).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }
    )
    var found: [String: ArtefactName] = [:]
    for path in streams.keys where path.hasSuffix(content) {
      let folder = path.dropLast(content.count)
      let given = names.compactMap { name, isWide -> ArtefactName? in
        guard let entry = streams[folder + name] else { return nil }
        let octets = file.content(of: entry, limit: nameLimit).octets
        return isWide
          ? ArtefactName(octets.utf16Text(0..<octets.count))
          : ArtefactName(Array(octets.prefix { $0 != 0 }))
      }
      if !given.isEmpty { found[path] = NameFacts.riskiest(given) }
    }
    return found
  }

  /// Paths on other computers among the message's own named properties, as `TNEF.shares` has them.
  static func noteShares(_ file: inout CompoundFile, _ opening: inout Opening) {
    for entry in file.entries where isNamedText(entry) {
      let octets = file.content(of: entry, limit: nameLimit).octets
      let text =
        entry.name.hasSuffix("F")
        ? octets.utf16Text(0..<octets.count) : String(decoding: octets, as: UTF8.self)
      if text.hasPrefix("\\\\") { opening.note(.externalRelationship, "reminder " + text) }
    }
  }

  /// `__substg1.0_8505001F`: numbers from 8000 on have names.
  private static func isNamedText(_ entry: CompoundFile.Entry) -> Bool {
    let name = entry.name.utf8
    guard entry.isStream, entry.path == entry.name, entry.name.hasPrefix("__substg1.0_"),
      entry.name.hasSuffix("001F") || entry.name.hasSuffix("001E")
    else { return false }
    return name.dropFirst(12).first.map { $0 >= 0x38 } == true
  }
}
