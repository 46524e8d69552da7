import Mail

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

    /// Without the prefix that XML has before it.
    var localName: ArraySlice<UInt8> {
      name.lastIndex(of: 0x3A).map { name[($0 + 1)...] } ?? name[...]
    }

    /// The first attribute of that name.
    subscript(name: String) -> [UInt8]? {
      attributes.first { $0.name.elementsEqual(name.utf8) }?.value
    }
  }

  private let octets: [UInt8]
  private var at = 0
  /// Behind the last tag.
  private var end = 0
  /// Up to where raw text was given.
  private var given = 0
  /// Octets of tags, those within others counted again.
  private var spent = 0
  /// So many tags stand within others that those within the rest are not read.
  private(set) var isExhausted = false
  private static let spendingFactor = 8
  /// Where the last end tag of a script begins.
  private let lastEndTag: Int

  private static let attributeLimit = 300

  init(_ octets: [UInt8]) {
    self.octets = octets
    lastEndTag = octets.lastPlace(of: [0x3C, 0x2F])
  }

  /// The next start tag, wherever one begins: comments, quotes and styles hide nothing, since where those
  /// begin and end depends on what stands around them (titles, CDATA, pictures within pages), and one quote
  /// in a comment would swallow the rest.
  mutating func next() -> Tag? {
    while let open = octets[at...].firstIndex(of: 0x3C) {
      at = open + 1
      guard at < octets.count else { break }
      guard isLetter(octets[at]) else { continue }
      let tag = tag()
      end = at
      spent += end - open
      if spent <= Self.spendingFactor * octets.count {
        at = open + 1 + tag.name.count
      } else {
        isExhausted = true
      }
      return tag
    }
    at = octets.count
    return nil
  }

  /// What stands from the last tag up to the end tag of `name`, or to the end; nil within what was given
  /// before.
  mutating func rawText(upTo name: [UInt8]) -> ArraySlice<UInt8>? {
    guard end >= given else { return nil }
    var place = end
    while place <= lastEndTag {
      if octets[place] == 0x3C, octets[place + 1] == 0x2F, isName(name, at: place + 2) {
        given = place
        return octets[end..<place]
      }
      place += 1
    }
    given = octets.count
    return octets[end...]
  }

  private func isName(_ name: [UInt8], at place: Int) -> Bool {
    guard place + name.count <= octets.count else { return false }
    return zip(name, octets[place...]).allSatisfy { $0 == $1.lowered }
  }

  private mutating func tag() -> Tag {
    let name = word { $0 == 0x2F || $0 == 0x3E || $0 == 0x3C || $0 <= 0x20 }
    var attributes: [Attribute] = []
    // Where another tag begins this one ends, or many would cost the square of their number.
    while at < octets.count, octets[at] != 0x3E, octets[at] != 0x3C {
      if octets[at] <= 0x20 || octets[at] == 0x2F {
        at += 1
        continue
      }
      let attribute = attribute()
      if attributes.count < Self.attributeLimit { attributes.append(attribute) }
    }
    if at < octets.count, octets[at] == 0x3E { at += 1 }
    return Tag(name: name, attributes: attributes)
  }

  private mutating func attribute() -> Attribute {
    let start = at
    let name = word {
      $0 == 0x3D || $0 == 0x3E || $0 == 0x2F || $0 == 0x3C || $0 <= 0x20
    }
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
    while at < octets.count, octets[at] > 0x20, octets[at] != 0x3E, octets[at] != 0x3C { at += 1 }
    return octets[start..<at]
  }

  private mutating func word(until isEnd: (UInt8) -> Bool) -> [UInt8] {
    let start = at
    while at < octets.count, !isEnd(octets[at]) { at += 1 }
    return octets[start..<at].map(\.lowered)
  }

  private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
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
