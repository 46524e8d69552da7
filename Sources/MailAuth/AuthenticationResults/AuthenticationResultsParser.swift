package import Mail

extension AuthenticationResultsField {
  /// Octets of one field that are read.
  package static let lengthLimit = 65_536
  /// Statements of one field; a chain of forwarders makes a dozen.
  package static let statementLimit = 100
  /// Properties of one statement.
  package static let propertyLimit = 50

  /// Reads a field's value, folding included:
  ///
  ///     authres-payload = [CFWS] authserv-id [ CFWS authres-version ]
  ///                       ( no-result / 1*resinfo ) [CFWS]
  ///     no-result       = [CFWS] ";" [CFWS] "none"
  ///
  /// A semicolon at the end, and nothing at all behind the server's name, are let through; both are
  /// common.
  package init(parsing bytes: ArraySlice<UInt8>) throws(SyntaxError) {
    guard bytes.count <= Self.lengthLimit else {
      throw SyntaxError(expected: "at most \(Self.lengthLimit) octets", at: 0)
    }
    var parser = AuthenticationResultsParser(bytes)
    let (id, version) = try parser.server()
    self.init(serverID: id)
    self.version = version
    while try parser.semicolon() {
      if try parser.isAtEnd() { return }
      if statements.isEmpty, try parser.none() { return }
      guard statements.count < Self.statementLimit else {
        throw parser.wrong("at most \(Self.statementLimit) statements")
      }
      statements.append(try parser.statement())
    }
  }
}

/// The grammar of RFC 8601 §2.2, a rule a method.
struct AuthenticationResultsParser {
  private let bytes: ArraySlice<UInt8>
  private var index: Int
  /// Since the last statement began.
  private var comment: String?

  /// Comments inside comments.
  static let depthLimit = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  func wrong(_ expected: String) -> SyntaxError {
    SyntaxError(expected: expected, at: index - bytes.startIndex)
  }

  /// `[CFWS] authserv-id [ CFWS authres-version ]`.
  mutating func server() throws(SyntaxError) -> (id: String, version: String?) {
    try skipSpace()
    let id = try value()
    try skipSpace()
    let digits = bytes[index...].prefix { (0x30...0x39).contains($0) }
    index = digits.endIndex
    try skipSpace()
    return (id, digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self))
  }

  /// Whether another statement may follow; anything but a semicolon or the end is wrong.
  mutating func semicolon() throws(SyntaxError) -> Bool {
    try skipSpace()
    guard index < bytes.endIndex else { return false }
    guard bytes[index] == 0x3B else { throw wrong("a semicolon") }
    index += 1
    return true
  }

  mutating func isAtEnd() throws(SyntaxError) -> Bool {
    try skipSpace()
    return index == bytes.endIndex
  }

  /// `none` and nothing behind it.
  mutating func none() throws(SyntaxError) -> Bool {
    let start = index
    if word() == "none" {
      try skipSpace()
      if index < bytes.endIndex, bytes[index] == 0x3B { index += 1 }
      if try isAtEnd() { return true }
    }
    index = start
    return false
  }

  /// `resinfo = methodspec [ CFWS reasonspec ] [ CFWS 1*propspec ]`.
  mutating func statement() throws(SyntaxError) -> AuthenticationResultsField.Statement {
    comment = nil
    let method = try keyword("a method")
    var version: String?
    if try take(0x2F) { version = try keyword("a method's version") }
    guard try take(0x3D) else { throw wrong("=") }
    var statement = AuthenticationResultsField.Statement(method, try keyword("a result"))
    statement.methodVersion = version
    try skipSpace()
    while index < bytes.endIndex, bytes[index] != 0x3B {
      try property(&statement)
      try skipSpace()
    }
    statement.comment = comment
    return statement
  }

  /// `propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue`, or `reasonspec`, or a bare
  /// `name=value`.
  private mutating func property(
    _ statement: inout AuthenticationResultsField.Statement
  ) throws(SyntaxError) {
    var (type, name) = ("", try keyword("a property"))
    if try take(0x2E) { (type, name) = (name, try keyword("a property's name")) }
    guard try take(0x3D) else { throw wrong("=") }
    try skipSpace()
    let text = try value()
    if type.isEmpty, name == "reason" {
      statement.reason = statement.reason ?? text
      return
    }
    guard statement.properties.count < AuthenticationResultsField.propertyLimit else {
      throw wrong("at most \(AuthenticationResultsField.propertyLimit) properties")
    }
    statement.properties.append(.init(type, name, text))
  }

  // MARK: Lexical rules

  /// `Keyword`, in lower case, with white space and comments round it.
  private mutating func keyword(_ what: String) throws(SyntaxError) -> String {
    try skipSpace()
    guard let word = word() else { throw wrong(what) }
    try skipSpace()
    return word
  }

  private mutating func word() -> String? {
    let word = bytes[index...].prefix {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x5F
    }
    guard !word.isEmpty else { return nil }
    index = word.endIndex
    return String(decoding: word.map(\.lowered), as: UTF8.self)
  }

  private mutating func take(_ byte: UInt8) throws(SyntaxError) -> Bool {
    try skipSpace()
    guard index < bytes.endIndex, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// `value / [ [ local-part ] "@" ] domain-name`: a quoted string, or what reaches to white space,
  /// a comment or a semicolon. A quoted local part keeps its quotes.
  private mutating func value() throws(SyntaxError) -> String {
    let start = index
    if index < bytes.endIndex, bytes[index] == 0x22 {
      let text = try quoted()
      guard index < bytes.endIndex, bytes[index] == 0x40 else { return Self.text(text) }
    }
    while index < bytes.endIndex, Self.isValueByte(bytes[index]) { index += 1 }
    guard index > start else { throw wrong("a value") }
    return Self.text(bytes[start..<index].filter { $0 != 0x0D && $0 != 0x0A })
  }

  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F && byte != 0x3B && byte != 0x28 && byte != 0x22
  }

  private static func text(_ octets: some Sequence<UInt8>) -> String {
    String(decoding: Array(octets), as: UTF8.self)
  }

  private mutating func quoted() throws(SyntaxError) -> [UInt8] {
    var text: [UInt8] = []
    index += 1
    while index < bytes.endIndex {
      var byte = bytes[index]
      index += 1
      if byte == 0x22 { return text }
      if byte == 0x5C {
        guard index < bytes.endIndex else { break }
        byte = bytes[index]
        index += 1
      }
      if byte != 0x0D, byte != 0x0A { text.append(byte) }
    }
    throw wrong("a closing quote")
  }

  /// `[CFWS]`; remembers the first comment.
  private mutating func skipSpace() throws(SyntaxError) {
    while index < bytes.endIndex {
      switch bytes[index] {
      case 0x20, 0x09, 0x0D, 0x0A: index += 1
      case 0x28: try readComment()
      default: return
      }
    }
  }

  private mutating func readComment() throws(SyntaxError) {
    var (depth, text): (Int, [UInt8]) = (0, [])
    while index < bytes.endIndex {
      var byte = bytes[index]
      index += 1
      switch byte {
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x5C where index < bytes.endIndex:
        byte = bytes[index]
        index += 1
      default: break
      }
      if depth == 0 {
        comment = comment ?? Self.text(text.dropFirst())
        return
      }
      guard depth <= Self.depthLimit else {
        throw wrong("at most \(Self.depthLimit) comments deep")
      }
      if byte != 0x0D, byte != 0x0A { text.append(byte) }
    }
    throw wrong("the end of a comment")
  }
}
