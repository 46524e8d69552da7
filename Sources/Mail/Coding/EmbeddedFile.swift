/// A file that stands in the lines of a text without any MIME: uuencode, yEnc or BinHex.
package struct EmbeddedFile: Sendable {
  /// How it is written into the text.
  package enum Coding: String, Hashable, Codable, Sendable {
    case uuencode, yEnc, binHex
  }

  package let coding: Coding
  package let name: [UInt8]
  /// From its first line to its last, in the text's octets.
  package let range: Range<Int>
  package let content: DecodedBody

  /// Files taken from one text, and lines that only look like the first of one.
  static let limit = 100

  /// Every file in `text`, in order.
  package static func all(in text: ArraySlice<UInt8>) -> [EmbeddedFile] { read(text).files }

  /// The same, and whether a bound ended the search.
  package static func read(_ text: ArraySlice<UInt8>) -> (files: [EmbeddedFile], isCut: Bool) {
    var files: [EmbeddedFile] = []
    var lines = LineReader(text)
    var lookalikes = 0
    while let line = lines.next() {
      if files.count == limit || lookalikes == limit { return (files, true) }
      guard let file = file(at: line, text) else {
        // Each may have read to the end of the text.
        if text[line].begins(with: "(This file") { lookalikes += 1 }
        continue
      }
      files.append(file)
      lines.skip(to: file.range.upperBound)
    }
    return (files, false)
  }

  private static func file(at line: Range<Int>, _ text: ArraySlice<UInt8>) -> EmbeddedFile? {
    switch text[line].first {
    case 0x62: Uuencoded.file(at: line, in: text)  // begin
    case 0x3D: YEncoded.file(at: line, in: text)  // =ybegin
    case 0x28: BinHex.file(at: line, in: text)  // (This file …
    default: nil
    }
  }
}

/// The lines of a text one by one, without their ends.
struct LineReader {
  private let text: ArraySlice<UInt8>
  private(set) var at: Int

  init(_ text: ArraySlice<UInt8>, from start: Int? = nil) {
    self.text = text
    at = start ?? text.startIndex
  }

  mutating func next() -> Range<Int>? {
    guard at < text.endIndex else { return nil }
    let start = at
    let feed = text[start...].firstIndex(of: 0x0A)
    at = feed.map { $0 + 1 } ?? text.endIndex
    var end = feed ?? text.endIndex
    if end > start, text[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }

  mutating func skip(to place: Int) { at = Swift.max(at, place) }
}

extension ArraySlice<UInt8> {
  /// Whether the slice begins with ASCII `text`, case and all.
  func begins(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount
      && zip(self, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        .allSatisfy { $0 == $1 }
  }
}
