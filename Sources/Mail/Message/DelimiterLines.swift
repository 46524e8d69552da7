/// The lines of one run that begin with two hyphens, found in a single pass: whatever multiparts the run
/// holds, their delimiters are among these (RFC 2046 §5.1.1).
struct DelimiterLines {
  /// A line: its start and its end before CRLF or LF.
  typealias Line = Range<Int>

  private(set) var lines: [Line] = []
  /// The first line of more than 998 octets (RFC 5322 §2.1.1).
  private(set) var longLine: Line?
  private(set) var crLfCount = 0
  private(set) var bareLfCount = 0
  /// The first CR that no LF follows.
  private(set) var bareCR: Int?
  /// The first NUL.
  private(set) var nul: Int?

  /// Whether there were more than `countLimit`.
  private(set) var isCut = false

  private static let lineLimit = 998
  /// Lines kept: 16 MB of places. No real message has a thousandth of it.
  private static let countLimit = 1_000_000

  init(_ bytes: [UInt8]) {
    let all = bytes.startIndex..<bytes.endIndex
    var start = 0
    while start < all.upperBound {
      let end = bytes.lineEnd(from: start, in: all)
      var textEnd = end
      if bytes[end - 1] == 0x0A {
        textEnd -= 1
        if textEnd > start, bytes[textEnd - 1] == 0x0D {
          textEnd -= 1
          crLfCount += 1
        } else {
          bareLfCount += 1
        }
      }
      if textEnd - start > 1, bytes[start] == 0x2D, bytes[start + 1] == 0x2D {
        if lines.count < Self.countLimit { lines.append(start..<textEnd) } else { isCut = true }
      }
      if textEnd - start > Self.lineLimit, longLine == nil { longLine = start..<textEnd }
      start = end
    }
    nul = bytes.place(of: 0, in: all)
    if bytes.tally(in: all, { $0 == 0x0D }) != crLfCount { bareCR = Self.firstBareCR(bytes) }
  }

  private static func firstBareCR(_ bytes: [UInt8]) -> Int? {
    var at = 0
    while let found = bytes.place(of: 0x0D, in: at..<bytes.count) {
      if found + 1 == bytes.count || bytes[found + 1] != 0x0A { return found }
      at = found + 2
    }
    return nil
  }

  /// The lines that begin in `range`.
  func within(_ range: Range<Int>) -> ArraySlice<Line> {
    let first = firstIndex(from: range.lowerBound)
    return lines[first..<max(first, firstIndex(from: range.upperBound))]
  }

  private func firstIndex(from place: Int) -> Int {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].lowerBound < place { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// How a boundary divides a body, and what was strange about it.
struct Division {
  /// What counts as a delimiter.
  enum Rule {
    case exact
    /// Whatever begins with it.
    case prefix
    /// Exact, and the closing delimiter does not end the search.
    case beyondEnd
  }

  /// The children's ranges: header and body, without the line end before the next delimiter.
  private(set) var children: [Range<Int>] = []
  private(set) var preamble: Range<Int>?
  private(set) var epilogue: Range<Int>?
  private(set) var isClosed = false
  private(set) var hasPartsAfterEnd = false
  private(set) var prefixedLine: Range<Int>?
  private(set) var paddedLine: Range<Int>?
  private(set) var comparisons = 0

  private let bytes: [UInt8]
  private let body: Range<Int>
  private var openStart: Int?

  init(
    _ bytes: [UInt8], _ body: Range<Int>, by boundary: [UInt8], _ rule: Rule,
    lines: ArraySlice<Range<Int>>, childLimit: Int
  ) {
    self.bytes = bytes
    self.body = body
    for line in lines {
      comparisons += 1
      guard let rest = rest(of: line, behind: boundary) else { continue }
      let isExact = isDelimiterEnd(rest)
      if !isExact, prefixedLine == nil { prefixedLine = line }
      guard isExact || rule == .prefix else { continue }
      let isEnd = bytes.holds("--", at: rest.lowerBound, before: rest.upperBound)
      if isClosed, rule != .beyondEnd {
        hasPartsAfterEnd = true
        continue
      }
      meet(line, isEnd: isEnd)
      if children.count >= childLimit { break }
    }
    close(at: body.upperBound, isEnd: false)
  }

  /// What stands behind `--boundary` in a line that begins with it.
  private func rest(of line: Range<Int>, behind boundary: [UInt8]) -> Range<Int>? {
    let start = line.lowerBound + 2
    guard line.upperBound - start >= boundary.count else { return nil }
    for offset in 0..<boundary.count where bytes[start + offset] != boundary[offset] { return nil }
    return (start + boundary.count)..<line.upperBound
  }

  /// `["--"] transport-padding`: white space may follow (RFC 2046 §5.1.1).
  private func isDelimiterEnd(_ rest: Range<Int>) -> Bool {
    let hasHyphens = bytes.holds("--", at: rest.lowerBound, before: rest.upperBound)
    let padding = (hasHyphens ? rest.lowerBound + 2 : rest.lowerBound)..<rest.upperBound
    return bytes.trimmed(padding).isEmpty
  }

  private mutating func meet(_ line: Range<Int>, isEnd: Bool) {
    if openStart == nil, preamble == nil, !isClosed {
      preamble = body.lowerBound..<beforeLineEnd(line.lowerBound, from: body.lowerBound)
    }
    close(at: line.lowerBound, isEnd: isEnd)
    let next = min(bytes.lineEnd(from: line.upperBound, in: 0..<bytes.count), body.upperBound)
    if isEnd {
      isClosed = true
      epilogue = next..<body.upperBound
    } else {
      openStart = next
    }
  }

  private mutating func close(at place: Int, isEnd: Bool) {
    guard let start = openStart else { return }
    openStart = nil
    // A delimiter as the last line of all opens nothing.
    if !isEnd, start == body.upperBound, !children.isEmpty { return }
    let isAtDelimiter = place < body.upperBound || isEnd
    let end = isAtDelimiter ? beforeLineEnd(place, from: start) : place
    children.append(start..<max(start, end))
  }

  /// The line end before a delimiter belongs to the delimiter.
  private func beforeLineEnd(_ place: Int, from start: Int) -> Int {
    start < place ? bytes.withoutLineEnd(start..<place).upperBound : start
  }
}
