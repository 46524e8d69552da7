import Testing
import Vectors

@testable import SMTP

/// Published pieces of DATA's content, put to `ContentDecoder`.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ContentSuiteTests {
  private struct Outcome: Equatable {
    let text: String
    let end: ContentEnd?
    let consumed: Int
  }

  /// Decodes what comes in pieces of this size.
  private func decode(
    _ bytes: [UInt8], pieces: Int, limit: Int = 1000, _ rules: WireRules = .init()
  ) -> Outcome {
    var decoder = ContentDecoder(rules: rules, sizeLimit: limit)
    var output: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let next = Array(bytes[position..<min(bytes.count, position + pieces)])
      let (consumed, end) = next.withUnsafeBytes { decoder.decode($0, into: &output) }
      position += consumed
      if let end {
        return Outcome(text: String(decoding: output, as: UTF8.self), end: end, consumed: position)
      }
    }
    return Outcome(text: String(decoding: output, as: UTF8.self), end: nil, consumed: position)
  }

  /// Every bare CR and LF as CRLF.
  private func withCRLF(_ text: String) -> String {
    var rest = Array(text.utf8)[...]
    var output: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == 0x0D, rest.first == 0x0A { rest = rest.dropFirst() }
      output += byte == 0x0D || byte == 0x0A ? [0x0D, 0x0A] : [byte]
    }
    return String(decoding: output, as: UTF8.self)
  }

  // MARK: stalwart

  @Test func `content ends where stalwart's ends, and bare newlines are refused`() throws {
    var tally = Tally("stalwart data_receiver")
    var mending = WireRules()
    mending.normalisesBareNewlines = true
    let path = "smtp/stalwart-smtp-proto/request_receiver.jsonl"
    for case let pair as [Any] in try Suites.tables(path, of: "data_receiver").joined() {
      let bytes = (pair.first as? [String] ?? []).flatMap { Array($0.utf8) }
      // The first CRLF of CRLF.CRLF ends the last line (RFC 5321 §4.1.1.4); the suite cuts it off.
      let text = try #require(pair.last.flatMap(Suites.text)) + "\r\n"
      for pieces in 1...bytes.count {
        let mended = decode(bytes, pieces: pieces, mending)
        let expected = Outcome(text: withCRLF(text), end: .complete, consumed: bytes.count)
        #expect(mended == expected, "in pieces of \(pieces)")
        #expect(decode(bytes, pieces: pieces).consumed == bytes.count)
      }
      let found = decode(bytes, pieces: bytes.count)
      tally.count(
        found == Outcome(text: text, end: .complete, consumed: bytes.count),
        "\(text.debugDescription)",
        found.end == .violated(.bareNewline)
          ? "bare CR or LF is refused, or made CRLF by a setting (RFC 5321 §2.3.8)" : nil)
    }
    tally.report()
  }

  // MARK: chasquid

  /// What chasquid's reader came to, in our words: nil for an end that is still to come.
  private func end(_ row: [String: Any]) -> ContentEnd? {
    guard let fault = row["wantErr"] as? [String: Any] else { return .complete }
    switch fault["$id"] as? String {
    case "errInvalidLineEnding": return .violated(.bareNewline)
    case "errMessageTooLarge": return .violated(.tooLarge)
    default: return nil
    }
  }

  @Test func `chasquid's dotted content ends as there`() throws {
    var tally = Tally("chasquid dotreader")
    let path = "smtp/chasquid-tables/dotreader_test.jsonl"
    for case let row as [String: Any] in try Suites.tables(path, of: "TestReadUntilDot").joined() {
      let input = row["input"] as? String ?? ""
      let limit = row["max"] as? Int ?? 0
      let expected = end(row)
      var found = decode(Array(input.utf8), pieces: 1, limit: limit)
      if expected == .violated(.bareNewline), found.end == nil {
        // It stops at once, we at the end of the content.
        found = decode(Array((input + "\r\n.\r\n").utf8), pieces: 1, limit: limit)
      }
      // Lines of its result end with LF.
      let want = withCRLF(row["want"] as? String ?? "")
      let isSame = found.end == expected && (expected != .complete || found.text == want)
      let fits = found.end == .complete && found.text == want && want.utf8.count <= limit
      tally.count(
        isSame,
        "\(input.debugDescription) of at most \(limit): \(found.end.map { "\($0)" } ?? "-")",
        fits ? "the closing dot and its CRLF are no part of the size (RFC 1870 §3)" : nil)
    }
    tally.report()
  }
}
