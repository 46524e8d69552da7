import Mail

/// Writes what goes through an inspector's socket: numbers in little-endian order, texts behind their
/// length. A frame is its length in four octets, and so many octets.
struct FrameWriter {
  private(set) var octets: [UInt8] = []

  mutating func put<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { octets.append(contentsOf: $0) }
  }

  mutating func put(octets more: [UInt8]) { octets += more }

  /// Octets behind their number.
  mutating func put(block: [UInt8]) {
    put(UInt32(block.count))
    octets += block
  }

  mutating func put(_ number: Double) { put(number.bitPattern) }

  /// Cut at a character before `limit` octets, which fit a length of two.
  mutating func put(_ text: String, limit: Int) {
    precondition(limit <= 0xFFFF, "a text's length is two octets")
    var kept = text
    if text.utf8.count > limit {
      var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit)
      while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
      kept = String(text[..<end])
    }
    put(UInt16(kept.utf8.count))
    octets.append(contentsOf: kept.utf8)
  }

  /// The whole frame, its length in front.
  var frame: [UInt8] {
    var head = FrameWriter()
    head.put(UInt32(octets.count))
    return head.octets + octets
  }
}

/// Reads a frame's octets. What does not fit is an error: the other side may have been taken over.
package struct FrameReader {
  private let octets: ArraySlice<UInt8>
  private var at: Int

  /// Octets of the longest frame: a full report stays below.
  package static let frameLimit = 2 << 20

  package init(_ octets: ArraySlice<UInt8>) {
    self.octets = octets
    at = octets.startIndex
  }

  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type = Number.self
  ) throws(SyntaxError) -> Number {
    let width = Number.bitWidth / 8
    let bytes = try slice(width)
    return bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  mutating func double() throws(SyntaxError) -> Double {
    let value = Double(bitPattern: try number())
    guard value.isFinite else { throw wrong("a finite number") }
    return value
  }

  mutating func text(limit: Int) throws(SyntaxError) -> String {
    let count = Int(try number(UInt16.self))
    guard count <= limit else { throw wrong("a text of at most \(limit) octets") }
    guard let text = String(validating: try slice(count), as: UTF8.self) else {
      throw wrong("UTF-8")
    }
    return text
  }

  /// Octets behind their number.
  mutating func block() throws(SyntaxError) -> [UInt8] {
    Array(try slice(Int(try number(UInt32.self))))
  }

  /// A mark that something follows, or does not.
  mutating func isGiven() throws(SyntaxError) -> Bool {
    let mark = try number(UInt8.self)
    guard mark <= 1 else { throw wrong("0 or 1") }
    return mark == 1
  }

  mutating func end() throws(SyntaxError) {
    guard at == octets.endIndex else { throw wrong("the end") }
  }

  func wrong(_ expected: String) -> SyntaxError {
    SyntaxError(expected: expected, at: at - octets.startIndex)
  }

  private mutating func slice(_ count: Int) throws(SyntaxError) -> ArraySlice<UInt8> {
    guard octets.endIndex - at >= count else { throw wrong("\(count) more octets") }
    defer { at += count }
    return octets[at..<(at + count)]
  }
}
