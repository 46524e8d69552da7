/// Reads the words of a structured field (RFC 5322 §3.2, RFC 2045 §5.1) and says where it stopped.
///
/// Nothing here fails: what does not fit is left to the rule above, which records it.
struct FieldCursor {
  let bytes: [UInt8]
  var at: Int
  let end: Int
  /// Set when a quoted string or a comment ran to the field's end.
  var hasUnclosedQuote = false
  var hasUnclosedComment = false
  /// The last comment that `skipBlanksAndComments` passed, without its parentheses.
  var lastComment: Range<Int>?

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    at = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { at >= end }
  var current: UInt8? { at < end ? bytes[at] : nil }

  /// `CFWS`; comments nest, and are counted instead of followed (RFC 5322 §3.2.2).
  mutating func skipBlanksAndComments() {
    while at < end {
      if bytes[at].isBlank {
        at += 1
      } else if bytes[at] == 0x28 {
        skipComment()
      } else {
        return
      }
    }
  }

  /// One comment without its parentheses; call at its opening one. Nil when it never closes.
  mutating func comment() -> Range<Int>? {
    lastComment = nil
    skipComment()
    return lastComment
  }

  private mutating func skipComment() {
    let start = at + 1
    var depth = 0
    while at < end {
      switch bytes[at] {
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x5C: at += 1
      default: break
      }
      at += 1
      if depth == 0 {
        lastComment = start..<(at - 1)
        return
      }
    }
    at = end
    hasUnclosedComment = true
  }

  /// Takes `byte` if it stands here.
  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    at += 1
    return true
  }

  /// The octets up to one for which `stops` is true.
  mutating func run(until stops: (UInt8) -> Bool) -> Range<Int> {
    let start = at
    while at < end, !stops(bytes[at]) { at += 1 }
    return start..<at
  }

  /// `token := 1*<any CHAR except SPACE, CTLs, or tspecials>` (RFC 2045 §5.1), octets beyond ASCII too.
  mutating func token() -> Range<Int> { run { !$0.isTokenText } }

  /// A quoted string, unquoted, folding removed; call at its opening quote. An unclosed one runs to the
  /// end of the field.
  mutating func quotedString() -> [UInt8] {
    var text: [UInt8] = []
    at += 1
    while at < end {
      let byte = bytes[at]
      at += 1
      switch byte {
      case 0x22: return text
      case 0x5C where at < end:
        text.append(bytes[at])
        at += 1
      case 0x0D, 0x0A: break
      default: text.append(byte)
      }
    }
    hasUnclosedQuote = true
    return text
  }
}

extension UInt8 {
  /// `tspecials` of RFC 2045 §5.1.
  var isTokenSpecial: Bool {
    switch self {
    case 0x22, 0x28, 0x29, 0x2C, 0x2F, 0x3A...0x40, 0x5B...0x5D: true
    default: false
    }
  }

  var isTokenText: Bool { self > 0x20 && self != 0x7F && !isTokenSpecial }
}
