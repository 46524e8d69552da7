/// The tags of mark-up, one after another, as browsers find them (WHATWG HTML §13.2.5): names in lower
/// case, attributes with their character references undone.
struct TagReader {
  /// `name`, `name=value`.
  struct Attribute {
    let name: [UInt8]
    let value: [UInt8]
  }

  /// A start tag.
  struct Tag {
    let name: [UInt8]
    let attributes: [Attribute]

    /// The first attribute of that name.
    subscript(name: String) -> [UInt8]? {
      attributes.first { $0.name.elementsEqual(name.utf8) }?.value
    }
  }

  private let octets: [UInt8]
  private var at = 0
  /// The last `-->` and `]]>`: no search for one begins behind it, so that many openings cost nothing.
  private let lastCommentEnd: Int
  /// Where the last end tag of a script begins.
  private let lastEndTag: Int

  private static let attributeLimit = 300

  init(_ octets: [UInt8]) {
    self.octets = octets
    lastCommentEnd = octets.lastPlace(of: [0x2D, 0x2D, 0x3E])
    lastEndTag = octets.lastPlace(of: [0x3C, 0x2F])
  }

  /// The next start tag; end tags and comments are passed over.
  mutating func next() -> Tag? {
    while at < octets.count {
      guard let open = octets[at...].firstIndex(of: 0x3C) else { break }
      at = open + 1
      guard at < octets.count else { break }
      if isLetter(octets[at]) { return tag() }
      if octets[at] == 0x21 { passComment() }
    }
    at = octets.count
    return nil
  }

  /// `<!--…-->`; one that never ends hides nothing: what stands behind it is read.
  private mutating func passComment() {
    guard at + 2 < octets.count, octets[at + 1] == 0x2D, octets[at + 2] == 0x2D else { return }
    var place = at + 3
    // `<!-->` and `<!--->` are whole comments.
    if place < octets.count, octets[place] == 0x3E {
      at = place + 1
      return
    }
    while place <= lastCommentEnd {
      if octets[place] == 0x2D, octets[place + 1] == 0x2D, octets[place + 2] == 0x3E {
        at = place + 3
        return
      }
      place += 1
    }
  }

  /// What stands up to the end tag of `name`, or to the end.
  mutating func rawText(upTo name: [UInt8]) -> ArraySlice<UInt8> {
    let start = at
    var place = at
    while place <= lastEndTag {
      if octets[place] == 0x3C, octets[place + 1] == 0x2F, isName(name, at: place + 2) {
        at = place
        return octets[start..<place]
      }
      place += 1
    }
    at = octets.count
    return octets[start...]
  }

  private func isName(_ name: [UInt8], at place: Int) -> Bool {
    guard place + name.count <= octets.count else { return false }
    return zip(name, octets[place...]).allSatisfy { $0 == Self.lowered($1) }
  }

  private mutating func tag() -> Tag {
    let name = word { $0 == 0x2F || $0 == 0x3E || $0 <= 0x20 }
    var attributes: [Attribute] = []
    while at < octets.count, octets[at] != 0x3E {
      if octets[at] <= 0x20 || octets[at] == 0x2F {
        at += 1
        continue
      }
      let attribute = attribute()
      if attributes.count < Self.attributeLimit { attributes.append(attribute) }
    }
    at = min(at + 1, octets.count)
    return Tag(name: name, attributes: attributes)
  }

  private mutating func attribute() -> Attribute {
    let start = at
    let name = word { $0 == 0x3D || $0 == 0x3E || $0 == 0x2F || $0 <= 0x20 }
    if at == start { at += 1 }  // an `=` that stands alone
    var ahead = at
    while ahead < octets.count, octets[ahead] <= 0x20 { ahead += 1 }
    guard ahead < octets.count, octets[ahead] == 0x3D else {
      return Attribute(name: name, value: [])
    }
    at = ahead + 1
    while at < octets.count, octets[at] <= 0x20 { at += 1 }
    return Attribute(name: name, value: CharacterEscapes.undone(value()))
  }

  private mutating func value() -> ArraySlice<UInt8> {
    guard at < octets.count else { return [] }
    let quote = octets[at]
    if quote == 0x22 || quote == 0x27 {
      let start = at + 1
      guard let end = octets[start...].firstIndex(of: quote) else {
        // A quote that never closes would swallow the rest; so do browsers.
        at = octets.count
        return octets[start...]
      }
      at = end + 1
      return octets[start..<end]
    }
    let start = at
    while at < octets.count, octets[at] > 0x20, octets[at] != 0x3E { at += 1 }
    return octets[start..<at]
  }

  private mutating func word(until isEnd: (UInt8) -> Bool) -> [UInt8] {
    let start = at
    while at < octets.count, !isEnd(octets[at]) { at += 1 }
    return octets[start..<at].map(Self.lowered)
  }

  private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func lowered(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}

extension [UInt8] {
  /// Where `wanted` stands last; -1 where it does not.
  fileprivate func lastPlace(of wanted: [UInt8]) -> Int {
    withUnsafeBufferPointer { all in
      var at = all.count - wanted.count
      while at >= 0 {
        if all[at] == wanted[0], (1..<wanted.count).allSatisfy({ all[at + $0] == wanted[$0] }) {
          return at
        }
        at -= 1
      }
      return -1
    }
  }
}
