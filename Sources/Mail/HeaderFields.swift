/// The header section of a message as places in its bytes: nothing is copied, nothing is lost.
///
/// A line that is neither a field, a folded continuation nor the empty line ends the section, as most
/// mail clients read it (RFC 5322 §2.2); the rest is body. Others skip such a line: `Leniency`.
package struct HeaderFields: Sendable {
  /// One field: `name ":" value CRLF`.
  package struct Field: Hashable, Sendable {
    package let name: Range<Int>
    /// Behind the colon up to the last CRLF, folding included.
    package let value: Range<Int>
    /// Whether white space stands before the colon, as RFC 5322 §4.5.8 allows only to readers.
    package var hasSpaceBeforeColon = false
  }

  /// What the section ended with.
  package enum End: Hashable, Sendable {
    case emptyLine
    /// A line that is no field: the empty line is missing, or the line does not belong there.
    case strangeLine
    case endOfInput
    case limit
  }

  /// What is read over.
  package enum Leniency: Sendable {
    case none
    /// Lines that are no field are skipped up to the empty line, and so are empty lines before all fields.
    case skipsStrangeLines
    /// Nothing, and a line of nothing but white space is an empty one.
    case endsAtBlankLine
  }

  package private(set) var fields: [Field] = []
  /// Where the body begins, behind the empty line; the end of the input when there is none.
  package private(set) var bodyStart = 0
  package private(set) var end = End.endOfInput
  /// The lines that were skipped, at most `strangeLineLimit` of them.
  package private(set) var strangeLines: [Range<Int>] = []
  /// Whether the count was cut by `countLimit` or the octets by `octetLimit`.
  package var isTooMany: Bool { end == .limit }

  /// Fields read before the rest is left unread.
  package static let countLimit = 20_000
  /// Octets of one header section; Postfix cuts at 102,400 a field, real sections stay below 64 KiB.
  package static let octetLimit = 1 << 20
  /// The first continuation that is nothing but white space (RFC 5322 §4.2, obs-FWS).
  package private(set) var blankFolding: Range<Int>?
  private static let strangeLineLimit = 16

  private let bytes: [UInt8]

  /// Reads the section from the front of `bytes`, which need not hold the whole message.
  package init(_ bytes: [UInt8]) {
    self.init(bytes, in: bytes.startIndex..<bytes.endIndex)
  }

  /// Reads the section from the front of `range`; places count from the start of `bytes`.
  package init(_ bytes: [UInt8], in range: Range<Int>, leniency: Leniency = .none) {
    self.bytes = bytes
    fields.reserveCapacity(16)
    scan(range, leniency)
  }

  private mutating func scan(_ range: Range<Int>, _ leniency: Leniency) {
    let limit = Swift.min(range.upperBound, range.lowerBound + Self.octetLimit)
    var position = range.lowerBound
    while position < limit {
      let end = bytes.lineEnd(from: position, in: range)
      let line = position..<end
      let first = bytes[position]
      if first == 0x0A || (first == 0x0D && line.count == 2 && bytes[end - 1] == 0x0A) {
        guard leniency == .skipsStrangeLines, fields.isEmpty else {
          return finish(.emptyLine, at: end)
        }
      } else if first == 0x20 || first == 0x09, !fields.isEmpty {
        if bytes.trimmed(line).isEmpty {
          if leniency == .endsAtBlankLine { return finish(.emptyLine, at: end) }
          if blankFolding == nil { blankFolding = line }
        }
        fold(line)
      } else if let field = field(line) {
        guard fields.count < Self.countLimit else { return finish(.limit, at: position) }
        fields.append(field)
      } else {
        guard leniency == .skipsStrangeLines || isEnvelopeLine(line, in: range) else {
          return finish(.strangeLine, at: position)
        }
        if strangeLines.count < Self.strangeLineLimit { strangeLines.append(line) }
      }
      position = end
    }
    finish(position < range.upperBound ? .limit : .endOfInput, at: position)
  }

  /// Lengthens the last field's value by a continuation.
  private mutating func fold(_ line: Range<Int>) {
    guard let last = fields.popLast() else { return }
    fields.append(
      Field(
        name: last.name, value: last.value.lowerBound..<contentEnd(line),
        hasSpaceBeforeColon: last.hasSpaceBeforeColon))
  }

  private mutating func finish(_ end: End, at position: Int) {
    self.end = end
    bodyStart = position
  }

  /// The line that mailbox files put in front of a message: `From sender date`.
  private func isEnvelopeLine(_ line: Range<Int>, in range: Range<Int>) -> Bool {
    guard line.lowerBound == range.lowerBound else { return false }
    return bytes.holds("from ", at: line.lowerBound, before: line.upperBound)
      || bytes.holds(">from ", at: line.lowerBound, before: line.upperBound)
  }

  /// A name of printable ASCII and its colon (RFC 5322 §2.2); obsolete white space between them is let
  /// through, white space within the name is not.
  private func field(_ line: Range<Int>) -> Field? {
    var nameEnd = line.lowerBound
    while nameEnd < line.upperBound, bytes[nameEnd] &- 0x21 < 0x5E, bytes[nameEnd] != 0x3A {
      nameEnd += 1
    }
    var colon = nameEnd
    while colon < line.upperBound, bytes[colon] == 0x20 || bytes[colon] == 0x09 { colon += 1 }
    guard nameEnd > line.lowerBound, colon < line.upperBound, bytes[colon] == 0x3A else {
      return nil
    }
    return Field(
      name: line.lowerBound..<nameEnd, value: (colon + 1)..<Swift.max(colon + 1, contentEnd(line)),
      hasSpaceBeforeColon: colon > nameEnd)
  }

  private func contentEnd(_ line: Range<Int>) -> Int {
    var end = line.upperBound
    while end > line.lowerBound, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return end
  }

  /// How often a field stands there; names compare without case.
  package func count(of name: String) -> Int { all(name).count }

  /// Every field of that name, in order.
  package func all(_ name: String) -> [Field] {
    let wanted = name.utf8.map(\.lowered)
    return fields.filter { matches($0, wanted) }
  }

  /// The first field's value, unfolded and trimmed, as text; nil when there is none.
  package func first(_ name: String) -> String? {
    let wanted = name.utf8.map(\.lowered)
    return fields.first { matches($0, wanted) }.map(text)
  }

  package func text(_ field: Field) -> String {
    String(decoding: unfolded(field), as: UTF8.self)
  }

  /// The field's name as it is written.
  package func name(_ field: Field) -> String { String(decoding: bytes[field.name], as: UTF8.self) }

  /// The value's octets without line ends and outer white space (RFC 5322 §2.2.3).
  package func unfolded(_ field: Field) -> [UInt8] {
    bytes[bytes.trimmed(field.value)].filter { $0 != 0x0D && $0 != 0x0A }
  }

  private func matches(_ field: Field, _ wanted: [UInt8]) -> Bool {
    guard field.name.count == wanted.count else { return false }
    var at = field.name.lowerBound
    for byte in wanted {
      guard bytes[at].lowered == byte else { return false }
      at += 1
    }
    return true
  }
}
