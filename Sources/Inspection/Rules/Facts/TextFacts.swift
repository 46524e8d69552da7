import Documents
import Mail

/// Collects what the texts of a message say: what is seen, where links lead, which scripts it has.
struct TextFacts {
  private let context: FactContext
  private var visible: [String] = []
  private var hidden: [String] = []
  private var sources: [String] = []
  private var charsets: [String] = []
  private var links: [Link] = []
  private var forms: [MarkupText.Form] = []
  private var imageTexts: [String] = []
  private var imageCount = 0
  /// Octets of text that may still be taken.
  private var room = FactBook.lengthLimit

  /// Where a link leads, and what it shows.
  private struct Link {
    let address: WebAddress
    let text: String
  }

  init(_ context: FactContext) { self.context = context }

  mutating func add(_ decoded: DecodedText, isMarkup: Bool) {
    charsets.append(decoded.charset)
    guard room > 0 else { return }
    room -= decoded.text.utf8.count
    if isMarkup { addPage(decoded.text) } else { addPlain(decoded.text) }
  }

  /// An invitation: mail programs show what it says, and calendars keep it.
  mutating func add(calendar decoded: DecodedText) {
    charsets.append(decoded.charset)
    guard room > 0 else { return }
    let calendar = CalendarText(Array(decoded.text.utf8))
    room -= calendar.text.utf8.count
    if !calendar.text.isEmpty { addPlain(calendar.text) }
    for page in calendar.pages where room > 0 {
      room -= page.utf8.count
      addPage(page)
    }
  }

  private mutating func addPlain(_ text: String) {
    visible.append(text)
    addLinks(of: text)
  }

  private mutating func addPage(_ text: String) {
    sources.append(text)
    let markup = MarkupText(text)
    visible.append(markup.visible)
    hidden.append(markup.hidden)
    forms += markup.forms
    imageTexts += markup.imageTexts
    imageCount += markup.imageCount
    let base = markup.base.flatMap { WebAddress($0) }
    for link in markup.links {
      guard let address = WebAddress(link.address, base: base) else { continue }
      links.append(Link(address: address, text: link.text))
    }
    addLinks(of: markup.visible)
  }

  private mutating func addLinks(of text: String) {
    for link in LinkFinder.links(in: text) {
      // Four numbers alone are a version more often than an address, and no mail program leads there.
      guard let address = link.address, IPAddress(link.text) == nil else { continue }
      links.append(Link(address: address, text: ""))
    }
  }

  func fill(_ book: inout FactBook) {
    book.set("body.text", visible + imageTexts)
    book.set("body.hidden", hidden.filter { $0.utf8.contains { $0 > 0x20 } })
    book.set("body.html", sources)
    book.set("charset", charsets)
    let letters = ScriptCount(visible)
    book.set("body.length", Double(letters.total))
    book.set("body.hidden.length", Double(ScriptCount(hidden).total))
    book.set("body.scripts", letters.scripts)
    book.set("body.language", [letters.language].compactMap { $0 })
    book.set("image.count", Double(imageCount))
    fillLinks(&book)
    book.set("form.field", forms.flatMap(\.fields))
    book.set("form.host", forms.compactMap { WebAddress($0.action)?.host.map { "\($0)" } })
  }

  private func fillLinks(_ book: inout FactBook) {
    let leading = links.filter { $0.address.scheme != "mailto" }
    book.set("link.count", Double(leading.count))
    book.set("link.url", leading.map { "\($0.address)" })
    book.set("link.program", leading.filter(leadsToProgram).map { "\($0.address)" })
    book.set("link.scheme", links.map(\.address.scheme))
    book.set("link.host", leading.compactMap { $0.address.host.map { "\($0)" } })
    book.set("link.organization", leading.compactMap(organization))
    book.set("link.text", leading.map(\.text))
    book.set("link.disguise", leading.flatMap { $0.address.oddities.map(\.rawValue) }.sorted())
    book.set(
      "link.mismatch", leading.filter(showsAnother).compactMap { $0.address.host?.description })
  }

  private func leadsToProgram(_ link: Link) -> Bool {
    let isFetched = ["http", "https", "ftp", "file"].contains(link.address.scheme)
    return isFetched && LinkedFile(path: Array(link.address.path.utf8)[...]) == .program
  }

  private func organization(_ link: Link) -> String? {
    link.address.domain.map(context.organization)
  }

  /// Whether the text of a link is itself a link, to somebody else.
  private func showsAnother(_ link: Link) -> Bool {
    guard ["http", "https"].contains(link.address.scheme) else { return false }
    let text = String(link.text.prefix(300))
    let shown = LinkFinder.links(in: text).first { $0.address?.scheme != "mailto" }
    guard let domain = shown?.address?.domain else { return false }
    return organization(link) != context.organization(domain)
  }
}

/// How many letters of which script a text has; digits and marks count for none.
struct ScriptCount {
  private(set) var counts: [String: Int] = [:]
  private(set) var total = 0

  /// Letters that are looked at: enough to know.
  private static let limit = 20_000

  init(_ texts: [String]) {
    var (latin, left) = (0, Self.limit)
    for text in texts {
      for scalar in text.unicodeScalars {
        guard left > 0 else { break }
        let value = scalar.value
        if value < 0x80 {
          if (0x61...0x7A).contains(value | 0x20) {
            latin += 1
            left -= 1
          }
        } else if let script = Self.script(value) {
          counts[script, default: 0] += 1
          left -= 1
        }
      }
    }
    if latin > 0 { counts["latin", default: 0] += latin }
    total = counts.values.reduce(0, +)
  }

  private static func script(_ value: UInt32) -> String? {
    switch value {
    case 0xC0...0x24F, 0x1E00...0x1EFF, 0xFF21...0xFF3A, 0xFF41...0xFF5A: "latin"
    case 0x370...0x3FF, 0x1F00...0x1FFF: "greek"
    case 0x400...0x52F: "cyrillic"
    case 0x530...0x58F: "armenian"
    case 0x590...0x5FF: "hebrew"
    case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: "arabic"
    case 0x900...0x97F: "devanagari"
    case 0xE00...0xE7F: "thai"
    case 0x3041...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: "kana"
    case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: "hangul"
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: "han"
    default: nil
    }
  }

  /// Those with at least one letter in twenty.
  var scripts: [String] {
    counts.filter { $0.value * 20 >= total }.map(\.key).sorted()
  }

  /// Kana make Japanese, Hangul Korean; Han alone is Chinese.
  var language: String? {
    guard total > 0 else { return nil }
    if (counts["kana"] ?? 0) * 50 >= total { return "ja" }
    if (counts["hangul"] ?? 0) * 50 >= total { return "ko" }
    let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return most == "han" ? "zh" : most
  }
}
