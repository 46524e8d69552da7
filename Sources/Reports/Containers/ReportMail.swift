import Mail

/// The parts of a mail that brings a report (RFC 2045, RFC 2046), as far as reports need them:
/// multiparts, base 64 and quoted-printable, no charsets.
///
/// It walks with a list of what is still to be read instead of recursion; parts, depth and sizes
/// have bounds, and each level looks at each octet once.
struct ReportMail {
  /// One part that is no multipart, decoded.
  struct Part {
    /// In lower case, without parameters: `application/gzip`.
    let type: String
    let content: [UInt8]
  }

  private(set) var parts: [Part] = []

  static let partLimit = 64
  static let depthLimit = 8
  /// Octets of a mail: a report of 10 MB in base 64, and room.
  static let sizeLimit = 50 << 20

  init(_ bytes: [UInt8]) throws(ReportRefusal) {
    guard bytes.count <= Self.sizeLimit else { throw .tooMuch("octets", limit: Self.sizeLimit) }
    var open = [(range: 0..<bytes.count, depth: 0)]
    while let (range, depth) = open.popLast() {
      let entity = Array(bytes[range])
      let fields = HeaderFields(entity)
      let type = ContentTypeText(fields.first("Content-Type") ?? "text/plain")
      guard type.name.hasPrefix("multipart/"), let boundary = type.boundary else {
        guard parts.count < Self.partLimit else { throw .tooMuch("parts", limit: Self.partLimit) }
        let body = Array(entity[fields.bodyStart...])
        let coding = fields.first("Content-Transfer-Encoding") ?? ""
        parts.append(Part(type: type.name, content: TransferDecoding.decode(body, coding)))
        continue
      }
      guard depth < Self.depthLimit else {
        throw .tooMuch("parts inside each other", limit: Self.depthLimit)
      }
      let body = (range.lowerBound + fields.bodyStart)..<range.upperBound
      let inner = Self.split(bytes, body, boundary)
      guard inner.count + open.count <= Self.partLimit else {
        throw .tooMuch("parts", limit: Self.partLimit)
      }
      open += inner.reversed().map { ($0, depth + 1) }
    }
  }

  /// What stands between the lines `--boundary` (RFC 2046 §5.1.1).
  private static func split(
    _ bytes: [UInt8], _ body: Range<Int>, _ boundary: [UInt8]
  ) -> [Range<Int>] {
    let mark = [0x2D, 0x2D] + boundary
    var (parts, start): ([Range<Int>], Int?) = ([], nil)
    var line = body.lowerBound
    while line < body.upperBound, parts.count <= partLimit {
      let end = bytes[line..<body.upperBound].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.upperBound
      let text = bytes[line..<end]
      if text.starts(with: mark) {
        let rest = text.dropFirst(mark.count)
        let isClose = rest.starts(with: [0x2D, 0x2D])
        if rest.dropFirst(isClose ? 2 : 0).allSatisfy({ $0 <= 0x20 }) {
          if let start { parts.append(start..<max(start, line - lineEnd(bytes, before: line))) }
          start = isClose ? nil : end
          if isClose { return parts }
        }
      }
      line = end
    }
    if let start { parts.append(start..<body.upperBound) }
    return parts
  }

  /// The line end before a boundary belongs to the boundary.
  private static func lineEnd(_ bytes: [UInt8], before line: Int) -> Int {
    guard line > 0, bytes[line - 1] == 0x0A else { return 0 }
    return line > 1 && bytes[line - 2] == 0x0D ? 2 : 1
  }
}

/// A Content-Type field's type and boundary (RFC 2045 §5.1).
struct ContentTypeText {
  let name: String
  let boundary: [UInt8]?

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.firstIndex(of: 0x3B) ?? bytes.count
    let isVisible: (UInt8) -> Bool = { $0 > 0x20 }
    name = String(decoding: bytes[..<end].prefix { $0 != 0x28 }.filter(isVisible), as: UTF8.self)
      .lowercased()
    boundary = Self.boundary(bytes[end...])
  }

  private static func boundary(_ parameters: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = parameters
    while rest.first == 0x3B {
      rest = rest.dropFirst().drop { $0 <= 0x20 }
      let name = rest.prefix { $0 != 0x3D && $0 != 0x3B }
      rest = rest[name.endIndex...]
      guard rest.first == 0x3D else { continue }
      let (value, next) = value(rest.dropFirst().drop { $0 <= 0x20 })
      rest = next
      let word = String(decoding: name.filter { $0 > 0x20 }, as: UTF8.self)
      // RFC 2046 §5.1.1: 1 to 70 octets.
      if word.lowercased() == "boundary", (1...70).contains(value.count) { return value }
    }
    return nil
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>) {
    guard bytes.first == 0x22 else {
      let value = bytes.prefix { $0 > 0x20 && $0 != 0x3B }
      return (Array(value), bytes[value.endIndex...].drop { $0 != 0x3B })
    }
    var (value, index): ([UInt8], Int) = ([], bytes.startIndex + 1)
    while index < bytes.endIndex, bytes[index] != 0x22 {
      if bytes[index] == 0x5C, index + 1 < bytes.endIndex { index += 1 }
      value.append(bytes[index])
      index += 1
    }
    return (value, bytes[min(index + 1, bytes.endIndex)...].drop { $0 != 0x3B })
  }
}

/// Content-Transfer-Encodings undone, forgivingly: what is no code is passed over (RFC 2045 §6.7,
/// §6.8).
enum TransferDecoding {
  static func decode(_ body: [UInt8], _ coding: String) -> [UInt8] {
    switch coding.lowercased() {
    case "base64": base64(body)
    case "quoted-printable": quotedPrintable(body)
    default: body
    }
  }

  private static func base64(_ body: [UInt8]) -> [UInt8] {
    let isDigit: (UInt8) -> Bool = {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2B || $0 == 0x2F
    }
    var digits = body.prefix { $0 != 0x3D }.filter(isDigit)
    // Bits behind the last whole octet mean nothing, set or not; a digit alone means nothing
    // either.
    if digits.count % 4 == 1 { digits.removeLast() }
    let rest = digits.count % 4
    let tail = Array(digits.suffix(rest))
    let whole = Base64.decode(digits.dropLast(rest)) ?? []
    guard rest > 0 else { return whole }
    let padded = tail + Array(repeating: 0x41, count: 4 - rest)
    return whole + (Base64.decode(padded) ?? []).prefix(rest - 1)
  }

  private static func quotedPrintable(_ body: [UInt8]) -> [UInt8] {
    var (output, index): ([UInt8], Int) = ([], 0)
    while index < body.count {
      guard body[index] == 0x3D else {
        output.append(body[index])
        index += 1
        continue
      }
      let rest = body[(index + 1)...]
      let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if blanks.endIndex < body.count, body[blanks.endIndex] == 0x0A {
        index = blanks.endIndex + 1
      } else if let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.count >= 2, rest.prefix(2).allSatisfy({ $0 >= 0x30 })
      {
        output.append(octet)
        index += 3
      } else {
        output.append(0x3D)
        index += 1
      }
    }
    return output
  }
}
