/// Finds what mail programs turn into links in plain text: URLs of known schemes, names that begin with
/// `www.` or end in a known top-level domain, mail addresses and addresses of IPv4.
///
/// There is no standard; where programs differ the longer reading counts, since a link that some see
/// is a link. Text is looked at once from left to right, each start at most `lengthLimit` octets far.
package struct LinkFinder {
  /// One link: where in the text, and the address as written; `address` says where it leads.
  package struct Link: Hashable, Sendable {
    package let range: Range<Int>
    package let text: String
    package let address: WebAddress?
  }

  /// Links of one text, and octets of one link.
  package static let limit = 5000
  package static let lengthLimit = 4096

  private let bytes: [UInt8]
  private var links: [Link] = []
  private var at = 0
  /// Octets that schemes may still look at: text of nothing but `http://-` looks at each many times.
  private var budget: Int
  /// Where the run of atoms ends that was looked at last: what begins within it ends there, too.
  private var atomsEnd = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    budget = 4 * bytes.count + 4 * Self.lengthLimit
  }

  package static func links(in text: String) -> [Link] { links(in: Array(text.utf8)) }

  package static func links(in bytes: [UInt8]) -> [Link] {
    var finder = LinkFinder(bytes)
    finder.find()
    return finder.links
  }

  private mutating func find() {
    while at < bytes.count, links.count < Self.limit {
      guard isStart(at), let link = link() else {
        at += 1
        continue
      }
      links.append(link)
      at = link.range.upperBound
    }
  }

  /// A link begins where no word goes on: Japanese runs on without spaces, so only ASCII counts.
  private func isStart(_ place: Int) -> Bool {
    let byte = bytes[place]
    guard Self.isAtom(byte) || (byte >= 0xC2 && !isWide(at: place)) else { return false }
    guard place > 0 else { return true }
    let before = bytes[place - 1]
    // Within a run of letters beyond ASCII only ASCII may begin a link.
    if before >= 0x80 { return byte < 0x80 || isWide(before: place) }
    return !Self.isLetterOrDigit(before) && before != 0x5F
  }

  /// A name without a scheme begins behind no mark that would make it part of something else; two
  /// slashes in front are none of it.
  private var mayBeBare: Bool {
    guard at > 0 else { return true }
    switch bytes[at - 1] {
    case 0x2D, 0x2E, 0x40, 0x2B: return false
    case 0x2F: return at > 1 && bytes[at - 2] == 0x2F && (at == 2 || bytes[at - 3] <= 0x20)
    default: return true
    }
  }

  private mutating func link() -> Link? {
    if let scheme = Self.schemes.first(where: { bytes.holds($0, at: at, before: bytes.count) }) {
      return schemed(scheme.utf8CodeUnitCount)
    }
    return mayBeBare ? address() ?? bare() : nil
  }

  private static let schemes: [StaticString] = ["http://", "https://", "ftp://", "mailto:"]

  /// `scheme://anything`, as far as `end(from:)` sees it.
  private mutating func schemed(_ length: Int) -> Link? {
    let start = at + length
    if bytes[start - 1] != 0x2F { return mail(from: start, linkStart: at, prefix: "") }
    guard budget > 0 else { return nil }
    let end = end(from: start)
    budget -= end - start
    guard end > start, let address = WebAddress(Array(bytes[at..<end])) else { return nil }
    guard case .name(let name)? = address.host else { return made(at..<end, address) }
    let isName = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("_")
    }
    return isName ? made(at..<end, address) : nil
  }

  private func made(_ range: Range<Int>, _ address: WebAddress?) -> Link {
    Link(
      range: range, text: String(decoding: bytes[range], as: UTF8.self), address: address)
  }

  // MARK: Without a scheme

  /// `local@domain.tld`, told from its local part on.
  private mutating func address() -> Link? { mail(from: at, linkStart: at, prefix: "mailto:") }

  private mutating func mail(from start: Int, linkStart: Int, prefix: String) -> Link? {
    if atomsEnd <= start { atomsEnd = endOfAtoms(from: start) }
    let mark = atomsEnd
    guard mark > start, mark - start <= MailboxParser.localPartLimit, mark < bytes.count,
      bytes[mark] == 0x40, bytes[start] != 0x2E
    else { return nil }
    let known = name(from: mark + 1) ?? (prefix.isEmpty ? plainName(from: mark + 1) : nil)
    guard let end = known, !endsInNumber(mark + 1, end) else { return nil }
    let text = prefix + String(decoding: bytes[linkStart..<end], as: UTF8.self)
    return made(linkStart..<end, WebAddress(text))
  }

  private func endOfAtoms(from start: Int) -> Int {
    var end = start
    while end < bytes.count,
      Self.isAtom(bytes[end]) || bytes[end] == 0x2E || (bytes[end] >= 0x80 && !isWide(at: end))
    { end += 1 }
    return end
  }

  /// Behind a name of any ending, for those whose scheme says that they are one.
  private func plainName(from start: Int) -> Int? {
    let end = bytes[start...].prefix(Domain.lengthLimit).firstIndex {
      !Self.isLetterOrDigit($0) && $0 != 0x2D && $0 != 0x2E
    }
    let last = end ?? min(bytes.count, start + Domain.lengthLimit)
    return Domain(String(decoding: bytes[start..<last], as: UTF8.self)) == nil ? nil : last
  }

  /// `www.name…`, `name.tld…` or `192.0.2.1…`, with port and path.
  private func bare() -> Link? {
    guard let nameEnd = name(from: at) else { return nil }
    var end = nameEnd
    if end < bytes.count, bytes[end] == 0x3A {
      var port = end + 1
      while port < bytes.count, (0x30...0x39).contains(bytes[port]) { port += 1 }
      let digits = bytes[(end + 1)..<port]
      guard digits.count <= 5, digits.reduce(0, { $0 * 10 + Int($1 - 0x30) }) < 65536 else {
        return nil
      }
      if !digits.isEmpty { end = port }
    }
    if end < bytes.count, [0x2F, 0x3F, 0x23].contains(bytes[end]) { end = self.end(from: end) }
    let text = "http://" + String(decoding: bytes[at..<end], as: UTF8.self)
    return WebAddress(text).map { made(at..<end, $0) }
  }

  /// Behind the last octet of a name with a known top-level domain, or of an IPv4 address, at `start`.
  private func name(from start: Int) -> Int? {
    let limit = min(bytes.count, start + 4 * Domain.lengthLimit)
    var (place, labelStart) = (start, start)
    var dots: [Int] = []
    while place < limit {
      let byte = bytes[place]
      if byte == 0x2E {
        guard place > labelStart, bytes[labelStart] != 0x2D, bytes[place - 1] != 0x2D else { break }
        dots.append(place)
        labelStart = place + 1
      } else if !Self.isLetterOrDigit(byte), byte != 0x2D, !(byte >= 0x80 && !isWide(at: place)) {
        break
      }
      place += 1
    }
    if place == labelStart { _ = dots.popLast() }
    guard let lastDot = dots.last else { return nil }
    let end = place == labelStart ? labelStart - 1 : place
    return ending(start, lastDot, end, dots.count)
  }

  private func ending(_ start: Int, _ dot: Int, _ end: Int, _ dots: Int) -> Int? {
    let isFollowed = end < bytes.count && [0x5F, 0x40].contains(bytes[end])
    guard !isFollowed, bytes[start] != 0x5F else { return nil }
    let label = bytes[(dot + 1)..<end]
    if label.allSatisfy({ (0x30...0x39).contains($0) }) {
      let isAddress = IPAddress(String(decoding: bytes[start..<end], as: UTF8.self)) != nil
      return isAddress ? end : nil
    }
    // Japanese goes on behind a name without a space: `example.comをご覧`.
    let ascii = label.prefix { $0 < 0x80 }
    if TopLevelNames.contains(String(decoding: label.map(\.lowered), as: UTF8.self)) { return end }
    let known = TopLevelNames.contains(String(decoding: ascii.map(\.lowered), as: UTF8.self))
    return !ascii.isEmpty && ascii.count < label.count && known ? ascii.endIndex : nil
  }

  private func endsInNumber(_ start: Int, _ end: Int) -> Bool {
    IPAddress(String(decoding: bytes[start..<end], as: UTF8.self)) != nil
  }

  // MARK: The end

  /// Behind the last octet of a URL whose rest begins at `start`: brackets that close what they open
  /// belong to it, marks that only end a sentence do not.
  private func end(from start: Int) -> Int {
    let limit = min(bytes.count, start + Self.lengthLimit)
    var open: [UInt8] = []
    var place = start
    while place < limit {
      let byte = bytes[place]
      if byte <= 0x20 || byte == 0x7F || [0x3C, 0x3E, 0x22, 0x60, 0x7C].contains(byte) { break }
      if byte >= 0x80, isWide(at: place) || isSpace(at: place) { break }
      switch byte {
      case 0x28, 0x5B, 0x7B: open.append(byte == 0x28 ? 0x29 : byte + 2)
      case 0x29, 0x5D, 0x7D:
        guard open.last == byte else { return trimmed(start, place) }
        open.removeLast()
      default: break
      }
      place += 1
    }
    return trimmed(start, place)
  }

  /// Without marks at the end.
  private func trimmed(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, Self.closing.contains(bytes[end - 1]) {
      // A quote that has its other half within belongs to the link.
      if bytes[end - 1] == 0x27, bytes[start..<(end - 1)].contains(0x27) { break }
      end -= 1
    }
    return end
  }

  private static let closing = Set(".,;:!?'*([{".utf8)

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte.lowered)
  }

  /// RFC 5322 §3.2.3 `atext`, but for marks that stand before words.
  private static func isAtom(_ byte: UInt8) -> Bool { atoms[Int(byte)] }

  private static let atoms: [Bool] = (0...UInt8.max).map { byte in
    isLetterOrDigit(byte) || "_-+!#$%&=^~".utf8.contains(byte)
  }

  /// Japanese punctuation and full-width brackets, which end a link: U+3000 to U+301F, U+FF00 to
  /// U+FF0F, U+FF1A to U+FF20, U+FF3B to U+FF3F, U+FF5B to U+FF65.
  private func isWide(at place: Int) -> Bool {
    guard place + 2 < bytes.count else { return false }
    let (first, second, third) = (bytes[place], bytes[place + 1], bytes[place + 2])
    if first == 0xE3, second == 0x80 { return third < 0xA0 }
    guard first == 0xEF else { return false }
    if second == 0xBC { return !(0x90...0x99).contains(third) && !(0xA1...0xBA).contains(third) }
    return second == 0xBD && (0x9B...0xA5).contains(third)
  }

  private func isWide(before place: Int) -> Bool { place >= 3 && isWide(at: place - 3) }

  /// U+00A0, U+2000 to U+200A, U+2028 to U+202F.
  private func isSpace(at place: Int) -> Bool {
    guard place + 1 < bytes.count else { return false }
    if bytes[place] == 0xC2 { return bytes[place + 1] == 0xA0 }
    guard place + 2 < bytes.count, bytes[place] == 0xE2, bytes[place + 1] == 0x80 else {
      return false
    }
    return (0x80...0x8A).contains(bytes[place + 2]) || (0xA8...0xAF).contains(bytes[place + 2])
  }
}

/// Top-level domains under which programs take a bare name for a link: all of two letters, and those
/// that people write without `http://`. New ones need the scheme, or `readme.md` would be a link twice.
enum TopLevelNames {
  static func contains(_ label: String) -> Bool {
    names.contains(label) || label.hasPrefix("xn--")
      || (label.utf8.count == 2 && label.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        && !files.contains(label))
  }

  /// Endings of file names that are no country, or one whose names are rarely written bare.
  private static let files: Set<String> = ["js", "pl", "py", "rb", "cs", "db", "gz", "xz", "vb"]

  private static let names: Set<String> = [
    "aero", "app", "asia", "biz", "bond", "cat", "cfd", "click", "club", "com", "coop", "cyou",
    "dev", "edu", "fun", "gov", "icu", "info", "int", "jobs", "life", "link", "live", "mil", "mobi",
    "monster", "museum", "name", "net", "online", "org", "page", "post", "pro", "quest", "rest",
    "sbs", "shop", "site", "space", "store", "tech", "tel", "tokyo", "top", "travel", "vip", "web",
    "website", "work", "xin", "xxx", "xyz", "コム", "みんな", "рф", "中国", "公司", "在线", "网络",
  ]
}
