import Foundation
import GRDB
import Testing
import Vectors

/// Published tables of what a server says, put to a whole gate.
@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct ServerTableSuiteTests {
  private func greeted(_ gate: TestGate, _ kind: String = "mx") throws -> WireClient {
    let client = try WireClient(port: gate.port(kind))
    _ = client.hear()
    _ = ask(client, "EHLO peer.example")
    return client
  }

  private func ask(_ client: WireClient, _ line: String) -> String {
    client.say(line + "\r\n")
    return client.hear()
  }

  // MARK: chasquid

  /// Rows of its table that hold no case: names and addresses its tests share.
  private static let constants: Set<String> = [
    "smtpAddr", "submissionAddr", "submissionTLSAddr", "addr", "from", "tlsConfig", "Hostname",
  ]

  /// Where our answer is another one, and what rules.
  private static let own: [String: String] = [
    "MAIL FROM:<> OPTION": "an unknown parameter is refused (RFC 5321 §4.1.1.11)",
    "RCPT TO:<to@localhost> OPTION": "an unknown parameter is refused (RFC 5321 §4.1.1.11)",
    "TestRcptBrokenExists": "a next hop that does not answer is 4.4.1 (RFC 3463 §3.5)",
    "VRFY": "whether a mailbox exists is told to nobody (RFC 5321 §3.5.3, §7.3)",
  ]

  /// What the server says last in the situation of one of chasquid's tests.
  private func reply(in situation: String, _ gate: TestGate) throws -> String? {
    let listener = ["TestTooManyRecipients": "internal", "TestBrokenAuth": "submission"]
    let client = try greeted(gate, listener[situation] ?? "mx")
    _ = ask(client, "MAIL FROM:<from@peer.example>")
    switch situation {
    case "TestBrokenAuth":
      let accounts = try DatabaseQueue(path: gate.folder + "/accounts.sqlite")
      try accounts.write { try $0.execute(sql: "DROP TABLE account") }
      return ask(client, "AUTH PLAIN AGFsaWNlAGNvcnJlY3QgaG9yc2U=")
    case "TestTooManyRecipients":
      for number in 0..<100 { _ = ask(client, "RCPT TO:<to\(number)@foreign.example>") }
      return ask(client, "RCPT TO:<to@foreign.example>")
    case "TestRcptBrokenExists": return ask(client, "RCPT TO:<to@asked.test>")
    case "TestRcptUserDoesNotExist": return ask(client, "RCPT TO:<nobody@example.test>")
    case "TestTooMuchData":
      _ = ask(client, "RCPT TO:<alice@example.test>")
      _ = ask(client, "DATA")
      return ask(client, String(repeating: "a line of text\r\n", count: 10_000) + ".")
    default: return nil
    }
  }

  /// `expectTPErr(t, err, 452, "4.5.3 text")`: code and enhanced code; the text is each server's own.
  private func playRefusal(_ row: [String: Any], _ gate: TestGate, _ tally: inout Tally) throws {
    let situation = row["func"] as? String ?? ""
    let arguments = row["args"] as? [Any] ?? []
    let status = (arguments.last as? String ?? "").prefix { $0 != " " }
    let code = arguments.compactMap { $0 as? Int }.first ?? 0
    let reply = try #require(try reply(in: situation, gate))
    let isSame = reply.hasPrefix("\(code) \(status) ")
    let isOwn = reply.hasPrefix("\(code) ")
    tally.count(
      isSame, "\(situation) \(code) \(status): \(reply)", isOwn ? Self.own[situation] : nil)
  }

  private func playCommand(_ row: [String: Any], _ gate: TestGate, _ tally: inout Tally) throws {
    let arguments = row["args"] as? [Any] ?? []
    let command = arguments.compactMap { $0 as? String }.first ?? ""
    let code = arguments.compactMap { $0 as? Int }.first ?? 0
    let reply = ask(try greeted(gate), command)
    tally.count(reply.hasPrefix("\(code) "), "\(command) \(code): \(reply)", Self.own[command])
  }

  /// Paths, said to MAIL and RCPT; `isGood` is what the suite thinks of them.
  private func playPaths(
    _ lines: [String], isGood: Bool, _ gate: TestGate, _ tally: inout Tally
  ) throws {
    for line in lines {
      let client = try greeted(gate)
      if line.hasPrefix("RCPT") { _ = ask(client, "MAIL FROM:<from@peer.example>") }
      let said = line.replacingOccurrences(of: "to@localhost", with: "alice@example.test")
      let reply = ask(client, said)
      let isSame = reply.hasPrefix(isGood ? "250 2.1." : "501 5.1.")
      tally.count(isSame, "\(line): \(reply)", reply.hasPrefix("555 ") ? Self.own[line] : nil)
    }
  }

  private func playTable(_ row: [String: Any], _ gate: TestGate, _ tally: inout Tally) throws {
    let paths = row["rows"] as? [String] ?? []
    switch row["func"] as? String {
    case "TestWrongMailParsing":
      // With brackets put round them and without.
      let all = ["MAIL FROM:", "RCPT TO:"].flatMap { verb in
        paths.flatMap { ["\(verb)<\($0)>", "\(verb)\($0)"] }
      }
      try playPaths(all, isGood: false, gate, &tally)
    case "TestNullMailFrom":
      try playPaths(paths.map { "MAIL FROM:" + $0 }, isGood: true, gate, &tally)
    case "TestRcptOption":
      try playPaths(paths.map { "RCPT TO:" + $0 }, isGood: true, gate, &tally)
    default: tally.count(false, "\(row): not played")
    }
  }

  @Test func `the answers of chasquid's server tests are ours, or ruled by an RFC`() async throws {
    let nobody = SilentPort()
    let gate = try await TestGate(
      """
      [domain."asked.test"]
      route = "smtp://127.0.0.1:\(nobody.port)"
      recipients = "ask"
      """)
    var tally = Tally("chasquid server_test")
    for row in try Suites.rows("smtp/chasquid-tables/server_test.jsonl") {
      let name = (row["const"] ?? row["var"]) as? String ?? ""
      if Self.constants.contains(name) { continue }
      switch row["call"] as? String {
      case "expectTPErr": try playRefusal(row, gate, &tally)
      case "simpleCmd": try playCommand(row, gate, &tally)
      default: try playTable(row, gate, &tally)
      }
    }
    tally.report()
    await gate.close()
    nobody.close()
  }

  // MARK: stalwart

  /// Its commands end with a bare LF, and no such line is obeyed here (RFC 5321 §2.3.8).
  @Test func `commands in pieces are obeyed with CRLF as stalwart's, with bare LF never`()
    async throws
  {
    let gate = try await TestGate()
    let path = "smtp/stalwart-smtp-proto/request_receiver.jsonl"
    for row in try Suites.rows(path) where row["func"] as? String == "request_receiver" {
      for case let pair as [Any] in row["rows"] as? [Any] ?? [] {
        let pieces = pair.first as? [String] ?? []
        let bare = try greeted(gate)
        for piece in pieces { bare.say(piece) }
        #expect(bare.hear().hasPrefix("521 5.5.2"))
        #expect(bare.hear() == "closed")
        // DATA before MAIL and QUIT before the end: each line gets a session of its own.
        for line in pieces.joined().split(separator: "\n") {
          let client = try greeted(gate)
          for octet in line.utf8 { client.say([octet]) }
          let reply = ask(client, "")
          let isKnown = !reply.hasPrefix("500") && !reply.hasPrefix("501")
          #expect(isKnown, "\(line): \(reply)")
        }
      }
    }
    await gate.close()
  }
}
