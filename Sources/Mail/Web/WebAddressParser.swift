/// Reads a URL (WHATWG URL §4.4), a function for each of its states:
///
///     scheme ─┬▶ file ─▶ fileSlash ─▶ fileHost ─┐
///             ├▶ relative ──────────────────────┼▶ path ─▶ query ─▶ fragment
///             ├▶ authority ─▶ hostAndPort ──────┘
///             └▶ opaque path ─▶ query ─▶ fragment
///
/// Each looks at the octets once. A function that returns false found no URL.
struct WebAddressParser {
  private(set) var address = WebAddress()
  private let bytes: [UInt8]
  private var at = 0

  /// Segments of a path; a path of nothing but slashes stops here.
  private static let segmentLimit = 10_000

  init(_ raw: [UInt8]) {
    let front = raw.drop { $0 <= 0x20 }
    let end = front.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? front.startIndex
    let trimmed = front[..<end]
    bytes = trimmed.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    if bytes.count != trimmed.count { address.oddities.insert(.controlDropped) }
  }

  private var current: UInt8? { at < bytes.count ? bytes[at] : nil }
  private var next: UInt8? { at + 1 < bytes.count ? bytes[at + 1] : nil }

  private mutating func isSlash(_ byte: UInt8?) -> Bool {
    guard byte == 0x5C, address.isSpecial else { return byte == 0x2F }
    address.oddities.insert(.backslash)
    return true
  }

  mutating func parse(base: WebAddress?) -> Bool {
    guard let scheme = scheme() else { return withoutScheme(base) }
    address.scheme = scheme
    if scheme == "file" { return file(base) }
    if address.isSpecial {
      if base?.scheme == scheme, let base, !(current == 0x2F && next == 0x2F) {
        return relative(base)
      }
      return authority(after: skipSlashes())
    }
    guard current == 0x2F else { return opaquePath() }
    at += 1
    guard current == 0x2F else { return path() }
    at += 1
    return authority(after: 2)
  }

  /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":"` (RFC 3986 §3.1).
  private mutating func scheme() -> String? {
    guard let colon = bytes.firstIndex(of: 0x3A), let first = bytes.first,
      (0x61...0x7A).contains(first.lowered)
    else { return nil }
    let name = bytes[..<colon].map(\.lowered)
    let isScheme = name.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0)
    }
    guard isScheme else { return nil }
    at = colon + 1
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func withoutScheme(_ base: WebAddress?) -> Bool {
    guard let base else { return false }
    if base.opaquePath != nil {
      guard current == 0x23 else { return false }
      let oddities = address.oddities
      address = base
      address.oddities = oddities
      return fragment()
    }
    address.scheme = base.scheme
    return base.scheme == "file" ? file(base) : relative(base)
  }

  private mutating func skipSlashes() -> Int {
    let start = at
    while isSlash(current) { at += 1 }
    return at - start
  }

  // MARK: Relative

  private mutating func relative(_ base: WebAddress) -> Bool {
    if isSlash(current) {
      at += 1
      if isSlash(current) {
        at += 1
        return authority(after: address.isSpecial ? 2 + skipSlashes() : 2)
      }
      takeAuthority(of: base)
      return path()
    }
    takeAuthority(of: base)
    address.segments = base.segments
    return afterBasePath(base)
  }

  /// Behind a base's path: another query or fragment, or a path that counts from its folder.
  private mutating func afterBasePath(_ base: WebAddress) -> Bool {
    address.query = base.query
    switch current {
    case nil: return true
    case 0x3F: return query()
    case 0x23: return fragment()
    default:
      address.query = nil
      shorten()
      return path()
    }
  }

  private mutating func takeAuthority(of base: WebAddress) {
    address.username = base.username
    address.password = base.password
    address.host = base.host
    address.port = base.port
  }

  // MARK: Authority

  private mutating func authority(after slashes: Int) -> Bool {
    if slashes != 2 { address.oddities.insert(.slashCount) }
    var end = at
    while end < bytes.count, !endsAuthority(bytes[end]) { end += 1 }
    var start = at
    if let mark = bytes[at..<end].lastIndex(of: 0x40) {
      userinfo(bytes[at..<mark])
      start = mark + 1
      guard start < end else { return false }
    }
    at = end
    return hostAndPort(bytes[start..<end]) && pathStart()
  }

  private mutating func endsAuthority(_ byte: UInt8) -> Bool {
    byte == 0x3F || byte == 0x23 || isSlash(byte)
  }

  private mutating func userinfo(_ text: ArraySlice<UInt8>) {
    address.oddities.insert(.userinfo)
    let colon = text.firstIndex(of: 0x3A) ?? text.endIndex
    address.username = PercentEncoding.userinfo.encode(text[..<colon])
    address.password = PercentEncoding.userinfo.encode(text[colon...].dropFirst())
  }

  private mutating func hostAndPort(_ text: ArraySlice<UInt8>) -> Bool {
    var isInBrackets = false
    var colon = text.startIndex
    while colon < text.endIndex, text[colon] != 0x3A || isInBrackets {
      if text[colon] == 0x5B { isInBrackets = true }
      if text[colon] == 0x5D { isInBrackets = false }
      colon += 1
    }
    let name = text[..<colon]
    if name.isEmpty, address.isSpecial || colon < text.endIndex { return false }
    guard
      let host = WebHost.parse(name, isSpecial: address.isSpecial, &address.oddities)
    else { return false }
    address.host = host
    return port(text[colon...].dropFirst())
  }

  private mutating func port(_ digits: ArraySlice<UInt8>) -> Bool {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return false }
      value = min(value * 10 + Int(digit - 0x30), 1 << 16)
    }
    guard let port = UInt16(exactly: value) else { return false }
    let isDefault = digits.isEmpty || Int(port) == WebAddress.defaultPort(address.scheme)
    address.port = isDefault ? nil : port
    return true
  }

  // MARK: Files

  private mutating func file(_ base: WebAddress?) -> Bool {
    let base = base?.scheme == "file" ? base : nil
    address.host = .empty
    if isSlash(current) {
      at += 1
      return fileSlash(base)
    }
    guard let base else { return path() }
    address.host = base.host
    address.segments = base.segments
    if current != nil, startsWithDrive(at) {
      address.segments = []
      return path()
    }
    return afterBasePath(base)
  }

  private mutating func fileSlash(_ base: WebAddress?) -> Bool {
    if isSlash(current) {
      at += 1
      return fileHost()
    }
    if let base {
      address.host = base.host
      if !startsWithDrive(at), let drive = base.segments.first, Self.isDrive(Array(drive.utf8)[...])
      {
        address.segments = [drive]
      }
    }
    return path()
  }

  private mutating func fileHost() -> Bool {
    var end = at
    while end < bytes.count, !endsAuthority(bytes[end]) { end += 1 }
    let name = bytes[at..<end]
    if Self.isDrive(name) { return path() }
    at = end
    if !name.isEmpty {
      guard let host = WebHost.parse(name, isSpecial: true, &address.oddities) else { return false }
      address.host = host == .name("localhost") ? .empty : host
    }
    return pathStart()
  }

  /// `C:` or `C|`.
  private static func isDrive(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count == 2, let first = text.first, let last = text.last else { return false }
    return (0x61...0x7A).contains(first.lowered) && (last == 0x3A || last == 0x7C)
  }

  private func startsWithDrive(_ start: Int) -> Bool {
    guard start + 2 <= bytes.count, Self.isDrive(bytes[start..<(start + 2)]) else { return false }
    return start + 2 == bytes.count || [0x2F, 0x5C, 0x3F, 0x23].contains(bytes[start + 2])
  }

  // MARK: Path, query, fragment

  private mutating func pathStart() -> Bool {
    if address.isSpecial || current == 0x2F {
      if isSlash(current) { at += 1 }
      return path()
    }
    return afterPath()
  }

  private mutating func path() -> Bool {
    while true {
      let start = at
      while let byte = current, !endsAuthority(byte) { at += 1 }
      let isFollowed = isSlash(current)
      add(bytes[start..<at], isFollowed: isFollowed)
      guard isFollowed else { return afterPath() }
      guard address.segments.count < Self.segmentLimit else { return false }
      at += 1
    }
  }

  private mutating func add(_ segment: ArraySlice<UInt8>, isFollowed: Bool) {
    switch Self.dots(segment) {
    case 2:
      shorten()
      if !isFollowed { address.segments.append("") }
    case 1: if !isFollowed { address.segments.append("") }
    default:
      var text = PercentEncoding.path.encode(segment)
      if address.scheme == "file", address.segments.isEmpty, Self.isDrive(segment) {
        text = String(text.prefix(1)) + ":"
      }
      address.segments.append(text)
    }
  }

  /// How many dots the segment is, `%2e` being one; 0 when it is something else.
  private static func dots(_ segment: ArraySlice<UInt8>) -> Int {
    var (rest, count) = (segment, 0)
    while count < 3, !rest.isEmpty {
      if rest.first == 0x2E {
        rest = rest.dropFirst()
      } else if rest.prefix(3).map(\.lowered) == [0x25, 0x32, 0x65] {
        rest = rest.dropFirst(3)
      } else {
        return 0
      }
      count += 1
    }
    return count < 3 ? count : 0
  }

  /// WHATWG "shorten": a drive stays.
  private mutating func shorten() {
    if address.scheme == "file", address.segments.count == 1,
      Self.isDrive(Array(address.segments[0].utf8)[...])
    {
      return
    }
    _ = address.segments.popLast()
  }

  private mutating func opaquePath() -> Bool {
    let start = at
    while let byte = current, byte != 0x3F, byte != 0x23 { at += 1 }
    var text = PercentEncoding.control.encode(bytes[start..<at])
    // The last space would be lost if query and fragment were taken away.
    if text.hasSuffix(" ") { text = text.dropLast() + "%20" }
    address.opaquePath = text
    return afterPath()
  }

  private mutating func afterPath() -> Bool {
    switch current {
    case 0x3F: query()
    case 0x23: fragment()
    default: true
    }
  }

  private mutating func query() -> Bool {
    at += 1
    let end = bytes[at...].firstIndex(of: 0x23) ?? bytes.count
    let set = address.isSpecial ? PercentEncoding.specialQuery : .query
    address.query = set.encode(bytes[at..<end])
    at = end
    return current == nil || fragment()
  }

  private mutating func fragment() -> Bool {
    address.fragment = PercentEncoding.fragment.encode(bytes[(at + 1)...])
    return true
  }
}
