import Foundation
import Mail
import SMTP
import Testing
import Vectors

@Suite(.enabled(if: Suites.arePresent, "the published suites are not beside the checkout"))
struct SuiteTests {
  private func greeted(_ gate: TestGate, _ kind: String = "mx") throws -> WireClient {
    let client = try WireClient(port: gate.port(kind))
    _ = client.hear()
    client.say("EHLO peer.example\r\n")
    _ = client.hear()
    return client
  }

  private func ask(_ client: WireClient, _ line: String) -> String {
    client.say(Suites.octets(line + "\r\n"))
    return client.hear()
  }

  // MARK: Smuggling

  @Test func `no sequence but CRLF dot CRLF ends content, and no second message is smuggled`()
    async throws
  {
    let gate = try await TestGate()
    for row in try Suites.rows("smtp/smuggling/eod-sequences.jsonl") {
      let end = Suites.octets(row["eod"] as? String ?? "")
      let isGood = row["expect"] as? String == "ends-data"
      let client = try greeted(gate)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<alice@example.test>", "DATA"] {
        #expect(ask(client, line).first.map { "23".contains($0) } == true)
      }
      client.say(Array("Subject: outer\r\n\r\nbody".utf8) + end)
      if !isGood {
        client.say("MAIL FROM:<evil@x.example>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n")
        client.say("Subject: smuggled\r\n\r\nevil\r\n.\r\n")
      }
      let reply = client.hear()
      #expect(reply.hasPrefix(isGood ? "250" : "550 5.6.0"), "\(row["id"] ?? ""): \(reply)")
      #expect(ask(client, "NOOP").hasPrefix("250"))
    }
    #expect(await Peer.eventually { gate.mailbox("alice").count == 1 })
    #expect(gate.mailbox("bob").isEmpty)
    await gate.close()
  }

  // MARK: Open relay

  @Test func `every probe of nmap is refused, to strangers on each listener`() async throws {
    let gate = try await TestGate()
    let fill = { (text: String) in
      [
        "{from}": "antispam", "{to}": "relaytest", "{domain}": "foreign.example",
        "{ip}": "127.0.0.1", "{srvname}": "gate.example.test",
      ].reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }
    for kind in ["mx", "submission"] {
      for row in try Suites.rows("smtp/open-relay-nmap/probes.jsonl") {
        let client = try greeted(gate, kind)
        let mail = ask(client, "MAIL FROM:<\(fill(row["mail_from"] as? String ?? ""))>")
        let to = fill(row["rcpt_to"] as? String ?? "")
        let reply = mail.hasPrefix("2") ? ask(client, "RCPT TO:<\(to)>") : mail
        #expect(reply.hasPrefix("5"), "\(kind) \(to): \(reply)")
      }
    }
    await gate.close()
  }

  // MARK: Dialogues

  /// Where we differ from the dialogue's server, and why that is right.
  private static let ownAnswers: [String: String] = [
    "TestServerPanicRecover": "tests a fault planted in that server",
    "TestServerSMTPUTF8_Disabled": "SMTPUTF8 is always offered here",
    "TestServer": "has a bare CR in its content, which is refused",
    "TestServer_LFDotLF": "has bare LFs in its content, which are refused",
    "TestServer_authDisabled": "the wording is that server's",
    "TestServer_otherCommands": "HELP is answered 214 (RFC 5321 §4.1.1.8)",
    "TestServer_tooManyInvalidCommands": "the number of errors is a setting",
    "TestServer_tooLongMessage": "our size limit is larger, see the next test",
    "TestServer_smtpSmuggling": "its content is in the Go code; the smuggling suite has it",
    "TestServer_anonymousUserError": "the wording is that server's",
    "TestServer_anonymousUserOK": "an address without brackets is a syntax error (RFC 5321 §4.1.2)",
    "TestServer_authParam": "an address without brackets is a syntax error",
    "TestServer_Chunking_LMTP": "no LMTP server here",
    "TestServer_Chunking_ClosedInTheMiddle": "has no reply to compare",
    "TestServer_Chunking_EarlyError": "tests a fault planted in that server",
    "TestServer_Chunking_EarlyErrorDuringChunk": "tests a fault planted in that server",
    "TestServer_Chunking_tooLongMessage": "our size limit is larger",
    "TestServerRRVS": "RRVS is not offered", "TestServerDELIVERBY": "DELIVERBY is not offered",
    "TestServerMTPRIORITY": "MT-PRIORITY is not offered",
    "TestServerTooBig": "our limit is smaller; still refused",
  ]

  /// The dialogues' people have other names here; `internal` takes mail from and to anyone.
  private static func local(_ line: String) -> String {
    line.replacingOccurrences(
      of: "AHVzZXJuYW1lAHBhc3N3b3Jk",
      with: Data("\0alice\0correct horse".utf8).base64EncodedString())
  }

  @Test func `the dialogues of go-smtp go as theirs, but where we have a reason`() async throws {
    let gate = try await TestGate()
    var played = 0
    for row in try Suites.rows("smtp/go-smtp/dialogs.jsonl") {
      let name = row["test"] as? String ?? ""
      if Self.ownAnswers[name] != nil { continue }
      let steps = row["steps"] as? [[String: Any]] ?? []
      let kind =
        steps.contains { ($0["send"] as? String ?? "").hasPrefix("AUTH") }
        ? "submission" : "internal"
      let setup = steps.first?["setup"] as? String ?? ""
      let client = try WireClient(port: gate.port(kind))
      _ = client.hear()
      if !setup.contains("Greeted") { _ = ask(client, "EHLO peer.example") }
      for step in steps {
        if let text = step["send"] as? String { client.say(Suites.octets(Self.local(text))) }
        if let code = (step["expect_prefix"] ?? step["expect_line"]) as? String {
          var reply = client.hear()
          // Some dialogues say nothing of DATA's own reply.
          if reply.hasPrefix("354"), !code.hasPrefix("354") { reply = client.hear() }
          #expect(reply.hasPrefix(code.prefix(3)), "\(name): \(reply)")
        }
        if let code = step["expect_not_prefix"] as? String {
          let reply = client.hear()
          #expect(!reply.hasPrefix(code.prefix(3)), "\(name): \(reply)")
        }
      }
      played += 1
    }
    #expect(played >= 15)
    await gate.close()
  }

  /// Dialogues of chasquid where our answer has another first digit, and why that is right.
  private static let ownDialogs: [String: String] = [
    "t-04-aliases/test_chasquid_util.cmy": "is about that program's own tool",
    "t-12-minor_dialogs/bad_data.cmy": "a header line without a colon is not refused at the gate",
    "t-12-minor_dialogs/message_too_big.cmy":
      "our size limit is larger, a conversation of ours has it",
    "t-12-minor_dialogs/bad_data_dot_on_message_too_big.cmy": "its message is not too big for us",
    "t-12-minor_dialogs/auth_multi_dialog.cmy": "needs that server's account",
    "t-12-minor_dialogs/bad_mail_from.cmy": "every line of it is in our own conversations",
    "t-12-minor_dialogs/wrong_proto.cmy": "another protocol hears 421 and is cut off",
    "t-12-minor_dialogs/bad_rcpt_to.cmy": "every line of it is in our own conversations",
  ]

  @Test func `the dialogues of chasquid go as theirs, but where we have a reason`() async throws {
    let gate = try await TestGate()
    var played = 0
    for row in try Suites.rows("smtp/chasquid-dialogs/dialogs.jsonl") {
      let name = row["test"] as? String ?? ""
      let steps = row["steps"] as? [[String: Any]] ?? []
      let usesTLS = steps.contains { $0["tls_connect"] != nil }
      if Self.ownDialogs[name] != nil || usesTLS { continue }
      var client: WireClient?
      // An address without brackets is a syntax error here (RFC 5321 §4.1.2), so they are put round it.
      for step in steps {
        if step["tcp_connect"] != nil { client = try WireClient(port: gate.port("mx")) }
        if let text = step["send"] as? String {
          client?.say(
            Suites.octets(
              text.replacingOccurrences(of: ": user@testserver", with: ":<alice@example.test>")))
        }
        let expected =
          step["expect_regex_prefix"] ?? step["expect_line"] ?? step["expect_until_line"]
        if let expected = expected as? String {
          let reply = client?.hear() ?? ""
          #expect(reply.first == expected.first, "\(name): \(expected), heard \(reply)")
        }
      }
      played += 1
    }
    #expect(played >= 9)
    await gate.close()
  }

  // MARK: Commands

  /// Lines that the suite takes and we refuse, or the other way round, and why.
  private static func isOwn(_ line: String) -> Bool {
    let upper = line.uppercased()
    // Extensions that are not offered here.
    if ["ETRN", "ATRN", "BURL", "LHLO"].contains(where: { upper.hasPrefix($0) }) { return true }
    for word in [
      " BY=", "HOLDFOR", "HOLDUNTIL", "MT-PRIORITY", "RRVS", "CONPERM", "CONNEG", "SOLICIT",
      "TRANSID", "MTRK",
    ]
    where upper.contains(word) { return true }
    // VRFY and EXPN get one answer whatever they ask; a recipient is never null (RFC 5321 §4.1.1.3); a
    // parameter stands once (§4.1.2); a mechanism has 20 letters (RFC 4422 §3.1) and base64 is base64.
    for start in ["VRFY", "EXPN", "RCPT TO:<> ", "AUTH ECDSA", "AUTH SCRAM-SHA-256-PLUS"]
    where upper.hasPrefix(start) { return true }
    if upper == "RCPT TO:<>" || upper.contains("BODY=7BIT BODY=") || upper.contains("RET=HDRS RET=")
    {
      return true
    }
    // A quoted string in the middle of a domain is no address.
    if upper.contains("FOO@BAR\"") { return true }
    // Spaces where RFC 5321 §4.1.2 has none, and a bare local part.
    if upper.contains("FROM :") || upper.contains("TO :") { return true }
    return upper.contains("<POSTMASTER>") || upper.contains("MAIL  FROM")
  }

  @Test func `command lines are taken and refused as stalwart's`() throws {
    var compared = 0
    for row in try Suites.rows("smtp/stalwart-smtp-proto/request_parser.jsonl") {
      for case let pair as [Any] in row["rows"] as? [Any] ?? [] {
        guard pair.count == 2, let line = pair[0] as? String, !Self.isOwn(line),
          let verdict = pair[1] as? [String: Any]
        else { continue }
        let command = try? CommandParser().parse(Array(line.utf8)[...])
        let isTaken = command.map { !"\($0)".hasPrefix("unknown") } ?? false
        if isTaken != (verdict["$Ok"] != nil) {
          Issue.record("\(line): taken \(isTaken)")
        }
        compared += 1
      }
    }
    #expect(compared > 50)
  }
}
