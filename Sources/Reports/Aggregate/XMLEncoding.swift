/// Turns a document into UTF-8 by what it says of itself (XML 1.0 §4.3.3).
enum XMLEncoding {
  /// Octets of the declaration, `<?xml version="1.0" encoding="UTF-8"?>`.
  private static let declarationLimit = 200

  static func utf8(_ bytes: [UInt8]) throws(ReportRefusal) -> [UInt8] {
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw .encoding("UTF-16")
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
    switch declared(text) {
    case nil, "utf-8", "utf8", "us-ascii", "ascii": return text
    // What either has beyond ASCII stands in names of people and places, if at all.
    case "iso-8859-1", "iso-8859-15", "windows-1252", "latin1":
      return text.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
    case .some(let other): throw .encoding(other)
    }
  }

  /// The encoding's name in lower case.
  private static func declared(_ bytes: [UInt8]) -> String? {
    guard bytes.starts(with: "<?xml".utf8) else { return nil }
    let head = String(decoding: bytes.prefix(declarationLimit), as: UTF8.self)
    guard let end = head.firstRange(of: "?>"),
      let word = head[..<end.lowerBound].firstMatch(of: /encoding\s*=\s*["']([^"']*)["']/)
    else { return nil }
    return word.1.lowercased()
  }
}
