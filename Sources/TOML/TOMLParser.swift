/// Reads TOML 1.0 as settings files use it: tables, arrays of tables, dotted and quoted keys, texts,
/// numbers, booleans, lists and inline tables. Floats, dates and multi-line texts, which no setting
/// has, are refused by name.
///
/// Ours, since a settings error must name line, column and key, and the library we could take hides
/// the places of keys (docs/decisions/0002-toml.md).
package struct TOMLParser {
  /// Octets of a file, depth of lists and tables, and keys in it.
  package static let sizeLimit = 4 << 20
  package static let depthLimit = 32
  package static let keyLimit = 100_000

  private let text: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var column = 1
  private var keys = 0
  private var root = TOMLTable()

  private init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// Reads a whole file.
  package static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
    let start = TOMLPosition(line: 1, column: 1)
    guard bytes.count <= sizeLimit else {
      throw TOMLError(position: start, message: "the file is larger than \(sizeLimit) octets")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TOMLError(position: start, message: "the file is not UTF-8")
    }
    var parser = TOMLParser(text)
    return try parser.file()
  }

  // MARK: Structure

  private mutating func file() throws(TOMLError) -> TOMLTable {
    var path: [String] = []
    while true {
      try skipLines()
      guard let next = peek else { return root }
      if next == "[" {
        path = try header()
      } else {
        let (keys, position) = try dottedKey()
        try expect("=", "behind the key")
        let node = try value(depth: 0)
        try insert(node, at: path + keys, position: position)
      }
      try endOfLine()
    }
  }

  /// `[a.b]` or `[[a.b]]`; returns the path of the table that the following keys belong to.
  private mutating func header() throws(TOMLError) -> [String] {
    advance()
    let isArray = peek == "["
    if isArray { advance() }
    let (path, position) = try dottedKey()
    try expect("]", "behind the table's name")
    if isArray { try expect("]", "behind the table's name") }
    try open(path, isArray: isArray, position: position)
    return path
  }

  private mutating func open(
    _ path: [String], isArray: Bool, position: TOMLPosition
  ) throws(TOMLError) {
    var root = self.root
    try Self.edit(&root, path[...], position) { (table, key) throws(TOMLError) in
      let empty = TOMLNode(value: .table(TOMLTable()), position: position)
      guard let index = table.index(of: key) else {
        let node = isArray ? TOMLNode(value: .array([empty]), position: position) : empty
        return table.append(.init(key: key, keyPosition: position, node: node, isOpen: isArray))
      }
      let entry = table.entries[index]
      switch entry.node.value {
      case .array(let nodes) where isArray && entry.isOpen:
        table.replace(index, by: .array(nodes + [empty]))
      case .table where !isArray && entry.isOpen: break
      default: throw TOMLError(position: position, message: "\"\(key)\" is given twice")
      }
    }
    self.root = root
  }

  private mutating func insert(
    _ node: TOMLNode, at path: [String], position: TOMLPosition
  ) throws(TOMLError) {
    keys += 1
    guard keys <= Self.keyLimit else { throw wrong("too many keys") }
    var root = self.root
    try Self.edit(&root, path[...], position) { (table, key) throws(TOMLError) in
      guard table.index(of: key) == nil else {
        throw TOMLError(position: position, message: "\"\(key)\" is given twice")
      }
      table.append(.init(key: key, keyPosition: position, node: node, isOpen: false))
    }
    self.root = root
  }

  /// Walks down to the table that holds the last key, making tables on the way.
  private static func edit(
    _ table: inout TOMLTable, _ path: ArraySlice<String>, _ position: TOMLPosition,
    _ change: (inout TOMLTable, String) throws(TOMLError) -> Void
  ) throws(TOMLError) {
    guard let key = path.first, path.count > 1 else {
      return try change(&table, path.first ?? "")
    }
    if table.index(of: key) == nil {
      let node = TOMLNode(value: .table(TOMLTable()), position: position)
      table.append(.init(key: key, keyPosition: position, node: node, isOpen: true))
    }
    guard let index = table.index(of: key) else { return }
    switch table.entries[index].node.value {
    case .table(var inner):
      try edit(&inner, path.dropFirst(), position, change)
      table.replace(index, by: .table(inner))
    case .array(var nodes):
      guard let last = nodes.popLast(), case .table(var inner) = last.value else {
        throw TOMLError(position: position, message: "\"\(key)\" is not a table")
      }
      try edit(&inner, path.dropFirst(), position, change)
      table.replace(
        index, by: .array(nodes + [TOMLNode(value: .table(inner), position: last.position)]))
    default: throw TOMLError(position: position, message: "\"\(key)\" is not a table")
    }
  }

  // MARK: Keys and values

  private mutating func dottedKey() throws(TOMLError) -> ([String], TOMLPosition) {
    skipBlanks()
    let position = here
    var path = [try simpleKey()]
    skipBlanks()
    while peek == "." {
      advance()
      skipBlanks()
      path.append(try simpleKey())
      skipBlanks()
      guard path.count <= Self.depthLimit else { throw wrong("a key of too many parts") }
    }
    return (path, position)
  }

  private mutating func simpleKey() throws(TOMLError) -> String {
    if peek == "\"" || peek == "'" { return try string() }
    var key = ""
    while let scalar = peek, Self.isBareKey(scalar) {
      key.unicodeScalars.append(scalar)
      advance()
    }
    guard !key.isEmpty else { throw wrong("expected a key") }
    return key
  }

  private static func isBareKey(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }

  private mutating func value(depth: Int) throws(TOMLError) -> TOMLNode {
    guard depth < Self.depthLimit else { throw wrong("values are nested too deeply") }
    skipBlanks()
    let position = here
    let value: TOMLValue
    switch peek {
    case "\"", "'": value = .string(try string())
    case "[": value = .array(try list(depth: depth))
    case "{": value = .table(try inlineTable(depth: depth))
    default: value = try word()
    }
    return TOMLNode(value: value, position: position)
  }

  private mutating func list(depth: Int) throws(TOMLError) -> [TOMLNode] {
    advance()
    var nodes: [TOMLNode] = []
    while true {
      try skipLines()
      if peek == "]" { break }
      nodes.append(try value(depth: depth + 1))
      try skipLines()
      guard peek == "," else { break }
      advance()
    }
    try expect("]", "at the end of the list")
    return nodes
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
    advance()
    var table = TOMLTable()
    skipBlanks()
    if peek == "}" {
      advance()
      return table
    }
    while true {
      let (path, position) = try dottedKey()
      try expect("=", "behind the key")
      let node = try value(depth: depth + 1)
      try Self.edit(&table, path[...], position) { (table, key) throws(TOMLError) in
        guard table.index(of: key) == nil else {
          throw TOMLError(position: position, message: "\"\(key)\" is given twice")
        }
        table.append(.init(key: key, keyPosition: position, node: node, isOpen: false))
      }
      skipBlanks()
      guard peek == "," else { break }
      advance()
    }
    try expect("}", "at the end of the inline table")
    return table
  }

  private mutating func word() throws(TOMLError) -> TOMLValue {
    let start = here
    var word = ""
    while let scalar = peek,
      Self.isBareKey(scalar) || scalar == "+" || scalar == "." || scalar == ":"
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    if word == "true" { return .boolean(true) }
    if word == "false" { return .boolean(false) }
    let digits = word.split(separator: "_", omittingEmptySubsequences: false)
    if !digits.contains(where: \.isEmpty), let number = Int64(digits.joined()) {
      return .integer(number)
    }
    let what = word.isEmpty ? "nothing" : "\"\(word)\""
    throw TOMLError(
      position: start,
      message: "expected a value (a \"text\", a number, true, false, a list), found \(what)")
  }

  private mutating func string() throws(TOMLError) -> String {
    guard let quote = peek else { throw wrong("expected a text") }
    advance()
    var result = ""
    while let scalar = peek, scalar != "\n", scalar != "\r" {
      advance()
      if scalar == quote { return result }
      if scalar == "\\", quote == "\"" {
        result.unicodeScalars.append(try escape())
      } else if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F {
        throw wrong("a control character in a text")
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    throw wrong("the text has no closing \(quote)")
  }

  private mutating func escape() throws(TOMLError) -> Unicode.Scalar {
    let letter = peek
    advance()
    switch letter {
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "\"": return "\""
    case "\\": return "\\"
    case "u": return try unicode(digits: 4)
    case "U": return try unicode(digits: 8)
    default: throw wrong("an escape that TOML does not know")
    }
  }

  private mutating func unicode(digits: Int) throws(TOMLError) -> Unicode.Scalar {
    var hex = ""
    while hex.unicodeScalars.count < digits, let scalar = peek, scalar.properties.isASCIIHexDigit {
      hex.unicodeScalars.append(scalar)
      advance()
    }
    guard hex.utf8.count == digits, let number = UInt32(hex, radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw wrong("expected \(digits) hexadecimal digits") }
    return scalar
  }

  // MARK: Characters

  private var peek: Unicode.Scalar? { index < text.count ? text[index] : nil }

  private var here: TOMLPosition { TOMLPosition(line: line, column: column) }

  private func wrong(_ message: String) -> TOMLError {
    TOMLError(position: here, message: message)
  }

  private mutating func advance() {
    guard index < text.count else { return }
    if text[index] == "\n" {
      line += 1
      column = 1
    } else {
      column += 1
    }
    index += 1
  }

  private mutating func skipBlanks() { while peek == " " || peek == "\t" { advance() } }

  private mutating func skipLines() throws(TOMLError) {
    while true {
      skipBlanks()
      if peek == "#" { while let scalar = peek, scalar != "\n" { advance() } }
      guard peek == "\n" || peek == "\r" else { return }
      advance()
    }
  }

  private mutating func endOfLine() throws(TOMLError) {
    skipBlanks()
    guard peek == nil || peek == "\n" || peek == "\r" || peek == "#" else {
      throw wrong("expected the end of the line")
    }
  }

  private mutating func expect(_ scalar: Unicode.Scalar, _ place: String) throws(TOMLError) {
    skipBlanks()
    guard peek == scalar else { throw wrong("expected \"\(scalar)\" \(place)") }
    advance()
  }
}
