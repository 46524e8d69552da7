import Mail

/// The streams of a compound file that mean more than their octets.
enum StreamReader {
  static func read(
    _ content: Unpacked, _ entry: CompoundFile.Entry, _ name: ArtefactName?,
    _ opening: inout Opening
  ) {
    let octets = content.octets
    switch entry.name {
    case "\u{1}Ole10Native", "\u{1}Ole10NatIve":
      if let package = OlePackage(octets) { return OlePackage.take(package, &opening) }
    case "\u{1}Ole": Monikers.note(octets, &opening)
    case "Equation Native": EquationStream.note(octets, &opening)
    case "WordDocument": WordStream.note(octets, &opening)
    case "Workbook", "Book":
      let plain = opening.walk.keys.first(opening.documentPasswords()) {
        WorkbookStream.decrypted(octets, [$0])
      }
      if let plain, opening.admits() {
        opening.noteOpened()
        WorkbookStream.note(plain, &opening)
        return opening.take(Unpacked(plain, content.outcome), ArtefactName(entry.path))
      }
      WorkbookStream.note(octets, &opening)
    case "PowerPoint Document": SlidesStream.read(octets, &opening)
    // That of the document itself is looked at where its slides are.
    case "Current User" where entry.path != entry.name:
      if SlidesStream.isEncrypted(user: octets) { opening.note(.encrypted) }
    default: break
    }
    if let source = MacroSource.decompressed(in: octets, limit: opening.allowance) {
      opening.note(.macros)
      for name in MacroSource.automaticNames(in: source) { opening.note(.autoExec, name) }
      if let word = MacroSource.action(in: source) { opening.note(.macroActs, word) }
      return opening.take(Unpacked(source, content.outcome), ArtefactName(entry.path + ".bas"))
    }
    if isModule(entry) { opening.note(.hiddenMacro, entry.name) }
    // Word 2003's XML packs its objects: the size, then a stream of zlib's.
    if octets.little(4, 1) == 0x78, octets.big(4, 2).map({ $0 % 31 == 0 }) == true {
      let packed = 4..<octets.count
      let object = Inflate.unpack(octets, packed, .zlib, limit: opening.allowance)
      if !object.octets.isEmpty { opening.take(object, ArtefactName(entry.path + " unpacked")) }
      guard opening.admits() else { return }
    }
    if entry.name.lowercased() == "project" { noteProject(octets, &opening) }
    opening.take(content, name ?? ArtefactName(entry.path.isEmpty ? "stream" : entry.path))
  }

  /// A stream of the storage `VBA` that is none of those with names of their own (MS-OVBA §2.2) is a module;
  /// one without a source that can be read hides what it does.
  private static func isModule(_ entry: CompoundFile.Entry) -> Bool {
    let name = entry.name.lowercased()
    let folders = entry.path.lowercased().split(separator: "/").dropLast()
    return folders.last == "vba" && !["dir", "_vba_project"].contains(name)
      && !name.hasPrefix("__srp_")
  }

  private static func noteProject(_ octets: [UInt8], _ opening: inout Opening) {
    let words = octets.prefix(4096).map(\.lowered)
    if words.place(of: "module=", in: 0..<words.count) != nil { opening.note(.macros) }
  }
}
