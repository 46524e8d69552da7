import Mail
import Testing
import Vectors

@testable import SMTP

/// Published names and addresses of clients, as they stand in `ReceivedField`.
///
/// Of chasquid's `conn_test`, TestSecLevel and TestIsHeader are about a memory of domains and a hook's
/// output, which are not here; a UDP address never comes.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ReceivedSuiteTests {
  private static let path = "smtp/chasquid-tables/conn_test.jsonl"

  private func rows(_ function: String, _ variable: String) throws -> [Any] {
    try Suites.rows(Self.path).filter {
      $0["func"] as? String == function && $0["var"] as? String == variable
    }.flatMap { $0["rows"] as? [Any] ?? [] }
  }

  /// The client's name and address in Received.
  private func written(_ name: HelloName?, _ address: IPAddress) throws -> (Substring, Substring) {
    let field = ReceivedField(
      origin: Origin(listener: .mx, address: address, port: 1, hello: name),
      hostname: "gate.example.test", id: TraceID(milliseconds: 1, random: 1),
      envelope: Envelope(sender: .null), at: Timestamp(microseconds: 0))
    let text = String(decoding: field.bytes, as: UTF8.self)
    let match = try #require(text.firstMatch(of: /Received: from ([^ ]+) \(([^ ]+)\)\r\n/))
    return (match.1, match.2)
  }

  @Test func `addresses stand in brackets as in chasquid`() throws {
    var tally = Tally("chasquid address literals")
    for case let row as [String: Any] in try rows("TestAddrLiteral", "casesTCP") {
      let words = (row["addr"] as? [String: Any])?["$expr"] as? String ?? ""
      let inside = words.replacing(" , ", with: ".").split(separator: " ").dropLast().last ?? ""
      let address = try #require(IPAddress(inside.filter { $0 != "\"" }))
      let shown = try written(nil, address).1
      tally.count(shown == "[\(row["expected"] ?? "")]", "\(inside) as \(shown)")
    }
    tally.report()
  }

  /// The name as Received shows it after `EHLO name`; nil when that was refused.
  private func shown(_ name: String) throws -> Substring? {
    let command = try? CommandParser().parse(Array("EHLO \(name)".utf8)[...])
    guard case .extendedHello(let hello) = command else { return nil }
    return try written(hello, .v4(0x7F00_0001)).0
  }

  @Test func `names of clients are shown without anything foreign, as in chasquid`() throws {
    var tally = Tally("chasquid EHLO names")
    let kept = try rows("TestSanitizeEHLODomain", "equal").compactMap { $0 as? String }
    for name in kept {
      let shown = try shown(name)
      tally.count(
        shown == name[...], "\(name) as \(shown ?? "-")",
        shown == name.lowercased()[...] ? "case means nothing (RFC 5321 §2.4)" : nil)
    }
    for case let row as [String: Any] in try rows("TestSanitizeEHLODomain", "invalid") {
      let name = row["str"] as? String ?? ""
      let shown = try shown(name)
      let isRefused = shown == nil && name.utf8.contains { $0 < 0x20 || $0 == 0x7F }
      let isEncoded = shown?.hasPrefix("xn--") == true && Domain(name)?.ascii[...] == shown
      // A foreign character stands as `?`: dropping it would make another name.
      tally.count(
        shown?.filter { $0 != "?" } == row["expected"] as? String,
        "\(name.debugDescription) as \(shown ?? "-")",
        isRefused
          ? "a control character in a command is refused (RFC 5321 §4.1.2)"
          : isEncoded ? "a U-label is shown as its A-label (RFC 5890 §2.3.2.1)" : nil)
    }
    tally.report()
  }
}
