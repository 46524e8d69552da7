import Mail

/// Reads macro strings; offsets of errors count from the start of the text.
struct SPFMacroParser {
  private let text: ArraySlice<UInt8>
  private let place: SPFMacroText.Place
  private var at: Int
  private var pieces: [SPFMacroText.Piece] = []
  private var literal: [UInt8] = []
  /// Where the octets behind the last `macro-expand` begin.
  private var tail: Int

  static func parse(
    _ text: ArraySlice<UInt8>, as place: SPFMacroText.Place
  ) throws(SyntaxError) -> SPFMacroText {
    var parser = SPFMacroParser(text, place)
    while parser.at < text.endIndex { try parser.piece() }
    if place == .domain { try parser.checkEnd() }
    parser.flush()
    return SPFMacroText(pieces: parser.pieces)
  }

  private init(_ text: ArraySlice<UInt8>, _ place: SPFMacroText.Place) {
    self.text = text
    self.place = place
    at = text.startIndex
    tail = text.startIndex
  }

  private func wrong(_ expected: String) -> SyntaxError {
    SyntaxError(expected: expected, at: at - text.startIndex)
  }

  private mutating func flush() {
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    literal = []
  }

  private mutating func piece() throws(SyntaxError) {
    let byte = text[at]
    guard byte == 0x25 else {
      // macro-literal = %x21-24 / %x26-7E; explain-string has SP beside it.
      guard (0x21...0x7E).contains(byte) || byte == 0x20 && place == .explanation else {
        throw wrong("a visible character")
      }
      literal.append(byte)
      at += 1
      return
    }
    switch at + 1 < text.endIndex ? text[at + 1] : 0 {
    case 0x25: expand("%")
    case 0x5F: expand(" ")
    case 0x2D: expand("%20")
    case 0x7B: try macro()
    default: throw wrong("%{, %%, %_ or %-")
    }
    tail = at
  }

  private mutating func expand(_ octets: String) {
    literal += octets.utf8
    at += 2
  }

  private mutating func macro() throws(SyntaxError) {
    guard let close = text[at...].firstIndex(of: 0x7D) else { throw wrong("} for this macro") }
    var inside = text[(at + 2)..<close]
    guard let byte = inside.popFirst(), let letter = SPFMacroText.Letter(rawValue: byte | 0x20),
      (0x41...0x5A).contains(byte & 0xDF)
    else { throw wrong("a macro letter") }
    if place == .domain, [.readableAddress, .receiver, .time].contains(letter) {
      throw wrong("no macro that only explanations have")
    }
    let parts = try parts(&inside)
    let isReversed = inside.first.map { $0 | 0x20 == 0x72 } ?? false
    if isReversed { inside.removeFirst() }
    guard inside.allSatisfy(Self.delimiters.contains) else { throw wrong("a delimiter or }") }
    flush()
    pieces.append(
      .macro(
        SPFMacroText.Macro(
          letter: letter, isEscaped: byte & 0x20 == 0, parts: parts, isReversed: isReversed,
          delimiters: Array(inside))))
    at = close + 1
  }

  /// No name has more parts, so a larger number means all of them.
  private static let partLimit = 128

  /// `*DIGIT`, which MUST NOT be zero (RFC 7208 §7.3).
  private func parts(_ inside: inout ArraySlice<UInt8>) throws(SyntaxError) -> Int? {
    let digits = inside.prefix { (0x30...0x39).contains($0) }
    inside = inside[digits.endIndex...]
    if digits.isEmpty { return nil }
    let number = digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), Self.partLimit) }
    guard number > 0 else { throw wrong("a number of parts above zero") }
    return number
  }

  private static let delimiters = Set(".-+,/_=".utf8)

  /// `domain-end = ( "." toplabel [ "." ] ) / macro-expand`
  private func checkEnd() throws(SyntaxError) {
    if text.isEmpty { throw wrong("a name") }
    if tail == text.endIndex { return }
    var end = text[tail...]
    if end.last == 0x2E { end.removeLast() }
    guard let dot = end.lastIndex(of: 0x2E), Self.isTopLabel(end[(dot + 1)...]) else {
      throw SyntaxError(expected: "a name with a top-level label", at: tail - text.startIndex)
    }
  }

  /// `( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )`
  private static func isTopLabel(_ label: ArraySlice<UInt8>) -> Bool {
    guard let first = label.first, let last = label.last, first != 0x2D, last != 0x2D else {
      return false
    }
    return label.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D }
      && !label.allSatisfy(isDigit)
  }

  static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
