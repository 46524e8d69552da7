import Mail
import Testing
import Vectors

@testable import SMTP

/// Published command lines, put to `CommandParser`.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct CommandSuiteTests {
  private static let brackets = "a path has its brackets (RFC 5321 §4.1.2)"
  private static let parameter = "an unknown parameter is refused (RFC 5321 §4.1.1.11)"

  /// Lines that Haraka takes apart and we refuse: with which code, and what rules.
  private static let refused: [String: (code: Int, why: String)] = [
    "MAIL FROM:": (501, "no reverse-path is written <> (RFC 5321 §4.1.1.2)"),
    "MAIL FROM:<postmaster>": (501, "a sender has a domain (RFC 5321 §4.1.2)"),
    "MAIL FROM:user": (501, brackets),
    "MAIL FROM:user size=1234": (501, brackets),
    "MAIL FROM:user@domain size=1234": (501, brackets),
    "MAIL FROM:<user@domain> somekey": (555, parameter),
    "MAIL FROM:<user@domain> somekey other=foo": (555, parameter),
    "RCPT TO: 0@mailblog.biz 0=9 1=9": (501, brackets),
    "RCPT TO:<r86x-ray@emailitin.com> state=1": (555, parameter),
    "RCPT TO:<user=name@domain.com> foo=bar": (555, parameter),
    "RCPT TO:<abuse>": (501, "only Postmaster needs no domain (RFC 5321 §4.1.1.3)"),
  ]

  /// What a line means, written as the suite writes it, or the code that refuses it.
  private enum Meaning: Equatable {
    case words([String])
    case refusal(Int)
  }

  private func meaning(_ line: String) -> Meaning {
    do {
      return .words(words(try CommandParser().parse(Array(line.utf8)[...])))
    } catch {
      return .refusal(error.reply.code)
    }
  }

  private func words(_ command: Command) -> [String] {
    switch command {
    case .mail(let path, let parameters):
      var words = ["<\(path.mailbox.map { "\($0)" } ?? "")>"]
      if let size = parameters.size { words.append("size=\(size)") }
      if let body = parameters.body { words.append("BODY=\(body.rawValue)") }
      if parameters.utf8 { words.append("SMTPUTF8") }
      return words
    case .recipient(let path, _, _): return ["<\(path.mailbox.map { "\($0)" } ?? "postmaster")>"]
    default: return ["\(command)"]
    }
  }

  @Test func `paths and parameters are taken apart as Haraka does, or refused by the RFC`() throws {
    var tally = Tally("haraka rfc1869")
    for row in try Suites.rows("smtp/haraka/rfc1869.jsonl") {
      let verb = (row["verb"] as? String ?? "").uppercased()
      let line = row["line"] as? String ?? "\(verb) \(row["args"] as? String ?? "")"
      let found = meaning(line)
      if let words = row["expected"] as? [String] {
        let known = Self.refused[line]
        let argument = known.flatMap { found == .refusal($0.code) ? $0.why : nil }
        tally.count(found == .words(words), "\(line) \(found)", argument)
      } else {
        tally.count(found == .refusal(501), "\(line) \(found)")
      }
    }
    tally.report()
  }

  // MARK: stalwart's requests

  /// A request as that suite names it: its kind, and the name or address in it.
  private func request(_ value: Any) -> String {
    let fields = value as? [String: Any] ?? [:]
    let kind = (fields["$expr"] ?? fields["$type"]) as? String ?? ""
    let path = (fields["from"] ?? fields["to"]) as? [String: Any]
    let detail = fields["host"] ?? path?["address"]
    let name = kind.filter { $0 != " " }.replacing("Request::", with: "")
    return detail.map { "\(name) \($0)" } ?? name
  }

  private func request(_ command: Command) -> String {
    switch command {
    case .data: "Data"
    case .startTLS: "StartTls"
    case .quit: "Quit"
    case .noop: "Noop"
    case .extendedHello(let name): "Ehlo \(name)"
    case .verify: "Vrfy"
    case .mail(let path, _): "Mail \(path.mailbox.map { "\($0)" } ?? "")"
    case .recipient(let path, _, _): "Rcpt \(path.mailbox.map { "\($0)" } ?? "")"
    default: "\(command)"
    }
  }

  /// Cutting the octets into lines is Transport's: tests of the gate have these lines, too.
  @Test func `lines that came in pieces are the requests of stalwart's`() throws {
    var tally = Tally("stalwart request_receiver")
    let path = "smtp/stalwart-smtp-proto/request_receiver.jsonl"
    for case let pair as [Any] in try Suites.tables(path, of: "request_receiver").joined() {
      let lines = (pair.first as? [String] ?? []).joined().split(separator: "\n")
      let expected = (pair.last as? [Any] ?? []).map { request($0) }
      #expect(lines.count == expected.count)
      for (line, name) in zip(lines, expected) {
        let command = try? CommandParser().parse(Array(line.utf8)[...])
        tally.count(command.map { request($0) } == name, "\(line): not \(name)")
      }
    }
    tally.report()
  }
}
