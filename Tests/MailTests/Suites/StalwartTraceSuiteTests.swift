import Foundation
import Testing
import Vectors

@testable import Mail

/// Stalwart mail-parser's cases of Received fields and of comma-separated lists.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct StalwartTraceSuiteTests {
  private func cases(_ name: String) throws -> [(header: String, expected: Any)] {
    let rows = try Suites.json("mime/stalwart-mail-parser/\(name).json") as? [[String: Any]]
    return (rows ?? []).map { ($0["header"] as? String ?? "", $0["expected"] ?? NSNull()) }
  }

  /// Why a field is read otherwise, by words that it holds.
  private static let arguments: [(words: [String], why: String)] = [
    (
      ["(from ", "(qmail ", "from userid"], "what stands in a comment is no clause (RFC 5321 §4.4)"
    ),
    (["id EE/", "id 8B/", "id 52/"], "an id goes to the next white space"),
    (
      ["local-", "BSMTP", "ESMTP-TLS", "HTTPREST"],
      "no protocol that is registered for this place (RFC 5321 §4.4, RFC 3848)"
    ),
    (["by alpha by uid"], "the first clause of a kind counts"),
    (["Unknown/Local"], "a name goes to the next white space"),
    (["+0100 for <"], "nothing stands behind the date (RFC 5321 §4.4)"),
    (["[<4124973"], "a client's name is told as it stands"),
    (["for <address>"], "a path of a word is told as it stands"),
    (["Fri Feb 07 10", "Sun Nov 13"], "a date begins with its day (RFC 5322 §3.3)"),
    (["22:21 PST"], "PST is -0800 (RFC 5322 §4.3)"),
    ([" Mar 03 20", " Feb 04 14"], "two digits below 50 are of this century (RFC 5322 §4.3)"),
    (["LMTPA;_"], "an underscore is no part of a date"),
    (["53:55.516"], "a fraction of a second is passed over"),
  ]

  @Test func `received fields`() throws {
    var tally = Tally("stalwart received")
    for (header, expected) in try cases("received") {
      let field = TraceField(Array(header.utf8))
      let row = expected as? [String: Any] ?? [:]
      func host(_ key: String) -> String? {
        (row[key] as? [String: Any])?.values.first as? String
      }
      func text(_ key: String) -> String? { row[key] as? String }
      var wrong: [String] = []
      func compare(_ key: String, _ got: String?, _ wanted: String?) {
        let same = got?.lowercased() ?? "" == wanted?.lowercased() ?? ""
        if !same { wrong.append("\(key) \(got ?? "-") not \(wanted ?? "-")") }
      }
      compare("from", field.from, host("from"))
      compare(
        "address", field.address.map { "\($0)" },
        text("from_ip").flatMap { IPAddress($0) }.map { "\($0)" })
      compare("helo", field.helo, host("helo"))
      compare("by", field.by, host("by"))
      compare("via", field.via, text("via"))
      compare("with", field.with, text("with"))
      compare("id", field.id, text("id"))
      compare("for", field.recipient, text("for_"))
      if let date = row["date"] as? [String: Any],
        !StalwartSuiteTests.isSame(field.date, date)
      {
        wrong.append("date \(field.date.map { "\($0)" } ?? "-")")
      }
      let why = Self.arguments.first { $0.words.contains { header.contains($0) } }?.why
      let shown = header.filter { !$0.isNewline }.prefix(90)
      tally.count(wrong.isEmpty, "\(shown): \(wrong.joined(separator: ", "))", why)
    }
    tally.report()
  }

  @Test func `lists of words`() throws {
    var tally = Tally("stalwart list")
    for (header, expected) in try cases("list") {
      let fields = HeaderFields(Array(("Keywords:" + header).utf8))
      let text = fields.fields.first.map { EncodedWords.decode(fields.unfolded($0)).text } ?? ""
      let got = text.split(separator: ",").map { word in
        word.split(separator: " ").joined(separator: " ")
      }
      let wanted = expected as? [String] ?? []
      tally.count(got.filter { !$0.isEmpty } == wanted, "\(header.debugDescription): \(got)", nil)
    }
    tally.report()
  }
}
