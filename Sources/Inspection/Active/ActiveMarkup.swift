/// What mark-up (HTML, SVG) would do in a browser: scripts, forms, redirections, addresses that carry
/// content. One walk over the octets, as forgiving as browsers; nothing is drawn and nothing run.
///
/// Whoever wants the words that people see reads `MarkupText`; this is about what acts.
struct ActiveMarkup {
  /// The text of all scripts, handlers and `javascript:` addresses, one after another.
  private(set) var script: [UInt8] = []
  private(set) var traits = PageTraits()

  /// Octets of mark-up that are looked at, and of script that are kept: more than any honest mail has.
  static let sizeLimit = 8 << 20
  private static let attributeLimit = 200

  init(_ octets: [UInt8]) { self.init(octets, depth: 0) }

  private init(_ octets: [UInt8], depth: Int) {
    self.depth = depth
    let isCut = octets.count > Self.sizeLimit
    var reader = TagReader(isCut ? Array(octets.prefix(Self.sizeLimit)) : octets)
    while let tag = reader.next() {
      take(tag)
      guard tag.localName == Self.scriptName, !Self.isInert(tag) else { continue }
      traits.note(.script)
      if let text = reader.rawText(upTo: tag.name) { append(text) }
    }
    if isCut || reader.isExhausted { traits.note(.cut) }
  }

  /// Pages within pages.
  private let depth: Int
  private static let depthLimit = 3

  private static let scriptName = Array("script".utf8)[...]

  /// `application/ld+json` and its like are data that no one runs.
  private static func isInert(_ tag: TagReader.Tag) -> Bool {
    guard let type = tag["type"] else { return false }
    let word = String(decoding: type, as: UTF8.self).lowercased()
    return word.contains("json") || word.contains("template") || word.contains("x-mathjax")
  }

  private mutating func append(_ text: ArraySlice<UInt8>) {
    script += text.prefix(max(0, Self.sizeLimit - script.count))
    script.append(0x0A)
  }

  private mutating func take(_ tag: TagReader.Tag) {
    traits.noteElement()
    for attribute in tag.attributes.prefix(Self.attributeLimit) { take(attribute, of: tag) }
    switch String(decoding: tag.localName, as: UTF8.self) {
    case "a": if let link = tag["href"] ?? tag["xlink:href"] { traits.note(link: link) }
    case "form":
      traits.note(.form)
      if let target = tag["action"] { traits.note(formTarget: target) }
    case "input":
      if Self.asksForPassword(tag) { traits.note(.passwordField) }
      if let target = tag["formaction"] { traits.note(formTarget: target) }
    case "meta" where tag["http-equiv"].map(Self.word) == "refresh":
      if let target = tag["content"].flatMap(Self.refreshTarget) {
        traits.note(refreshTarget: target)
      }
    case "foreignobject": traits.note(.foreignObject)
    case "iframe", "frame", "object", "embed":
      traits.note(.frame)
      if let target = tag["src"] ?? tag["data"] {
        traits.note(frameTarget: target, coversAll: Self.coversAll(tag))
      }
    default: break
    }
  }

  /// A frame taken out of the page and made as large as the window.
  private static func coversAll(_ tag: TagReader.Tag) -> Bool {
    guard let style = tag["style"].map(word) else { return false }
    let isOut = style.contains("position:fixed") || style.contains("position:absolute")
    return isOut && ["height:100%", "height:100vh", "inset:0"].contains(where: style.contains)
  }

  /// By its type, or by what a browser and its user take it for: scripts change types, styles hide letters.
  private static func asksForPassword(_ tag: TagReader.Tag) -> Bool {
    let type = tag["type"].map(word) ?? "text"
    if type == "password" { return true }
    guard ["text", "email", "tel", "number", "search"].contains(type) else { return false }
    let words = ["name", "id", "placeholder", "autocomplete", "aria-label", "style"]
    return words.contains { name in
      let value = tag[name].map(word) ?? ""
      return passwordWords.contains(where: value.contains)
    }
  }

  private static let passwordWords = [
    "password", "passwd", "pwd", "パスワード", "暗証番号", "text-security",
  ]

  private mutating func take(_ attribute: TagReader.Attribute, of tag: TagReader.Tag) {
    let name = attribute.name
    if name.count > 3, name[0] == 0x6F, name[1] == 0x6E, !attribute.value.isEmpty {
      traits.note(.handler)
      return append(attribute.value[...])
    }
    if name.elementsEqual("srcdoc".utf8) { return takePage(attribute.value) }
    guard Self.addressNames.contains(name) else { return }
    let address = attribute.value.filter { $0 > 0x20 }
    let scheme = Self.word(Array(address.prefix(30)))
    if Self.shellSchemes.contains(where: scheme.hasPrefix) { traits.note(shellAddress: address) }
    if scheme.hasPrefix("file:") || scheme.hasPrefix("\\\\"),
      ShareAddress(address)?.isForeign == true
    {
      traits.note(shareAddress: address)
    }
    if tag.localName == Self.scriptName { return takeScript(scheme, address) }
    if scheme.hasPrefix("javascript:") || scheme.hasPrefix("vbscript:") {
      traits.note(.scriptAddress)
      append(address[...])
    } else if scheme.hasPrefix("data:"), !Self.isPicture(address) {
      traits.note(dataAddress: address)
      if tag["download"] != nil { traits.note(.offersDownload) }
    }
  }

  /// Of `<script src=…>`.
  private mutating func takeScript(_ scheme: String, _ address: [UInt8]) {
    if scheme.hasPrefix("data:") {
      append(DataAddress(address).octets[...])
    } else if scheme.hasPrefix("http") || scheme.hasPrefix("//") {
      traits.note(.remoteScript)
    }
  }

  /// Of `<iframe srcdoc=…>`.
  private mutating func takePage(_ page: [UInt8]) {
    traits.note(.frame)
    guard depth < Self.depthLimit else { return traits.note(.cut) }
    let inner = ActiveMarkup(page, depth: depth + 1)
    append(inner.script[...])
    traits.formUnion(inner.traits)
  }

  /// What Windows gives to programs that act on it; no page needs them.
  private static let shellSchemes = [
    "search-ms:", "search:", "ms-msdt:", "ms-appinstaller:", "ms-officecmd:", "shell:",
    "mk:@msitstore",
    "ms-its:",
  ]

  /// Attributes whose address is opened, not only shown: `src` of a picture is sorted out by its type.
  private static let addressNames: Set<[UInt8]> = Set(
    [
      "href", "src", "action", "data", "xlink:href", "formaction", "content", "values", "to",
      "from", "background", "poster",
    ].map { Array($0.utf8) })

  /// `data:image/…`, fonts and style sheets; SVG is a picture that may have scripts.
  private static func isPicture(_ address: [UInt8]) -> Bool {
    let type = word(Array(address.dropFirst(5).prefix(20)))
    return ["image/", "font/", "application/font", "application/x-font", "text/css"].contains {
      type.hasPrefix($0)
    } && !type.hasPrefix("image/svg")
  }

  /// `5; url=https://…`
  private static func refreshTarget(_ content: [UInt8]) -> ArraySlice<UInt8>? {
    let text = content.filter { $0 != 0x27 && $0 != 0x22 }
    return text.firstIndex(of: 0x3D).map { text[($0 + 1)...] }
  }

  private static func word(_ octets: [UInt8]) -> String {
    String(decoding: octets.filter { $0 > 0x20 }, as: UTF8.self).lowercased()
  }
}
