/// The header section of a message as places in its bytes: nothing is copied, nothing is lost.
///
/// A line that is neither a field, a folded continuation nor the empty line ends the section, as mail
/// clients read it (RFC 5322 §2.2); the rest is body.
package struct HeaderFields: Sendable {
  /// One field: `name ":" value CRLF`.
  package struct Field: Hashable, Sendable {
    package let name: Range<Int>
    /// Behind the colon up to the last CRLF, folding included.
    package let value: Range<Int>
  }

  package private(set) var fields: [Field] = []
  /// Where the body begins, behind the empty line; the count of bytes when there is none.
  package private(set) var bodyStart = 0
  /// Whether the count was cut by `countLimit`.
  package private(set) var isTooMany = false

  /// Whether the section's end was seen: an empty line, or a whole line that is no field. Without it the
  /// bytes ended first.
  package private(set) var isEnded = false

  /// Fields read before the rest is left unread.
  package static let countLimit = 20_000

  private let bytes: [UInt8]

  /// Reads the section from the front of `bytes`, which need not hold the whole message.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    scan()
  }

  private mutating func scan() {
    var position = 0
    while position < bytes.count {
      let lf = bytes[position...].firstIndex(of: 0x0A)
      let end = lf.map { $0 + 1 } ?? bytes.count
      let line = bytes[position..<end]
      if line.elementsEqual([0x0D, 0x0A]) || line.elementsEqual([0x0A]) {
        bodyStart = end
        isEnded = true
        return
      }
      if line.first == 0x20 || line.first == 0x09, let last = fields.popLast() {
        fields.append(Field(name: last.name, value: last.value.lowerBound..<contentEnd(line)))
      } else if let colon = nameEnd(line) {
        guard fields.count < Self.countLimit else {
          isTooMany = true
          break
        }
        fields.append(Field(name: position..<colon, value: (colon + 1)..<contentEnd(line)))
      } else {
        bodyStart = position
        isEnded = lf != nil
        return
      }
      position = end
    }
    bodyStart = position
  }

  /// The colon behind a name of printable ASCII; obsolete white space before it is let through.
  private func nameEnd(_ line: ArraySlice<UInt8>) -> Int? {
    guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex else { return nil }
    let name = line[..<colon]
    return name.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 || $0 == 0x09 } ? colon : nil
  }

  private func contentEnd(_ line: ArraySlice<UInt8>) -> Int {
    var end = line.endIndex
    while end > line.startIndex, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return max(end, line.startIndex)
  }

  /// How often a field stands there; names compare without case.
  package func count(of name: String) -> Int { fields.count { matches($0, name) } }

  /// The octets of each field's value, folding included, in their order.
  package func values(of name: String) -> [ArraySlice<UInt8>] {
    fields.lazy.filter { matches($0, name) }.map { bytes[$0.value] }
  }

  /// The first field's value, unfolded and trimmed, as text; nil when there is none.
  package func first(_ name: String) -> String? {
    fields.first { matches($0, name) }.map(text)
  }

  package func text(_ field: Field) -> String {
    let raw = bytes[field.value].filter { $0 != 0x0D && $0 != 0x0A }
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let trimmed = raw.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return String(decoding: Array(trimmed), as: UTF8.self)
  }

  private func matches(_ field: Field, _ name: String) -> Bool {
    var end = field.name.upperBound
    while end > field.name.lowerBound, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    let own = bytes[field.name.lowerBound..<end]
    return own.count == name.utf8.count
      && zip(own, name.utf8).allSatisfy { lowered($0) == lowered($1) }
  }

  private func lowered(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
