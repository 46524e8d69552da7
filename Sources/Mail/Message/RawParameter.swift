/// One `;` attribute `=` value of a field as it is written (RFC 2045 §5.1, RFC 2231).
struct RawParameter {
  /// Lower case, with the marks of RFC 2231 (`filename*0*`).
  let name: [UInt8]
  let value: [UInt8]
  let isQuoted: Bool
  /// The whole parameter in the field's run.
  let range: Range<Int>
  /// What another reader sees instead: the first word of an unquoted value with spaces, a value with the
  /// comment behind it, the octets between the quotes with their back-slashes.
  let otherwise: [UInt8]?
}

/// Reads `*(";" parameter)`, leniently: clients do, so a filter must.
struct ParameterReader {
  /// Parameters of one field; more are left unread and recorded.
  static let limit = 500

  private(set) var parameters: [RawParameter] = []
  private(set) var defects: [(Defect.Kind, Range<Int>)] = []
  private var cursor: FieldCursor

  init(_ cursor: FieldCursor) {
    self.cursor = cursor
    read()
  }

  private mutating func read() {
    while !cursor.isAtEnd {
      cursor.skipBlanksAndComments()
      // A comma or nothing at all where the semicolon belongs is read over.
      if cursor.take(0x3B) || cursor.take(0x2C) { continue }
      guard !cursor.isAtEnd else { break }
      guard parameters.count < Self.limit else {
        defects.append((.limitHeader, cursor.at..<cursor.end))
        return
      }
      parameter()
    }
    if cursor.hasUnclosedQuote { defects.append((.unclosedQuote, cursor.end..<cursor.end)) }
    if cursor.hasUnclosedComment { defects.append((.unclosedComment, cursor.end..<cursor.end)) }
  }

  /// `attribute "=" value`; a word without `=` is recorded and skipped.
  private mutating func parameter() {
    let start = cursor.at
    let name = cursor.run { $0 == 0x3D || $0 == 0x3B || $0.isBlank || $0 == 0x28 || $0 == 0x22 }
    cursor.skipBlanksAndComments()
    guard !name.isEmpty, cursor.take(0x3D) else {
      _ = cursor.run { $0 == 0x3B || $0.isBlank }
      if cursor.at == start { cursor.at += 1 }
      return defects.append((.parameterSyntax, start..<cursor.at))
    }
    cursor.skipBlanksAndComments()
    let (value, isQuoted, otherwise) = value()
    parameters.append(
      RawParameter(
        name: cursor.bytes[name].map(\.lowered), value: value, isQuoted: isQuoted,
        range: start..<cursor.at, otherwise: otherwise))
  }

  private mutating func value() -> (value: [UInt8], isQuoted: Bool, otherwise: [UInt8]?) {
    guard cursor.current != 0x22 else { return quotedValue() }
    let token = cursor.token()
    let afterToken = cursor.at
    cursor.skipBlanksAndComments()
    if cursor.isAtEnd || cursor.current == 0x3B {
      return (Array(cursor.bytes[token]), false, commented(token))
    }
    // `name=my file.exe`: some take the word, some all up to the semicolon; `charset=x name=y` is two.
    if nextWordIsParameter() { return (Array(cursor.bytes[token]), false, nil) }
    cursor.at = afterToken
    let rest = cursor.run { $0 == 0x3B || $0 == 0x0D || $0 == 0x0A }
    let whole = cursor.bytes.trimmed(token.lowerBound..<rest.upperBound)
    defects.append((.parameterSyntax, whole))
    return (Array(cursor.bytes[whole]), false, Array(cursor.bytes[token]))
  }

  /// The value with the comment behind it, as those read that know no comments; nil without one.
  private func commented(_ token: Range<Int>) -> [UInt8]? {
    let whole = cursor.bytes.trimmed(token.lowerBound..<max(token.lowerBound, cursor.at))
    return whole.upperBound > token.upperBound ? Array(cursor.bytes[whole]) : nil
  }

  private mutating func quotedValue() -> (value: [UInt8], isQuoted: Bool, otherwise: [UInt8]?) {
    let start = cursor.at + 1
    let text = cursor.quotedString()
    let inner = start..<max(start, cursor.hasUnclosedQuote ? cursor.end : cursor.at - 1)
    let hasEscape = cursor.bytes[inner].contains(0x5C)
    // What stands between the closing quote and the semicolon belongs to no rule.
    let rest = cursor.run { $0 == 0x3B || $0.isBlank || $0 == 0x28 || $0 == 0x2C }
    if !rest.isEmpty { defects.append((.parameterSyntax, rest)) }
    return (
      text, true, hasEscape ? cursor.bytes[inner].filter { $0 != 0x0D && $0 != 0x0A } : nil
    )
  }

  private func nextWordIsParameter() -> Bool {
    guard cursor.bytes[cursor.at - 1].isBlank || cursor.bytes[cursor.at - 1] == 0x29 else {
      return false
    }
    var ahead = cursor
    let word = ahead.token()
    return !word.isEmpty && ahead.current == 0x3D
  }
}
