/// BinHex 4.0 (RFC 1741 appendix A): digits of six bits between colons, run-length coded, with a header
/// that names the file, a data fork, a resource fork, and a CRC each.
enum BinHex {
  private static let digits = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, digit) in digits.utf8.enumerated() { table[Int(digit)] = UInt8(value) }
    return table
  }()

  /// Octets that the run-length coding may expand a file to; three octets can make 255.
  private static let expansionLimit = 1 << 26

  private static let firstLine: StaticString = "(This file must be converted with BinHex"

  static func first(in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    var lines = LineReader(text)
    while let line = lines.next() {
      if text[line].begins(with: firstLine) { return file(at: line, in: text) }
    }
    return nil
  }

  static func file(at line: Range<Int>, in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    guard text[line].begins(with: firstLine) else { return nil }
    guard let open = text[line.upperBound...].firstIndex(of: 0x3A) else { return nil }
    var flaws = DecodedBody()
    let close = text[(open + 1)...].firstIndex(of: 0x3A)
    if close == nil { flaws.note(.binHexSyntax, text.endIndex..<text.endIndex) }
    let inner = text[(open + 1)..<(close ?? text.endIndex)]
    let octets = expanded(packed(inner, &flaws))
    if octets.count >= expansionLimit { flaws.note(.limitDecoded, open..<(open + 1)) }
    let end = close.map { $0 + 1 } ?? text.endIndex
    return file(octets, line.lowerBound..<end, flaws)
  }

  private static func packed(_ text: ArraySlice<UInt8>, _ flaws: inout DecodedBody) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 4 * 3)
    var (bits, have): (UInt32, UInt32) = (0, 0)
    for (index, byte) in zip(text.indices, text) where !byte.isBlank {
      let value = values[Int(byte)]
      guard value < 64 else {
        flaws.note(.binHexSyntax, index..<(index + 1))
        continue
      }
      bits = bits << 6 | UInt32(value)
      have += 6
      if have >= 8 {
        have -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> have))
      }
    }
    return output
  }

  /// 0x90 N repeats the octet before it; 0x90 0 is the octet 0x90.
  private static func expanded(_ packed: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var at = 0
    while at < packed.count, output.count < expansionLimit {
      let byte = packed[at]
      guard byte == 0x90, at + 1 < packed.count else {
        output.append(byte)
        at += 1
        continue
      }
      let count = Int(packed[at + 1])
      if count == 0 {
        output.append(0x90)
      } else if let last = output.last, count > 1 {
        output.append(contentsOf: repeatElement(last, count: count - 1))
      }
      at += 2
    }
    return output
  }

  /// `length name 0 type creator flags data-length resource-length crc`, then the forks.
  private static func file(
    _ octets: [UInt8], _ range: Range<Int>, _ flaws: DecodedBody
  ) -> EmbeddedFile? {
    guard let length = octets.first.map(Int.init), octets.count >= length + 22 else { return nil }
    let header = length + 20
    let dataLength = bigEndian(octets[(length + 12)..<(length + 16)])
    let start = header + 2
    let end = min(start + dataLength, octets.count)
    var content = flaws
    content.octets = Array(octets[start..<end])
    let isWhole = end == start + dataLength && end + 2 <= octets.count
    if !isWhole { content.note(.binHexSyntax, range.upperBound..<range.upperBound) }
    let isHeaderRight =
      Int(CRC.xmodem(octets[..<header])) == bigEndian(octets[header..<start])
    let isDataRight =
      !isWhole || Int(CRC.xmodem(octets[start..<end])) == bigEndian(octets[end..<(end + 2)])
    if !isHeaderRight || !isDataRight { content.note(.binHexChecksum, range) }
    return EmbeddedFile(
      coding: .binHex, name: Array(octets[1..<(1 + length)]), range: range, content: content)
  }

  private static func bigEndian(_ octets: ArraySlice<UInt8>) -> Int {
    octets.reduce(0) { $0 << 8 | Int($1) }
  }
}
