extension AuthenticationResultsField {
  /// RFC 5322 §2.1.1: lines should have no more octets than this without CRLF.
  private static let lineLimit = 78
  /// Octets of one value that are written: an address has 320, a reason is for people.
  package static let valueLimit = 500

  /// The field with its name and CRLF, a statement a line. Whatever a value holds, it comes out as
  /// one value: control characters become `?`, and what is no token or address is quoted (RFC 8601
  /// §2.2).
  package func field(named name: String = "Authentication-Results") -> [UInt8] {
    var words = ["\(name): \(Self.value(serverID))\(version.map { " \(Self.token($0))" } ?? "");"]
    if statements.isEmpty { words.append("none") }
    var lines = [words.joined(separator: " ")]
    for (index, statement) in statements.enumerated() {
      var pieces = Self.pieces(statement)
      if index < statements.count - 1, let last = pieces.popLast() { pieces.append(last + ";") }
      lines += Self.folded(pieces)
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  private static func pieces(_ statement: Statement) -> [String] {
    let version = statement.methodVersion.map { "/" + token($0) } ?? ""
    var pieces = ["\(token(statement.method))\(version)=\(token(statement.result))"]
    if let comment = statement.comment { pieces.append(self.comment(comment)) }
    if let reason = statement.reason { pieces.append("reason=\(value(reason))") }
    for property in statement.properties {
      let name = property.type.isEmpty ? "" : token(property.type) + "."
      pieces.append("\(name)\(token(property.name))=\(value(property.value))")
    }
    return pieces
  }

  private static func folded(_ pieces: [String]) -> [String] {
    var lines: [String] = []
    for piece in pieces {
      if let last = lines.last, last.utf8.count + piece.utf8.count < lineLimit {
        lines[lines.count - 1] = last + " " + piece
      } else {
        lines.append((lines.isEmpty ? "\t" : "\t  ") + piece)
      }
    }
    return lines
  }

  /// `Keyword`; our own words, so anything else in one is a bug that must not become a field.
  private static func token(_ text: String) -> String {
    let octets = text.utf8.filter {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x5F
    }
    return octets.isEmpty ? "x" : String(decoding: octets, as: UTF8.self)
  }

  /// A token or an address as it is, everything else as a quoted string.
  private static func value(_ text: String) -> String {
    let octets = Array(text.utf8.prefix(valueLimit))
    if !octets.isEmpty, octets.allSatisfy(isPlain) {
      return String(decoding: octets, as: UTF8.self)
    }
    var quoted = "\""
    for scalar in shown(octets).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private static func comment(_ text: String) -> String {
    var comment = "("
    for scalar in shown(Array(text.utf8.prefix(valueLimit))).unicodeScalars {
      if "()\\".unicodeScalars.contains(scalar) { comment.unicodeScalars.append("\\") }
      comment.unicodeScalars.append(scalar)
    }
    return comment + ")"
  }

  /// Text without controls, directions and broken UTF-8.
  private static func shown(_ octets: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for scalar in String(decoding: octets, as: UTF8.self).unicodeScalars {
      let isBad =
        scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
        || scalar.value == 0x2028 || scalar.value == 0x2029
      text.append(isBad ? "?" : scalar)
    }
    return String(text)
  }

  /// Of tokens (RFC 2045 §5.1) and dot-atoms with `@` between: nothing that a reader could take for
  /// more than one value.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`{|}~@".utf8.contains(byte)
    }
  }
}
