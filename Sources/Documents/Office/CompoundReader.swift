/// Compound files: which kind of document, what it carries, and every stream as an artefact.
enum CompoundReader {
  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    guard var file = CompoundFile(octets) else { return opening.note(.damaged) }
    let kind = kind(of: file)
    if let kind { opening.refine(kind) }
    noteStorages(file, &opening)
    if kind == .encryptedOffice {
      let refusals = opening.walk.keys.refusals
      if decrypt(&file, &opening) {
        guard file.entries.contains(where: { plainNames.contains($0.name) }) else { return }
      } else {
        let isUntried = opening.walk.keys.refusals > refusals
        opening.note(.encrypted, isUntried ? ArtefactFact.untried : "")
      }
    }
    let names = kind == .outlookMessage ? SavedMessage.names(&file) : [:]
    if kind == .outlookMessage { SavedMessage.noteShares(&file, &opening) }
    let asks = kind == .wordBinary
    var locks = StreamLocks(&file, opening.documentPasswords(asks: asks), opening.walk.keys)
    for entry in file.entries where entry.isStream && entry.size > 0 {
      guard opening.admits() else { break }
      var content = file.content(of: entry, limit: opening.allowance)
      if let plain = locks.opened(content.octets, entry.path) {
        opening.noteOpened(asks: asks)
        opening.walk.ledger.worked(plain.count * StreamLocks.cost)
        content = Unpacked(plain, content.outcome)
      }
      StreamReader.read(content, entry, names[entry.path], &opening)
    }
    let isOpened = opening.facts.contains { $0.kind == .openedWithPassword }
    let hidesProperties = file.entries.contains { $0.name == "EncryptedSummary" }
    if locks.hidesSlides || hidesProperties && !isOpened { opening.note(.encrypted) }
    for defect in file.defects { opening.note(defect.kind) }
  }

  /// Streams of documents that are not within an encrypted package; who puts one beside it means it to be read by
  /// somebody.
  private static let plainNames: Set<String> = [
    "Workbook", "Book", "WordDocument", "PowerPoint Document",
  ]

  /// The document within, where a password fits.
  private static func decrypt(_ file: inout CompoundFile, _ opening: inout Opening) -> Bool {
    guard let key = file.entries.first(where: { $0.name == "EncryptionInfo" && $0.isStream }),
      let package = file.entries.first(where: { $0.name == "EncryptedPackage" && $0.isStream }),
      let cipher = OfficeCipher(file.content(of: key, limit: keyLimit).octets), opening.admits()
    else { return false }
    let limit = opening.allowance
    let packed = file.content(of: package, limit: limit).octets
    guard
      let document = cipher.open(
        packed, opening.documentPasswords(), opening.walk.keys, limit: limit)
    else { return false }
    opening.noteOpened()
    opening.take(document, ArtefactName("document"))
    return true
  }

  /// Octets of the description.
  private static let keyLimit = 1 << 16

  private static func kind(of file: CompoundFile) -> ArtefactKind? {
    let names = Set(file.entries.map(\.name))
    if names.contains("EncryptedPackage") { return .encryptedOffice }
    // {000C1084…}, {000C1086…}, {000C1082…}: package, patch, transform.
    if let root = file.entries.first?.classID, root.has([0x0C, 0x00], at: 2),
      [0x84, 0x86, 0x82].contains(root[0]), root[1] == 0x10
    {
      return .windowsInstaller
    }
    if names.contains("!_StringData") || names.contains("!_Tables") { return .windowsInstaller }
    if names.contains("__properties_version1.0") { return .outlookMessage }
    if names.contains("PowerPoint Document") { return .slidesBinary }
    if names.contains("WordDocument") { return .wordBinary }
    if names.contains("Workbook") || names.contains("Book") { return .sheetBinary }
    if names.contains("VisioDocument") { return .visio }
    return names.contains("Quill") ? .publisher : nil
  }

  private static func noteStorages(_ file: CompoundFile, _ opening: inout Opening) {
    for entry in file.entries {
      switch entry.name {
      case "VBA" where entry.type == 1, "_VBA_PROJECT": opening.note(.macros)
      case "ObjectPool": opening.note(.embeddedObject, entry.name)
      case "\u{3}OCXNAME", "\u{3}OCXDATA": opening.note(.activeX, entry.path)
      case "Equation Native": opening.note(.equation)
      default: break
      }
      if let (fact, word) = ClassIDs.known(entry.classID) { opening.note(fact, word) }
    }
  }
}

/// The streams of old Word documents and presentations, which are encrypted one by one.
private struct StreamLocks {
  private let word: WordCipher?
  /// The stream `Current User` of an encrypted presentation.
  private let user: [UInt8]?
  private let passwords: [String]
  private let keys: KeyRing
  private var hasOpenedSlides = false

  /// What opening an octet costs, in octets looked at.
  static let cost = 6
  private static let slides = "PowerPoint Document"
  private static let userLimit = 4096

  /// Whether slides are encrypted, and no password fits.
  var hidesSlides: Bool { user != nil && !hasOpenedSlides }

  init(_ file: inout CompoundFile, _ passwords: [String], _ keys: KeyRing) {
    (self.passwords, self.keys) = (passwords, keys)
    func stream(_ name: String, _ limit: Int) -> [UInt8]? {
      let entry = file.entries.first { $0.isStream && $0.path == name }
      return entry.map { file.content(of: $0, limit: limit).octets }
    }
    word = keys.first(passwords) { WordCipher([$0], stream: stream) }
    user = stream("Current User", Self.userLimit).flatMap {
      SlidesStream.isEncrypted(user: $0) ? $0 : nil
    }
  }

  /// In plain, where a password fits.
  mutating func opened(_ octets: [UInt8], _ path: String) -> [UInt8]? {
    guard path == Self.slides else { return word?.plain(octets, of: path) }
    guard let user else { return nil }
    let plain = keys.first(passwords) { SlidesCipher.open(octets, user: user, [$0]) }
    if plain != nil { hasOpenedSlides = true }
    return plain
  }
}

/// What the identifiers of a storage's class say of the program that would open it.
enum ClassIDs {
  /// The first four octets of the identifier, as a number, are enough to know it.
  private static let list: [Int: (ArtefactFact.Kind, String)] = [
    0x0002_0C01: (.olePackage, "package"), 0x0003_000C: (.olePackage, "package"),
    0x0003_000E: (.olePackage, "package"), 0xF20D_A720: (.olePackage, "package"),
    0x0002_CE02: (.equation, "Equation.3"), 0x0002_1700: (.equation, "Equation.2"),
    0x0003_000B: (.equation, "Equation"), 0x0000_0300: (.embeddedObject, "StdOleLink"),
    0x79EA_C9E0: (.externalRelationship, "URL moniker"),
    0x0000_0303: (.externalRelationship, "file moniker"),
    0x0000_0309: (.externalRelationship, "composite moniker"),
    0x0629_0BD3: (.externalRelationship, "script moniker"),
    0x3050_F4D8: (.externalRelationship, "HTML application"), 0xD27C_DB6E: (.flash, "Flash"),
    0xC08A_FD90: (.activeX, "ShellBrowserWindow"), 0x8856_F961: (.activeX, "Internet Explorer"),
    0x9181_DC5F: (.activeX, "MSCOMCTL"), 0x996B_F5E0: (.activeX, "MSCOMCTL"),
    0xBDD1_F04B: (.activeX, "MSCOMCTL"), 0xC741_90B6: (.activeX, "MSCOMCTL"),
    0x1EFB_6596: (.activeX, "MSCOMCTL"), 0x6683_3FE6: (.activeX, "MSCOMCTL"),
    0x0006_F025: (.embeddedObject, "Outlook message"), 0x0002_1401: (.embeddedObject, "shortcut"),
    0xD7B3_3A5C: (.activeX, "script"), 0x0000_0535: (.externalRelationship, "ADODB"),
  ]

  static func known(_ classID: [UInt8]) -> (ArtefactFact.Kind, String)? {
    classID.little(0, 4).flatMap { list[$0] }
  }
}
