/// What mark-up (HTML, SVG) would do in a browser: scripts, forms, redirections, addresses that carry
/// content. One walk over the octets, as forgiving as browsers; nothing is drawn and nothing run.
///
/// Whoever wants the words that people see reads `MarkupText`; this is about what acts.
struct ActiveMarkup {
  /// The text of all scripts, handlers and `javascript:` addresses, one after another.
  private(set) var script: [UInt8] = []
  private(set) var hasScript = false
  private(set) var hasHandler = false
  private(set) var hasScriptAddress = false
  private(set) var hasForm = false
  private(set) var hasPasswordField = false
  private(set) var hasForeignObject = false
  private(set) var hasFrame = false
  /// Where forms send what is typed.
  private(set) var formTargets: [String] = []
  /// Where `<meta http-equiv=refresh>` leads.
  private(set) var refreshTargets: [String] = []
  /// `data:` addresses that a person or the page itself opens, with what they carry.
  private(set) var dataAddresses: [[UInt8]] = []
  /// Of those, whether one is offered for download.
  private(set) var offersDownload = false
  /// An address that makes the shell do something: `search-ms:…`.
  private(set) var shellAddress = ""
  /// Scripts are fetched from elsewhere.
  private(set) var hasRemoteScript = false
  /// Whether it goes on where nobody looked.
  private(set) var isCut: Bool

  /// Octets of mark-up that are looked at, and of script that are kept: more than any honest mail has.
  static let sizeLimit = 8 << 20
  private static let itemLimit = 50
  private static let attributeLimit = 200

  init(_ octets: [UInt8]) { self.init(octets, depth: 0) }

  private init(_ octets: [UInt8], depth: Int) {
    isCut = octets.count > Self.sizeLimit
    self.depth = depth
    var reader = TagReader(isCut ? Array(octets.prefix(Self.sizeLimit)) : octets)
    while let tag = reader.next() {
      take(tag)
      guard tag.localName == Self.scriptName, !Self.isInert(tag) else { continue }
      hasScript = true
      if let text = reader.rawText(upTo: tag.name) { append(text) }
    }
    isCut = isCut || reader.isExhausted
  }

  /// Pages within pages.
  private let depth: Int
  private static let depthLimit = 3

  /// Takes in what a page within this one does.
  private mutating func join(_ other: ActiveMarkup) {
    append(other.script[...])
    hasScript = hasScript || other.hasScript
    hasHandler = hasHandler || other.hasHandler
    hasScriptAddress = hasScriptAddress || other.hasScriptAddress
    hasForm = hasForm || other.hasForm
    hasPasswordField = hasPasswordField || other.hasPasswordField
    hasForeignObject = hasForeignObject || other.hasForeignObject
    hasFrame = hasFrame || other.hasFrame
    hasRemoteScript = hasRemoteScript || other.hasRemoteScript
    offersDownload = offersDownload || other.offersDownload
    isCut = isCut || other.isCut
    if shellAddress.isEmpty { shellAddress = other.shellAddress }
    formTargets += other.formTargets.prefix(Self.itemLimit - formTargets.count)
    refreshTargets += other.refreshTargets.prefix(Self.itemLimit - refreshTargets.count)
    dataAddresses += other.dataAddresses.prefix(Self.itemLimit - dataAddresses.count)
  }

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
    for attribute in tag.attributes.prefix(Self.attributeLimit) { take(attribute, of: tag) }
    switch String(decoding: tag.localName, as: UTF8.self) {
    case "form":
      hasForm = true
      Self.note(tag["action"], &formTargets)
    case "input":
      if tag["type"].map(Self.word) == "password" { hasPasswordField = true }
      Self.note(tag["formaction"], &formTargets)
    case "meta" where tag["http-equiv"].map(Self.word) == "refresh":
      if let content = tag["content"], let target = Self.refreshTarget(content) {
        if refreshTargets.count < Self.itemLimit { refreshTargets.append(target) }
      }
    case "foreignobject": hasForeignObject = true
    case "iframe", "frame", "object", "embed": hasFrame = true
    default: break
    }
  }

  private mutating func take(_ attribute: TagReader.Attribute, of tag: TagReader.Tag) {
    let name = attribute.name
    if name.count > 3, name[0] == 0x6F, name[1] == 0x6E, !attribute.value.isEmpty {
      hasHandler = true
      return append(attribute.value[...])
    }
    if name.elementsEqual("srcdoc".utf8) { return takePage(attribute.value) }
    guard Self.addressNames.contains(name) else { return }
    let address = attribute.value.filter { $0 > 0x20 }
    let scheme = Self.word(Array(address.prefix(30)))
    if shellAddress.isEmpty, Self.shellSchemes.contains(where: scheme.hasPrefix) {
      shellAddress = String(decoding: address.prefix(200), as: UTF8.self)
    }
    if tag.localName == Self.scriptName { return takeScript(scheme, address) }
    if scheme.hasPrefix("javascript:") || scheme.hasPrefix("vbscript:") {
      hasScriptAddress = true
      append(address[...])
    } else if scheme.hasPrefix("data:"), !Self.isPicture(address) {
      if dataAddresses.count < Self.itemLimit { dataAddresses.append(address) }
      if tag["download"] != nil { offersDownload = true }
    }
  }

  /// Of `<script src=…>`.
  private mutating func takeScript(_ scheme: String, _ address: [UInt8]) {
    if scheme.hasPrefix("data:") {
      append(DataAddress(address).octets[...])
    } else if scheme.hasPrefix("http") || scheme.hasPrefix("//") {
      hasRemoteScript = true
    }
  }

  /// Of `<iframe srcdoc=…>`.
  private mutating func takePage(_ page: [UInt8]) {
    hasFrame = true
    guard depth < Self.depthLimit else {
      isCut = true
      return
    }
    join(ActiveMarkup(page, depth: depth + 1))
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
      "from",
    ].map { Array($0.utf8) })

  /// `data:image/…`, fonts and style sheets; SVG is a picture that may have scripts.
  private static func isPicture(_ address: [UInt8]) -> Bool {
    let type = word(Array(address.dropFirst(5).prefix(20)))
    return ["image/", "font/", "application/font", "application/x-font", "text/css"].contains {
      type.hasPrefix($0)
    } && !type.hasPrefix("image/svg")
  }

  private static func note(_ value: [UInt8]?, _ list: inout [String]) {
    guard let value, list.count < Self.itemLimit else { return }
    list.append(String(decoding: value.prefix(2000), as: UTF8.self))
  }

  /// `5; url=https://…`
  private static func refreshTarget(_ content: [UInt8]) -> String? {
    let text = content.filter { $0 != 0x27 && $0 != 0x22 }
    guard let mark = text.firstIndex(of: 0x3D) else { return nil }
    return String(decoding: text[(mark + 1)...].prefix(2000), as: UTF8.self)
  }

  private static func word(_ octets: [UInt8]) -> String {
    String(decoding: octets.filter { $0 > 0x20 }, as: UTF8.self).lowercased()
  }
}
