import Glibc

/// Quoted-printable (RFC 2045 §6.7), read leniently: an `=` that begins nothing stands for itself, white
/// space behind a soft line break is dropped, small hexadecimal digits count.
enum QuotedPrintable {
  private static let lineLimit = 76

  static func decode(_ body: ArraySlice<UInt8>) -> DecodedBody {
    var decoded = DecodedBody()
    let start = body.startIndex
    // Nothing grows: an escape is three octets for one.
    let octets = [UInt8](unsafeUninitializedCapacity: body.count) { output, count in
      body.withUnsafeBufferPointer { input in
        var machine = Machine(input, output)
        machine.run()
        count = machine.count
        if let line = machine.longLine {
          decoded.note(
            .quotedPrintableLineTooLong, (start + line.lowerBound)..<(start + line.upperBound))
        }
        if let at = machine.wrong {
          decoded.note(.quotedPrintableSyntax, (start + at)..<(start + at + 1))
        }
      }
    }
    decoded.octets = octets
    return decoded
  }

  /// Goes through a body line by line; runs without an escape are copied at once.
  private struct Machine {
    private let input: UnsafeBufferPointer<UInt8>
    private let output: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    /// The first line beyond 76 characters, and the first `=` that begins nothing.
    private(set) var longLine: Range<Int>?
    private(set) var wrong: Int?

    init(_ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>) {
      self.input = input
      self.output = output
    }

    private func place(of byte: UInt8, _ range: Range<Int>) -> Int? {
      guard !range.isEmpty, let base = input.baseAddress,
        let found = memchr(base + range.lowerBound, CInt(byte), range.count)
      else { return nil }
      return UnsafeRawPointer(base).distance(to: found)
    }

    private mutating func copy(_ range: Range<Int>) {
      guard !range.isEmpty, let from = input.baseAddress, let to = output.baseAddress else {
        return
      }
      memcpy(to + count, from + range.lowerBound, range.count)
      count += range.count
    }

    mutating func run() {
      var start = 0
      while start < input.count {
        let feed = place(of: 0x0A, start..<input.count)
        line(start..<(feed.map { $0 + 1 } ?? input.count))
        start = feed.map { $0 + 1 } ?? input.count
      }
    }

    private mutating func line(_ line: Range<Int>) {
      var textEnd = line.upperBound
      while textEnd > line.lowerBound, input[textEnd - 1].isBlank { textEnd -= 1 }
      // §6.7 (5): no line is longer than 76; (3): white space at its end was added on the way.
      if textEnd - line.lowerBound > QuotedPrintable.lineLimit, longLine == nil {
        longLine = line.lowerBound..<textEnd
      }
      var at = line.lowerBound
      while let next = place(of: 0x3D, at..<textEnd) {
        copy(at..<next)
        if next + 1 == textEnd { return }  // a soft line break
        at = escape(next, textEnd)
      }
      copy(at..<textEnd)
      lineEnd(line)
    }

    private mutating func escape(_ at: Int, _ end: Int) -> Int {
      if at + 2 < end, let high = input[at + 1].hexValue, let low = input[at + 2].hexValue {
        output[count] = high << 4 | low
        count += 1
        return at + 3
      }
      if wrong == nil { wrong = at }
      copy(at..<(at + 1))
      return at + 1
    }

    private mutating func lineEnd(_ line: Range<Int>) {
      guard input[line.upperBound - 1] == 0x0A else { return }
      let hasCR = line.count > 1 && input[line.upperBound - 2] == 0x0D
      copy((line.upperBound - (hasCR ? 2 : 1))..<line.upperBound)
    }
  }

  /// The `Q` encoding of header words (RFC 2047 §4.2): as above, `_` is a space, no lines.
  static func decodeWord(_ text: ArraySlice<UInt8>) -> (octets: [UInt8], isClean: Bool) {
    var octets: [UInt8] = []
    var isClean = true
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      if byte == 0x3D, at + 2 < text.endIndex, let high = text[at + 1].hexValue,
        let low = text[at + 2].hexValue
      {
        octets.append(high << 4 | low)
        at += 3
      } else {
        if byte == 0x3D { isClean = false }
        octets.append(byte == 0x5F ? 0x20 : byte)
        at += 1
      }
    }
    return (octets, isClean)
  }
}
