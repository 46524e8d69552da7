/// Reads a server's replies from the octets as they come (RFC 5321 §4.2).
///
/// Bounds: a line of `lineLimit` octets (RFC 5321 §4.5.3.1.5 says 512; servers exceed it) and
/// `lineCountLimit` lines. A bare LF ends a line too: what a server says is not relayed.
package struct ReplyParser: Sendable {
  package enum Outcome: Hashable, Sendable {
    case incomplete
    case wrong
    case reply(Reply)
  }

  package static let lineLimit = 4096
  package static let lineCountLimit = 200

  private var buffer: [UInt8] = []
  private var lines: [String] = []
  private var code = 0
  private var status: EnhancedStatus?

  package init() {}

  package mutating func append(_ bytes: some Sequence<UInt8>) { buffer += bytes }

  /// Whether octets are left over: after STARTTLS's reply there must be none.
  package var isEmpty: Bool { buffer.isEmpty && lines.isEmpty }

  /// The next whole reply.
  package mutating func next() -> Outcome {
    while let end = buffer.firstIndex(of: 0x0A) {
      var line = buffer[..<end]
      if line.last == 0x0D { line = line.dropLast() }
      guard line.count <= Self.lineLimit, let isLast = take(Array(line)) else { return .wrong }
      buffer.removeFirst(end + 1)
      guard isLast else { continue }
      defer { lines = [] }
      return .reply(Reply(code: code, status: status, lines: lines))
    }
    return buffer.count > Self.lineLimit ? .wrong : .incomplete
  }

  /// One line; nil when it is none of a reply's, else whether it is the last.
  private mutating func take(_ line: [UInt8]) -> Bool? {
    guard line.count >= 3, let number = CommandParser.number(line[..<3]),
      (200...599).contains(number), lines.count < Self.lineCountLimit,
      lines.isEmpty || number == code
    else { return nil }
    let isLast = line.count == 3 || line[3] == 0x20
    guard isLast || line[3] == 0x2D else { return nil }
    var text = String(
      decoding: line.dropFirst(4).filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    code = number
    let (found, rest) = Self.enhanced(text, code: number)
    if lines.isEmpty { status = found }
    if found != nil, found == status { text = rest }
    lines.append(text)
    return isLast
  }

  /// `class "." subject "." detail SP`, of the reply's own class (RFC 2034 §4).
  private static func enhanced(_ text: String, code: Int) -> (EnhancedStatus?, String) {
    let word = text.prefix { $0 != " " }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let category = UInt8(parts[0]), category == code / 100, category != 3,
      parts[1].utf8.count <= 3, parts[2].utf8.count <= 3, let subject = UInt16(parts[1]),
      let detail = UInt16(parts[2])
    else { return (nil, text) }
    let rest = text.dropFirst(word.count).drop { $0 == " " }
    return (EnhancedStatus(category, subject, detail), String(rest))
  }
}
