import Testing
import Vectors

@testable import SMTP

/// Published replies of servers, put to `ReplyParser`.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ReplySuiteTests {
  private static let path = "smtp/stalwart-smtp-proto/response_parser.jsonl"

  /// All replies in what comes in pieces of this size; nil when something is none.
  private func replies(_ text: String, pieces: Int) -> [Reply]? {
    var parser = ReplyParser()
    var found: [Reply] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      parser.append(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
      while true {
        let next = parser.next()
        if next == .wrong { return nil }
        guard case .reply(let reply) = next else { break }
        found.append(reply)
      }
    }
    return found
  }

  // MARK: Replies

  /// Code, enhanced code and text, as that suite writes them.
  private func written(_ reply: Reply) -> String {
    let status = reply.status.map { "\($0)" } ?? "0.0.0"
    return "\(reply.code) \(status) \(reply.lines.joined(separator: "\n"))"
  }

  @Test func `replies are read as stalwart's`() throws {
    var tally = Tally("stalwart parse_response")
    var all = ""
    var each: [Reply] = []
    for case let row as [Any] in try Suites.tables(Self.path, of: "parse_response").joined() {
      let text = try #require(Suites.text(row[0]))
      let fields = try #require(row[1] as? [String: Any])
      let status = (fields["esc"] as? [Int] ?? []).map { "\($0)" }.joined(separator: ".")
      let message = fields["message"].flatMap(Suites.text) ?? ""
      let expected = "\(fields["code"] as? Int ?? 0) \(status) \(message)"
      let found = try #require(replies(text, pieces: text.utf8.count)?.first)
      let isForeign = found.status == nil && !status.hasPrefix("\(found.code / 100)")
      tally.count(
        written(found) == expected, "\(text.debugDescription) \(written(found).debugDescription)",
        isForeign ? "an enhanced code is of its reply's class (RFC 2034 §4)" : nil)
      all += text
      each.append(found)
    }
    for pieces in 1...60 { #expect(replies(all, pieces: pieces) == each) }
    tally.report()
  }

  // MARK: EHLO

  /// What of the offers means something to us, by the suite's names.
  private func offers(_ extensions: ServerExtensions) -> [String: Bool] {
    [
      "8BIT_MIME": extensions.eightBitMIME, "BINARY_MIME": extensions.binaryMIME,
      "CHUNKING": extensions.chunking, "DSN": extensions.dsn, "SIZE": extensions.hasSize,
      "ENHANCED_STATUS_CODES": extensions.enhancedStatusCodes, "SMTP_UTF8": extensions.utf8,
      "PIPELINING": extensions.pipelining, "REQUIRE_TLS": extensions.requireTLS,
      "START_TLS": extensions.startTLS, "AUTH": !extensions.authMechanisms.isEmpty,
    ]
  }

  /// The names of an expression `EXT_A | EXT_B`.
  private func names(_ value: Any?, _ prefix: String) -> Set<String> {
    let words = (value as? [String: Any])?["$expr"] as? String ?? ""
    return Set(
      words.split(separator: " ").filter { $0.hasPrefix(prefix) }.map(String.init)
        .map { $0.replacing(prefix, with: "") })
  }

  /// Nil where a reply to EHLO is read as the suite says.
  private func fault(_ reply: Reply, _ verdict: [String: Any]) -> String? {
    guard let answer = verdict["$Ok"] as? [String: Any] else {
      let code = (verdict["$Err"] as? [String: Any])?["code"] as? Int
      return reply.code == code && reply.isPermanent ? nil : "is \(reply.code)"
    }
    let name = reply.lines[0].prefix { $0 != " " }
    if name != answer["hostname"] as? String ?? "" { return "names \(name)" }
    let extensions = ServerExtensions(helloLines: reply.lines.dropFirst())
    let capabilities = names(answer["capabilities"], "EXT_")
    for (offer, isThere) in offers(extensions) where isThere != capabilities.contains(offer) {
      return "\(offer) is \(isThere)"
    }
    let mechanisms = names(answer["auth_mechanisms"], "AUTH_").map { $0.replacing("_", with: "-") }
    if Set(mechanisms) != Set(extensions.authMechanisms) { return "\(extensions.authMechanisms)" }
    let size = extensions.size ?? 0
    return size == answer["size"] as? Int ? nil : "size \(size)"
  }

  /// DELIVERBY, FUTURERELEASE and the like are not used, so their values are not read.
  @Test func `answers to EHLO are read as stalwart's, whatever ends their lines`() throws {
    var tally = Tally("stalwart parse_ehlo")
    let tables = try Suites.tables(Self.path, of: "parse_ehlo")
    let endings = tables.compactMap { $0 as? [String] }.joined().map { $0.isEmpty ? "\n" : $0 }
    #expect(endings.count == 4)
    for case let row as [Any] in tables.joined() {
      let text = try #require(Suites.text(row[0]))
      let verdict = try #require(row[1] as? [String: Any])
      for ending in endings {
        let said = text.replacing("\n", with: ending)
        let reply = try #require(replies(said, pieces: 5)?.first)
        let fault = fault(reply, verdict)
        tally.count(fault == nil, "\(said.debugDescription) \(fault ?? "")")
      }
    }
    tally.report()
  }
}
