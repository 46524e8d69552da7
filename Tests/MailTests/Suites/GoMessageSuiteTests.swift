import Foundation
import Testing
import Vectors

@testable import Mail

/// go-message's tables: charsets, encodings, header sections, identifiers, dates and multiparts. Rows that
/// are Go expressions, options of its writer or halves of other rows have nothing to hold against.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct GoMessageSuiteTests {
  private func rows(_ file: String) throws -> [[String: Any]] {
    try Suites.bytes("mime/go-message/\(file).jsonl").split(separator: 0x0A).map {
      try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] ?? [:]
    }
  }

  private func table(_ file: String, _ name: String) throws -> [[String: Any]] {
    try rows(file).filter { $0["var"] as? String == name }
      .flatMap { $0["rows"] as? [[String: Any]] ?? [] }
  }

  private func constants(_ file: String) throws -> [String: String] {
    let pairs = try rows(file).compactMap { row -> (String, String)? in
      guard let name = row["const"] as? String, let value = row["value"] as? String else {
        return nil
      }
      return ((row["func"] as? String).map { "\($0)." } ?? "" + name, value)
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  private func octets(_ value: Any?) -> [UInt8] {
    (value as? [Int]).map { $0.map { UInt8($0) } } ?? Array((value as? String ?? "").utf8)
  }

  @Test func `charsets and encodings`() throws {
    var tally = Tally("go-message charsets and encodings")
    for row in try table("charset_charset_test", "testCharsets") {
      let label = row["charset"] as? String ?? ""
      let text = Charset(label: label)?.decode(octets(row["encoded"])).text
      tally.count(text == row["decoded"] as? String, label)
    }
    for row in try table("encoding_test", "testEncodings") {
      let word = row["enc"] as? String ?? ""
      let body = BodyDecoder.decode(octets(row["encoded"])[...], TransferEncoding(word: word))
      tally.count(body.octets == octets(row["decoded"]), word)
    }
    tally.report()
  }

  @Test func `header sections, identifiers and dates`() throws {
    var tally = Tally("go-message headers")
    for row in try table("mail_header_test", "tests") {
      guard let raw = row["raw"] as? String else { continue }
      let one = (row["msgID"] as? String).map { $0.isEmpty ? [] : [$0] }
      let wanted = one ?? row["msgIDs"] as? [String] ?? []
      tally.count(MessageIDs.all(in: Array(raw.utf8)) == wanted, raw)
    }
    let dates = try rows("mail_header_test").first { $0["var"] as? String == "tc" }
    let texts = dates?["rows"] as? [String] ?? []
    for pair in stride(from: 0, to: texts.count - 1, by: 2) {
      let (left, right) = (
        HeaderDate(Array(texts[pair].utf8)), HeaderDate(Array(texts[pair + 1].utf8))
      )
      tally.count(left?.timestamp == right?.timestamp && left != nil, texts[pair])
    }
    for (name, function) in [
      ("testHeader", "TestReadHeader"), ("testHeaderWithoutBody", "TestReadHeaderWithoutBody"),
      ("testLFHeader", "TestReadHeader_lf"),
      ("testHeaderWithWhitespace", "TestHeaderWithWhitespace"),
    ] {
      let all = try rows("textproto_header_test")
      let raw = all.first { $0["const"] as? String == name }?["value"] as? String ?? ""
      let wanted = all.first { $0["func"] as? String == function }?["rows"] as? [String] ?? []
      let fields = HeaderFields(Array(raw.utf8))
      let got = fields.fields.map { field in
        let words = fields.text(field).split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        return "\(fields.name(field)): \(words)"
      }
      let isSame = got.map { $0.lowercased() } == wanted.map { $0.lowercased() }
      tally.count(isSame, "\(name): \(got)")
    }
    tally.report()
  }

  @Test func `multiparts`() throws {
    var tally = Tally("go-message multiparts")
    for row in try table("textproto_multipart_test", "parseTests") {
      guard let boundary = row["sep"] as? String, let body = Self.text(row["in"]),
        let wanted = row["want"] as? [[Any]]
      else { continue }
      let head =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"\(boundary)\"\r\n\r\n"
      let message = Message(Array((head + body).utf8))
      var got: [String] = []
      if case .multipart(let multipart) = message.root.readings[0].content {
        got = multipart.children.map { index in
          let reading = message.parts[index].readings[0]
          return String(decoding: message.runs[0][reading.body], as: UTF8.self)
        }
      }
      let texts = wanted.map { $0.last as? String ?? "" }
      tally.count(got == texts, "\(row["name"] ?? ""): \(got) instead of \(texts)")
    }
    tally.report()
  }

  /// A text, or `strings.Replace("…", "\n", "\r\n", -1)` of one literal.
  private static func text(_ value: Any?) -> String? {
    if let text = value as? String { return text }
    guard let expression = (value as? [String: String])?["$expr"],
      expression.hasPrefix("strings . Replace ( \""), !expression.contains("Repeat"),
      let end = expression.range(of: "\" , \"\\n\"")
    else { return nil }
    let literal = expression[expression.index(expression.startIndex, offsetBy: 20)..<end.lowerBound]
    let json = Data("[\"\(literal)\"]".utf8)
    let text = (try? JSONSerialization.jsonObject(with: json) as? [String])?.first
    return text?.replacing("\n", with: "\r\n")
  }
}
