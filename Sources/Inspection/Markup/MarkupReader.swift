import Mail

/// Walks over HTML and fills a `MarkupText`.
struct MarkupReader {
  private(set) var markup = MarkupText()
  private let bytes: [UInt8]
  private var at = 0
  private var visible: [UInt8] = []
  private var hidden: [UInt8] = []
  /// The link that is open and where its text begins in `visible` and `hidden`.
  private var openLink: (index: Int, visible: Int, hidden: Int)?
  /// Elements that hide what is within: their names, and how many of that name are open in them.
  private var hiding: [(name: [UInt8], depth: Int)] = []

  /// Elements within one another that hide; more are as good as these.
  private static let hidingLimit = 32
  private static let attributeLimit = 100

  init(_ bytes: [UInt8]) { self.bytes = Array(bytes.prefix(MarkupText.sizeLimit)) }

  mutating func read() {
    while at < bytes.count {
      let end = bytes[at...].firstIndex(of: 0x3C) ?? bytes.count
      show(bytes[at..<end])
      at = end
      if at < bytes.count { tag() }
    }
    closeLink()
    markup.visible = String(decoding: visible, as: UTF8.self)
    markup.hidden = String(decoding: hidden, as: UTF8.self)
  }

  private mutating func show(_ text: ArraySlice<UInt8>) {
    guard !text.isEmpty else { return }
    let plain = CharacterReferences.undone(text)
    if hiding.isEmpty { visible += plain } else { hidden += plain }
  }

  // MARK: Tags

  /// At `<`.
  private mutating func tag() {
    guard at + 1 < bytes.count else { return literal() }
    switch bytes[at + 1] {
    case 0x21 where bytes[at...].starts(with: Array("<!--".utf8)):
      skip(to: "-->", from: at + 4)
    case 0x21, 0x3F: skip(to: ">", from: at + 2)
    case 0x2F: closing()
    case 0x41...0x5A, 0x61...0x7A: opening()
    default: literal()
    }
  }

  /// A `<` that begins nothing.
  private mutating func literal() {
    show(bytes[at..<(at + 1)])
    at += 1
  }

  private mutating func skip(to end: String, from start: Int) {
    let mark = Array(end.utf8)
    at =
      start <= bytes.count
      ? bytes.firstPlace(of: mark, from: start).map { $0 + mark.count } ?? bytes.count : bytes.count
  }

  private mutating func name() -> [UInt8] {
    let start = at
    while at < bytes.count, bytes[at] > 0x20, bytes[at] != 0x3E, bytes[at] != 0x2F { at += 1 }
    return bytes[start..<at].map(\.lowered)
  }

  private mutating func closing() {
    at += 2
    let name = name()
    at = (bytes[at...].firstIndex(of: 0x3E) ?? bytes.count - 1) + 1
    if name == Array("a".utf8) { closeLink() }
    if Self.blocks.contains(String(decoding: name, as: UTF8.self)) { breakLine() }
    guard let last = hiding.indices.last, hiding[last].name == name else { return }
    hiding[last].depth -= 1
    if hiding[last].depth == 0 { hiding.removeLast() }
  }

  private mutating func opening() {
    at += 1
    let octets = name()
    let attributes = attributes()
    let name = String(decoding: octets, as: UTF8.self)
    if Self.blocks.contains(name) { breakLine() }
    note(name, attributes)
    if Self.raw.contains(name) { return skipRaw(octets) }
    guard !Self.empty.contains(name) else { return }
    if let last = hiding.indices.last, hiding[last].name == octets {
      hiding[last].depth += 1
    } else if Self.hides(attributes), hiding.count < Self.hidingLimit {
      hiding.append((octets, 1))
    }
  }

  /// `name`, `name=value`, `name="value"`; the first of a name counts.
  private mutating func attributes() -> [String: String] {
    var found: [String: String] = [:]
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x3E {
        at += 1
        break
      }
      if byte <= 0x20 || byte == 0x2F || byte == 0x3D {
        at += 1
        continue
      }
      let start = at
      while at < bytes.count, bytes[at] > 0x20, ![0x3D, 0x3E, 0x2F].contains(bytes[at]) { at += 1 }
      let name = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
      let value = value()
      if found.count < Self.attributeLimit, found[name] == nil { found[name] = value }
    }
    return found
  }

  private mutating func value() -> String {
    var place = at
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    guard place < bytes.count, bytes[place] == 0x3D else { return "" }
    place += 1
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    guard place < bytes.count else {
      at = place
      return ""
    }
    let quote = bytes[place]
    let end: Int
    if quote == 0x22 || quote == 0x27 {
      place += 1
      end = bytes[place...].firstIndex(of: quote) ?? bytes.count
      at = min(end + 1, bytes.count)
    } else {
      end = bytes[place...].firstIndex { $0 <= 0x20 || $0 == 0x3E } ?? bytes.count
      at = end
    }
    return String(decoding: CharacterReferences.undone(bytes[place..<end]), as: UTF8.self)
  }

  /// Behind the end tag of an element whose content is no HTML.
  private mutating func skipRaw(_ name: [UInt8]) {
    while let mark = bytes.firstPlace(of: Array("</".utf8), from: at) {
      at = mark + 2
      let found = bytes[at...].prefix(name.count).map { $0 | 0x20 }
      guard found == name else { continue }
      at = (bytes[at...].firstIndex(of: 0x3E) ?? bytes.count - 1) + 1
      return
    }
    at = bytes.count
  }

  // MARK: What is noted

  private mutating func note(_ name: String, _ attributes: [String: String]) {
    switch name {
    case "a", "area":
      guard let address = attributes["href"] else { break }
      if name == "a" { closeLink() }
      guard markup.links.count < MarkupText.itemLimit else { break }
      if name == "a" { openLink = (markup.links.count, visible.count, hidden.count) }
      markup.links.append(MarkupText.Link(address: address, text: attributes["alt"] ?? ""))
    case "base": markup.base = markup.base ?? attributes["href"]
    case "form":
      guard markup.forms.count < MarkupText.itemLimit else { break }
      markup.forms.append(MarkupText.Form(action: attributes["action"] ?? ""))
    case "input", "textarea", "select": field(attributes)
    case "img": image(attributes)
    default: break
    }
  }

  private mutating func field(_ attributes: [String: String]) {
    if markup.forms.isEmpty { markup.forms.append(MarkupText.Form(action: "")) }
    let last = markup.forms.count - 1
    let words = ["type", "name"].compactMap { attributes[$0] }.filter { !$0.isEmpty }
    guard markup.forms[last].fields.count < MarkupText.itemLimit else { return }
    markup.forms[last].fields += words
  }

  private mutating func image(_ attributes: [String: String]) {
    markup.imageCount += 1
    guard let text = attributes["alt"], !text.isEmpty else { return }
    if markup.imageTexts.count < MarkupText.itemLimit { markup.imageTexts.append(text) }
  }

  /// Gives the open link what was shown since it began.
  private mutating func closeLink() {
    guard let (index, start, hiddenStart) = openLink else { return }
    let limit = 4 * MarkupText.linkTextLimit
    let text = visible[start...].prefix(limit) + hidden[hiddenStart...].prefix(limit)
    markup.links[index].text = String(
      String(decoding: text, as: UTF8.self).prefix(MarkupText.linkTextLimit))
    openLink = nil
  }

  private mutating func breakLine() {
    if hiding.isEmpty { visible.append(0x0A) } else { hidden.append(0x0A) }
  }

  /// Whether an element's own attributes keep it from being seen.
  private static func hides(_ attributes: [String: String]) -> Bool {
    if attributes["hidden"] != nil { return true }
    guard let style = attributes["style"] else { return false }
    let octets = style.utf8.prefix(2000).filter { $0 > 0x20 }.map(\.lowered)
    if hidingStyles.contains(where: { octets.firstPlace(of: $0) != nil }) { return true }
    return vanishing.contains { name in
      guard let place = octets.firstPlace(of: name) else { return false }
      let rest = octets[(place + name.count)...].drop { $0 == 0x30 || $0 == 0x2E }
      let isZero = place + name.count < octets.count && octets[place + name.count] == 0x30
      return isZero && !(rest.first.map { (0x31...0x39).contains($0) } ?? false)
    }
  }

  private static let hidingStyles = [
    "display:none", "visibility:hidden", "mso-hide:all", "font-size:1px", "text-indent:-9",
  ].map { Array($0.utf8) }
  private static let vanishing = ["font-size:", "opacity:", "max-height:", "line-height:"].map {
    Array($0.utf8)
  }

  private static let raw: Set<String> = ["script", "style", "title", "noembed", "xmp", "iframe"]
  private static let empty: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
  ]
  private static let blocks: Set<String> = [
    "p", "div", "br", "tr", "td", "th", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "blockquote", "pre", "center", "section", "article", "header", "footer", "form",
  ]
}
