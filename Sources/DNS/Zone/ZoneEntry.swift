import Mail

/// One entry of a zone file: a line, or several that parentheses join (RFC 1035 §5.1).
struct ZoneEntry {
  /// A word, or what stands between two quotes; escapes still in it.
  struct Word {
    let octets: ArraySlice<UInt8>
    let isQuoted: Bool
    let line: Int
    let column: Int

    /// For mnemonics, numbers and addresses, where odd octets are wrong anyway.
    var text: String { String(decoding: octets, as: UTF8.self) }

    func fault(_ expected: String, at offset: Int = 0) -> ZoneFault {
      ZoneFault(expected: expected, line: line, column: column + offset)
    }

    /// Runs a parser of the word; its error gets the word's place.
    func read<Value>(
      _ parse: (ArraySlice<UInt8>) throws(SyntaxError) -> Value
    ) throws(ZoneFault) -> Value {
      do throws(SyntaxError) {
        return try parse(octets)
      } catch {
        throw fault(error.expected, at: error.offset)
      }
    }
  }

  var words: [Word] = []
  /// Whether it begins with a blank: it is of the owner before it.
  var beginsBlank = false
  /// Where it ends, for what is missing there.
  var end = ZoneFault(expected: "", line: 1, column: 1)

  func fault(_ expected: String) -> ZoneFault {
    ZoneFault(expected: expected, line: end.line, column: end.column)
  }
}

/// Cuts a zone file into entries:
///
///     entry = [owner] *( blank word ) [ ";" comment ] line-end
///     word  = 1*octet / DQUOTE *octet DQUOTE     ; a backslash keeps the next octet from meaning more
///
/// Between parentheses, which do not nest, a line's end is a blank. A quote must close on its line.
struct ZoneEntries {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var lineStart = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var column: Int { at - lineStart + 1 }

  private func fault(_ expected: String) -> ZoneFault {
    ZoneFault(expected: expected, line: line, column: column)
  }

  /// The next entry that has words; nil at the end.
  mutating func next() throws(ZoneFault) -> ZoneEntry? {
    while at < bytes.count {
      let entry = try entry()
      if !entry.words.isEmpty { return entry }
    }
    return nil
  }

  private mutating func entry() throws(ZoneFault) -> ZoneEntry {
    var entry = ZoneEntry()
    entry.beginsBlank = Self.isBlank(bytes[at])
    var opened: ZoneFault?
    while at < bytes.count {
      switch bytes[at] {
      case 0x0A:
        if opened == nil { entry.end = fault("") }
        nextLine()
        if opened == nil { return entry }
      case 0x3B: while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      case 0x28:
        guard opened == nil else { throw fault("no parenthesis inside another") }
        opened = fault("a closing parenthesis for this one")
        at += 1
      case 0x29:
        guard opened != nil else { throw fault("an opening parenthesis before this one") }
        opened = nil
        at += 1
      case 0x22: entry.words.append(try quoted())
      case let byte where Self.isBlank(byte): at += 1
      default: entry.words.append(word())
      }
    }
    if let opened { throw opened }
    entry.end = fault("")
    return entry
  }

  private mutating func nextLine() {
    at += 1
    line += 1
    lineStart = at
  }

  private mutating func word() -> ZoneEntry.Word {
    let (start, column) = (at, column)
    while at < bytes.count, !Self.endsWord(bytes[at]) { skipOctet() }
    return ZoneEntry.Word(
      octets: bytes[start..<at], isQuoted: false, line: line, column: column)
  }

  /// With what a backslash before it keeps; never a line's end.
  private mutating func skipOctet() {
    let isEscape = bytes[at] == 0x5C && at + 1 < bytes.count && bytes[at + 1] != 0x0A
    at += isEscape ? 2 : 1
  }

  private mutating func quoted() throws(ZoneFault) -> ZoneEntry.Word {
    let opening = fault("a closing quote for this one")
    at += 1
    let (start, column) = (at, column)
    while at < bytes.count, bytes[at] != 0x22 {
      if bytes[at] == 0x0A { throw opening }
      skipOctet()
    }
    guard at < bytes.count else { throw opening }
    defer { at += 1 }
    return ZoneEntry.Word(octets: bytes[start..<at], isQuoted: true, line: line, column: column)
  }

  /// A line's CR is a blank too.
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == 0x0A || byte == 0x22 || byte == 0x28 || byte == 0x29 || byte == 0x3B
  }
}
