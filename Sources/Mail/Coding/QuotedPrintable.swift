/// Quoted-printable (RFC 2045 §6.7), read leniently: an `=` that begins nothing stands for itself, white
/// space behind a soft line break is dropped, small hexadecimal digits count.
enum QuotedPrintable {
  private static let lineLimit = 76

  static func decode(_ body: ArraySlice<UInt8>) -> DecodedBody {
    var decoded = DecodedBody()
    decoded.octets.reserveCapacity(body.count)
    var start = body.startIndex
    while start < body.endIndex {
      let rest = body[start...]
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
      line(body[start..<end], into: &decoded)
      start = end
    }
    return decoded
  }

  private static func line(_ line: ArraySlice<UInt8>, into decoded: inout DecodedBody) {
    var textEnd = line.endIndex
    while textEnd > line.startIndex, line[textEnd - 1].isBlank { textEnd -= 1 }
    // §6.7 (5): no line is longer than 76; (3): white space at its end was added on the way.
    if textEnd - line.startIndex > lineLimit {
      decoded.note(.quotedPrintableLineTooLong, line.startIndex..<textEnd)
    }
    var at = line.startIndex
    while at < textEnd {
      let next = line[at..<textEnd].firstIndex(of: 0x3D) ?? textEnd
      decoded.octets += line[at..<next]
      guard next < textEnd else { break }
      if next + 1 == textEnd, isSoftBreak(line, textEnd) { return }
      at = escape(line, next, textEnd, into: &decoded)
    }
    decoded.octets += lineEnd(line)
  }

  /// An `=` as the last of its line, or of the body.
  private static func isSoftBreak(_ line: ArraySlice<UInt8>, _ textEnd: Int) -> Bool {
    line[(textEnd - 1)...].first == 0x3D
  }

  private static func escape(
    _ line: ArraySlice<UInt8>, _ at: Int, _ end: Int, into decoded: inout DecodedBody
  ) -> Int {
    if at + 2 < end, let high = line[at + 1].hexValue, let low = line[at + 2].hexValue {
      decoded.octets.append(high << 4 | low)
      return at + 3
    }
    decoded.note(.quotedPrintableSyntax, at..<Swift.min(at + 3, end))
    decoded.octets.append(0x3D)
    return at + 1
  }

  private static func lineEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard line.last == 0x0A else { return [] }
    return line.suffix(line.dropLast().last == 0x0D ? 2 : 1)
  }

  /// The `Q` encoding of header words (RFC 2047 §4.2): as above, `_` is a space, no lines.
  static func decodeWord(_ text: ArraySlice<UInt8>) -> (octets: [UInt8], isClean: Bool) {
    var decoded = DecodedBody()
    var at = text.startIndex
    while at < text.endIndex {
      switch text[at] {
      case 0x3D: at = escape(text, at, text.endIndex, into: &decoded)
      case 0x5F:
        decoded.octets.append(0x20)
        at += 1
      default:
        decoded.octets.append(text[at])
        at += 1
      }
    }
    return (decoded.octets, decoded.flaws.isEmpty)
  }
}
