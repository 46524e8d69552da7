import Mail

/// What a calendar says to people (RFC 5545 §3.8.1): summaries, descriptions, places and addresses of events,
/// unfolded and with their escapes undone; and descriptions in HTML, as Outlook and others write them.
///
///     DESCRIPTION:Please pay at https\n //evil.example\, today
///     X-ALT-DESC;FMTTYPE=text/html:<html><body>…
///     DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E3=81=82=
///     =E3=81=84
///
/// (The last is vCalendar 1.0, whose lines go on behind a `=` and not before a blank.)
package struct CalendarText {
  /// One text a line.
  package private(set) var text = ""
  package private(set) var pages: [String] = []
  /// It has more lines than are looked at.
  package private(set) var isCut = false

  /// Octets that are looked at and that are kept, and descriptions in HTML.
  private static let (sizeLimit, textLimit, pageLimit) = (8 << 20, 256 << 10, 100)
  /// Lines that may be of use: a calendar of ten years has a tenth of it.
  private static let lineLimit = 300_000
  /// Octets of a property's name and parameters.
  private static let headLimit = 1 << 12
  private var room = Self.textLimit
  /// Events that come again say the same.
  private var seen: Set<OctetsMark> = []

  /// Whether octets are a calendar, of either version.
  package static func isCalendar(_ octets: [UInt8]) -> Bool {
    let start = octets.prefix(64).drop { $0.isSpace || $0 > 0x7F }
    return start.prefix(beginning.count).map(\.lowered) == beginning
  }

  private static let beginning = Array("begin:vcalendar".utf8)

  package init(_ octets: [UInt8]) {
    var lines = CalendarLines(octets, limit: Self.sizeLimit)
    var count = 0
    while room > 0, let line = lines.next() {
      guard let first = line.first, Self.initials.contains(first.lowered) else { continue }
      count += 1
      guard count <= Self.lineLimit else {
        isCut = true
        return
      }
      guard let colon = CalendarLines.valueMark(in: line) else { continue }
      let head = CalendarLines.unfolded(line[..<colon].prefix(Self.headLimit)).map(\.lowered)
      let name = head.prefix { $0 != 0x3B }
      guard let use = Self.use(name) else { continue }
      var value = Array(line[(colon + 1)...])
      if Self.has(head, "quoted-printable") {
        while Self.goesOn(value), value.count < Self.textLimit, let next = lines.next() {
          value += next
        }
        value = Self.decoded(value, head)
      } else {
        value = Self.unescaped(CalendarLines.unfolded(value[...]))
      }
      take(value.prefix(room), as: use, head)
    }
  }

  // MARK: Properties

  /// What is done with a value.
  private enum Use {
    /// People read it.
    case words
    /// Only an address counts.
    case address
  }

  private static let words: Set<String> = [
    "summary", "description", "location", "url", "comment", "contact", "x-alt-desc",
    "styled-description",
  ]
  private static let addresses: Set<String> = ["attach", "conference", "source", "image"]

  /// What the names of those begin with.
  private static let initials = Array("acdilsux".utf8)

  private static func use(_ name: ArraySlice<UInt8>) -> Use? {
    guard name.count <= 40 else { return nil }
    let name = String(decoding: name, as: UTF8.self)
    if words.contains(name) { return .words }
    return addresses.contains(name) || name.hasPrefix("x-") ? .address : nil
  }

  private mutating func take(_ value: ArraySlice<UInt8>, as use: Use, _ head: [UInt8]) {
    let start = value.drop(while: \.isSpace)
    guard let last = start.lastIndex(where: { !$0.isSpace }) else { return }
    let plain = Array(start[...last])
    guard seen.insert(OctetsMark(plain)).inserted else { return }
    let isAddress = ["http:", "https:"].contains {
      plain.prefix($0.utf8.count).map(\.lowered).elementsEqual($0.utf8)
    }
    guard use == .words || isAddress else { return }
    room -= plain.count
    let value = String(decoding: plain, as: UTF8.self)
    if Self.has(head, "text/html") || Self.isPage(plain) {
      if pages.count < Self.pageLimit { pages.append(value) }
    } else {
      text += value + "\n"
    }
  }

  /// A description that is HTML without saying so, as Google's are.
  private static func isPage(_ value: [UInt8]) -> Bool {
    value.places(of: [0x3C], in: 0..<value.count, limit: 1000).contains {
      $0 + 1 < value.count && (value[$0 + 1].isLetter || value[$0 + 1] == 0x21)
    }
  }

  private static func has(_ head: [UInt8], _ word: String) -> Bool {
    head.contains(0x3B) && head.place(of: word, in: 0..<head.count) != nil
  }

  // MARK: Values

  /// §3.3.11.
  private static func unescaped(_ value: [UInt8]) -> [UInt8] {
    guard value.contains(0x5C) else { return value }
    var (plain, isEscaped): ([UInt8], Bool) = ([], false)
    for byte in value {
      if !isEscaped, byte == 0x5C {
        isEscaped = true
        continue
      }
      plain.append(isEscaped && byte.lowered == 0x6E ? 0x0A : byte)
      isEscaped = false
    }
    return plain
  }

  /// Whether the last line ends with a `=`, behind which it goes on in the next.
  private static func goesOn(_ value: [UInt8]) -> Bool {
    var end = value.suffix(3)
    for mark in [UInt8(0x0A), 0x0D] where end.last == mark { end.removeLast() }
    return end.last == 0x3D
  }

  private static func decoded(_ value: [UInt8], _ head: [UInt8]) -> [UInt8] {
    let octets = BodyDecoder.decode(value[...], .quotedPrintable).octets
    let label = head.place(of: "charset=", in: 0..<head.count).map { place in
      String(decoding: head[(place + 8)...].prefix { $0 != 0x3B }, as: UTF8.self)
    }
    let decoded = label.flatMap { Charset(label: $0) }?.decode(octets) ?? TextGuess.decode(octets)
    return Array(decoded.text.utf8)
  }
}
