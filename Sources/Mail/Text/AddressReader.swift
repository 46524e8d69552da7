/// Reads `address-list` with the obsolete forms of RFC 5322 §4.4, and on where clients read on: missing
/// commas, bare names, unclosed angle brackets.
struct AddressReader {
  /// Addresses and groups read from one field.
  static let limit = 10_000

  private(set) var entries: [AddressEntry] = []
  private(set) var flaws: [DecodedBody.Flaw] = []
  private var cursor: FieldCursor
  private var count = 0

  /// A word of a phrase or of an address without angle brackets.
  private struct Word {
    var text: [UInt8]
    let isQuoted: Bool
    /// Whether white space or a comment stands before it.
    let isApart: Bool
  }

  /// What has been read since the last comma.
  private struct Pending {
    var words: [Word] = []
    var comment: Range<Int>?
    var route: [UInt8]?
    var start = 0
    /// Whether an unquoted word has an `@`.
    var hasAt = false
    var isEmpty: Bool { words.isEmpty && route == nil && comment == nil }
  }

  private var pending = Pending()
  /// The group that is open: its name and members.
  private var group: (name: String, members: [HeaderAddress])?

  private let start: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    start = range.lowerBound
    cursor = FieldCursor(bytes, range)
  }

  mutating func read() {
    pending.start = cursor.at
    while count < Self.limit {
      let isApart = skipBlanks()
      guard let byte = cursor.current else { break }
      take(byte, isApart)
    }
    if !cursor.isAtEnd { note(.limitWork) }
    flush()
    if group != nil { note(.addressSyntax) }
    closeGroup()
    if hasStrayLineEnd { note(.addressSyntax) }
    if cursor.hasUnclosedQuote { note(.unclosedQuote) }
    if cursor.hasUnclosedComment { note(.unclosedComment) }
  }

  private mutating func take(_ byte: UInt8, _ isApart: Bool) {
    switch byte {
    case 0x2C:  // ,
      cursor.at += 1
      flush()
    case 0x3B:  // ;
      cursor.at += 1
      flush()
      closeGroup()
    case 0x3A where pending.route == nil && !pending.hasAt:
      cursor.at += 1
      openGroup()
    case 0x3C:  // <
      if pending.route != nil {
        note(.addressSyntax)
        flush()
      }
      pending.route = angle()
    case 0x22:
      if pending.route != nil { flush() }
      pending.words.append(Word(text: cursor.quotedString(), isQuoted: true, isApart: isApart))
    default: atom(isApart)
    }
  }

  private mutating func atom(_ isApart: Bool) {
    if pending.route != nil {
      note(.addressSyntax)
      flush()
    }
    // A domain literal holds what would end an atom: `[IPv6:2001:db8::1]`.
    var isInLiteral = false
    var run = cursor.run { byte in
      if byte == 0x5B { isInLiteral = true }
      if byte == 0x5D { isInLiteral = false }
      return byte.isBlank || (!isInLiteral && Self.endsAtom(byte))
    }
    if run.isEmpty {
      cursor.at += 1
      run = (cursor.at - 1)..<cursor.at
    }
    if cursor.bytes[run].contains(0x40) { pending.hasAt = true }
    pending.words.append(
      Word(text: Array(cursor.bytes[run]), isQuoted: false, isApart: isApart))
  }

  private static func endsAtom(_ byte: UInt8) -> Bool {
    [0x22, 0x28, 0x2C, 0x3A, 0x3B, 0x3C].contains(byte)
  }

  /// True if anything was skipped; remembers the comment.
  private mutating func skipBlanks() -> Bool {
    let start = cursor.at
    cursor.lastComment = nil
    cursor.skipBlanksAndComments()
    if let comment = cursor.lastComment { pending.comment = comment }
    return cursor.at > start
  }

  /// `"<" [route ":"] addr-spec ">"`; the route is dropped (RFC 5322 §4.4).
  private mutating func angle() -> [UInt8] {
    cursor.at += 1
    var text: [UInt8] = []
    while true {
      let before = cursor.lastComment
      cursor.skipBlanksAndComments()
      cursor.lastComment = before
      guard let byte = cursor.current else { break }
      switch byte {
      case 0x3E:
        cursor.at += 1
        return withoutRoute(text)
      case 0x22:
        let inner = cursor.quotedString()
        text += quoted(inner)
      case 0x3C where text.isEmpty: cursor.at += 1
      default:
        text.append(byte)
        cursor.at += 1
      }
    }
    note(.addressSyntax)
    return withoutRoute(text)
  }

  /// `@a,@b:user@host` is `user@host`.
  private func withoutRoute(_ text: [UInt8]) -> [UInt8] {
    guard text.first == 0x40, let colon = text.firstIndex(of: 0x3A) else { return text }
    return Array(text[(colon + 1)...])
  }

  private mutating func openGroup() {
    if group != nil { note(.addressSyntax) }
    closeGroup()
    count += 1
    group = (phrase(pending.words) ?? "", [])
    pending = Pending(start: cursor.at)
  }

  private mutating func closeGroup() {
    guard let (name, members) = group else { return }
    entries.append(.group(name: name, members: members))
    group = nil
  }

  /// Makes an address of what has been read.
  private mutating func flush() {
    defer { pending = Pending(start: cursor.at) }
    guard !pending.isEmpty else { return }
    count += 1
    let address = pending.route.map { $0.isEmpty ? nil : $0 } ?? bareAddress()
    var name = pending.route == nil ? nil : phrase(pending.words)
    if address == nil, pending.route == nil { name = phrase(pending.words) }
    if name == nil, let comment = pending.comment { name = text(comment) }
    let mailbox = address.flatMap { Mailbox(String(decoding: $0, as: UTF8.self)) }
    let isBare = pending.route == nil && address != nil
    if mailbox == nil || (isBare && hasDisjointAtoms) { note(.addressSyntax) }
    guard name != nil || address != nil else { return }
    let entry = HeaderAddress(
      name: name, address: address.map { TextGuess.text($0) }, mailbox: mailbox,
      range: pending.start..<cursor.at)
    if group != nil { group?.members.append(entry) } else { entries.append(.mailbox(entry)) }
  }

  /// Words without brackets are an address when there is an `@`; white space round dots and `@` is
  /// obsolete and dropped (RFC 5322 §4.4).
  private func bareAddress() -> [UInt8]? {
    guard pending.route == nil, pending.hasAt else { return nil }
    return pending.words.flatMap { $0.isQuoted ? quoted($0.text) : $0.text }
  }

  /// Whether two atoms of an address touch only because what stood between them was dropped.
  private var hasDisjointAtoms: Bool {
    let joints: Set<UInt8?> = [0x2E, 0x40]
    return zip(pending.words, pending.words.dropFirst()).contains { left, right in
      !joints.contains(left.text.last) && !joints.contains(right.text.first)
    }
  }

  /// Folding is a line end with white space behind it (RFC 5322 §2.2.3); no other belongs into a field.
  private var hasStrayLineEnd: Bool {
    let bytes = cursor.bytes
    return (start..<cursor.end).contains { at in
      let next = at + 1 < cursor.end ? bytes[at + 1] : 0
      return bytes[at] == 0x0D ? next != 0x0A : bytes[at] == 0x0A && next != 0x20 && next != 0x09
    }
  }

  /// A quoted local part keeps its quotes where it needs them.
  private func quoted(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [0x22]
    for byte in text {
      if byte == 0x22 || byte == 0x5C { output.append(0x5C) }
      output.append(byte)
    }
    return output + [0x22]
  }

  private mutating func phrase(_ words: [Word]) -> String? {
    guard !words.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for word in words {
      if word.isApart, !bytes.isEmpty { bytes.append(0x20) }
      if word.isQuoted, EncodedWords.mayHoldWord(word.text) { note(.encodedWordInQuotes) }
      bytes += word.text
    }
    let decoded = EncodedWords.decode(bytes).text
    return decoded.isEmpty ? nil : decoded
  }

  private func text(_ comment: Range<Int>) -> String? {
    let decoded = EncodedWords.decode(Array(cursor.bytes[cursor.bytes.trimmed(comment)])).text
    return decoded.isEmpty ? nil : decoded
  }

  private mutating func note(_ kind: Defect.Kind) {
    guard !flaws.contains(where: { $0.kind == kind }) else { return }
    flaws.append(.init(kind: kind, range: pending.start..<cursor.at))
  }
}
