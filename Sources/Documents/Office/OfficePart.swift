import Mail

/// The parts of Office Open XML and OpenDocument packages that say what the whole is and does.
enum OfficePart {
  static func note(_ name: [UInt8], _ octets: [UInt8], _ opening: inout Opening) {
    let path = String(
      decoding: name.prefix(300).map { $0 == 0x5C ? 0x2F : $0.lowered }, as: UTF8.self)
    notePath(path, &opening)
    if path.hasSuffix(".xml") || path.hasSuffix(".rels") { EntityText.note(octets, &opening) }
    if path == "[content_types].xml" { return contentTypes(octets, &opening) }
    if path.hasSuffix(".rels") { return relationships(octets, &opening) }
    if path == "mimetype", octets.has("application/vnd.oasis.opendocument", at: 0) {
      return opening.refine(.openDocument)
    }
    if path == "meta-inf/manifest.xml" { return manifest(octets, &opening) }
    if path.hasPrefix("xl/workbook") { return workbook(octets, &opening) }
    if path.contains("externallinks/") { return externalLink(octets, &opening) }
    if path.hasSuffix(".xml"), path.hasPrefix("word/") || path.hasPrefix("xl/") {
      FieldText.note(octets, &opening)
      if path.hasPrefix("xl/worksheets/") { formulas(octets, &opening) }
    }
  }

  private static func notePath(_ path: String, _ opening: inout Opening) {
    if path.hasSuffix("vbaproject.bin") || path.hasPrefix("basic/") && path.hasSuffix(".xml") {
      opening.note(.macros, path)
    }
    if path.contains("xl/macrosheets/") { opening.note(.excel4Macros, path) }
    if path.contains("/embeddings/") { opening.note(.embeddedObject, path) }
    if path.contains("/activex/") { opening.note(.activeX, path) }
    if path.hasPrefix("customui/") { opening.note(.customInterface, path) }
  }

  /// The main part's type says which program it is for, and whether macros are let in.
  private static let types: [(String, ArtefactKind)] = [
    ("application/vnd.ms-word.", .macroWord), ("wordprocessingml.document.main", .word),
    ("wordprocessingml.template.main", .word), ("sheet.binary.macroenabled", .binarySheet),
    ("ms-excel.sheet.macroenabled", .macroSheet), ("ms-excel.template.macroenabled", .macroSheet),
    ("ms-excel.addin.macroenabled", .macroSheet), ("spreadsheetml.sheet.main", .sheet),
    ("spreadsheetml.template.main", .sheet), ("macroenabled.main", .macroSlides),
    ("presentationml.presentation.main", .slides), ("presentationml.slideshow.main", .slides),
    ("presentationml.template.main", .slides), ("application/vnd.ms-visio", .drawing),
  ]

  private static func contentTypes(_ octets: [UInt8], _ opening: inout Opening) {
    let words = MarkupScanner(octets).octets.map(\.lowered)
    func has(_ text: String) -> Bool { words.place(of: text, in: 0..<words.count) != nil }
    let isMacroWord = has("ms-word.document.macroenabled") || has("ms-word.template.macroenabled")
    let kind = types.first { $0.1 == .macroWord ? isMacroWord : has($0.0) }?.1
    if let kind { opening.refine(kind) }
    if has("ms-office.vbaproject") { opening.note(.macros) }
    if has("ms-excel.macrosheet") || has("ms-excel.intlmacrosheet") { opening.note(.excel4Macros) }
    if has("ms-office.activex") { opening.note(.activeX) }
  }

  /// Targets outside the package: fetched when the document is opened, but for links that are clicked.
  private static func relationships(_ octets: [UInt8], _ opening: inout Opening) {
    var scanner = MarkupScanner(octets)
    while let element = scanner.next() {
      guard element.name == "relationship", let target = element["target"] else { continue }
      let type = (element["type"] ?? "").split(separator: "/").last.map { String($0) } ?? ""
      if type.lowercased() == "vbaproject" { opening.note(.macros) }
      if type.lowercased() == "afchunk" { opening.note(.embeddedObject, target) }
      guard element["targetmode"]?.lowercased() == "external" else { continue }
      let isPlainLink = type == "hyperlink" && isWebOrMail(target)
      if isPlainLink {
        noteLink(Array(target.utf8)[...], &opening)
        continue
      }
      let isTemplate = type.lowercased() == "attachedtemplate"
      opening.note(isTemplate ? .remoteTemplate : .externalRelationship, "\(type) \(target)")
    }
  }

  /// Of what is clicked only that is told which runs then.
  static func noteLink(_ address: ArraySlice<UInt8>, _ opening: inout Opening) {
    guard LinkedFile(address: address) == .program else { return }
    opening.note(.programLink, String(decoding: address, as: UTF8.self))
  }

  /// `HYPERLINK("https://…","…")` of cells.
  private static func formulas(_ octets: [UInt8], _ opening: inout Opening) {
    let places = octets.places(of: linkWord, in: 0..<octets.count, limit: linkLimit)
    if places.count == linkLimit { opening.note(.limitCount) }
    for place in places {
      var rest = octets[(place + linkWord.count)...].prefix(linkSize)
      if rest.starts(with: quoteWord) { rest = rest.dropFirst(quoteWord.count) }
      if rest.first == 0x22 { rest = rest.dropFirst() }
      noteLink(rest.prefix { $0 != 0x22 && $0 != 0x26 && $0 != 0x3C }, &opening)
    }
  }

  private static let (linkWord, quoteWord) = (Array("HYPERLINK(".utf8), Array("&quot;".utf8))
  /// Formulas of one sheet, and octets of an address.
  private static let (linkLimit, linkSize) = (100_000, 2048)

  private static func isWebOrMail(_ target: String) -> Bool {
    let low = target.lowercased()
    return ["http://", "https://", "mailto:", "#"].contains { low.hasPrefix($0) }
      && !low.hasSuffix("!")
  }

  private static func manifest(_ octets: [UInt8], _ opening: inout Opening) {
    if octets.place(of: "encryption-data", in: 0..<octets.count) != nil { opening.note(.encrypted) }
  }

  private static func workbook(_ octets: [UInt8], _ opening: inout Opening) {
    var scanner = MarkupScanner(octets)
    while let element = scanner.next() {
      if element.name == "sheet", let state = element["state"]?.lowercased(),
        state.contains("hidden")
      {
        opening.note(.hiddenSheet, element["name"] ?? "")
      }
      if element.name == "definedname", let name = element["name"]?.lowercased() {
        let bare = name.hasPrefix("_xlnm.") ? String(name.dropFirst(6)) : name
        if bare.hasPrefix("auto_") { opening.note(.autoExec, bare) }
      }
    }
  }

  private static func externalLink(_ octets: [UInt8], _ opening: inout Opening) {
    var scanner = MarkupScanner(octets)
    while let element = scanner.next() {
      guard element.name == "ddelink" else { continue }
      let words = [element["ddeservice"], element["ddetopic"]].compactMap { $0 }
      opening.note(.dynamicDataExchange, words.joined(separator: " "))
    }
    // BIFF12 (MS-XLSB §2.4.53): BrtBeginSupBook is record 0x168; type 1 is a link to another program.
    for place in octets.places(of: [0xE8, 0x02], in: 0..<min(octets.count, 64), limit: 4)
    where octets.little(place + 3, 2) == 1 {
      opening.note(.dynamicDataExchange)
    }
  }
}

/// Instructions of Word's fields, joined again: they may be split among many elements.
enum FieldText {
  private static let limit = 1 << 16
  /// Fields of one kind that are looked at.
  private static let fieldLimit = 200

  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    let all = 0..<octets.count
    guard octets.place(of: "instr", in: all) != nil || octets.place(of: "ddeLink", in: all) != nil
    else { return }
    var (scanner, text): (MarkupScanner, [UInt8]) = (MarkupScanner(octets), [])
    while let element = scanner.next(), text.count < limit {
      if element.name == "instrtext" { text += scanner.text.map(\.lowered) }
      if element.name == "fldsimple", let words = element["w:instr"] {
        text += Array(words.lowercased().utf8)
      }
      if element.name == "ddelink" { opening.note(.dynamicDataExchange) }
    }
    for word in ["includepicture", "includetext"] {
      for place in text.places(of: Array(word.utf8), in: 0..<text.count, limit: Self.fieldLimit) {
        let words = MarkupScanner.unescaped(text[place...].prefix(200))
        opening.note(.externalRelationship, words)
      }
    }
    for place in text.places(of: Array("dde".utf8), in: 0..<text.count, limit: Self.fieldLimit) {
      let isStart = place == 0 || !text[place - 1].isWord
      let word = text[place...].prefix { $0.isWord }
      guard isStart, word.count == 3 || word.elementsEqual("ddeauto".utf8) else { continue }
      opening.note(.dynamicDataExchange, MarkupScanner.unescaped(text[place...].prefix(100)))
    }
  }
}
