/// Writes a signature's field: tags one behind the other, folded before column 78 (RFC 5322
/// §2.1.1).
struct SignatureFieldWriter {
  private(set) var bytes: [UInt8]
  private var column: Int

  private static let columnLimit = 76

  init(_ name: String) {
    bytes = Array("\(name):".utf8)
    column = bytes.count
  }

  /// `name=value` and a semicolon, as one word.
  mutating func tag(_ name: String, _ value: String) { word("\(name)=\(value);") }

  /// A list whose words may stand on lines of their own.
  mutating func list(_ name: String, _ words: [String]) {
    for (index, text) in words.enumerated() {
      let end = index == words.count - 1 ? ";" : ":"
      if index == 0 { word("\(name)=\(text)\(end)") } else { piece(text + end) }
    }
  }

  /// `b=`, the last tag, with its octets or empty.
  mutating func signature(_ base64: String) {
    word("b=")
    var rest = base64.utf8[...]
    while !rest.isEmpty {
      if column >= Self.columnLimit { fold() }
      let head = rest.prefix(Self.columnLimit - column)
      append(head)
      rest = rest.dropFirst(head.count)
    }
  }

  /// Text with white space, folded at it; controls are dropped, so that nothing begins a field of
  /// its own.
  mutating func words(_ text: String) {
    for part in text.utf8.split(whereSeparator: { $0 <= 0x20 }) {
      let clean = part.filter { $0 != 0x7F }
      word(String(decoding: clean, as: UTF8.self))
    }
  }

  private mutating func word(_ text: String) {
    if column + 1 + text.utf8.count > Self.columnLimit {
      fold()
    } else {
      append([0x20])
    }
    append(text.utf8)
  }

  private mutating func piece(_ text: String) {
    if column + text.utf8.count > Self.columnLimit { fold() }
    append(text.utf8)
  }

  private mutating func fold() {
    bytes += [0x0D, 0x0A, 0x20]
    column = 1
  }

  private mutating func append(_ octets: some Collection<UInt8>) {
    bytes += octets
    column += octets.count
  }
}
