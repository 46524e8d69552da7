import Foundation
import Gateway
import Inspection
import Journal
import Mail
import Spool
import Testing

/// What a gate does with mail for what is in it.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct ContentTests {
  private func send(
    _ gate: TestGate, to recipients: [String] = ["alice"], _ content: String
  ) throws -> String {
    let client = try WireClient(port: gate.port("mx"))
    _ = client.hear()
    for line in ["EHLO peer.example", "MAIL FROM:<a@b.example>"]
      + recipients.map({ "RCPT TO:<\($0)@example.test>" }) + ["DATA"]
    {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    client.say(content.replacingOccurrences(of: "\n", with: "\r\n") + "\r\n.\r\n")
    return client.hear()
  }

  private static let plain = "From: a@b.example\nSubject: hello\n\nSee you at noon.\n"

  private static let program = """
    From: a@b.example
    Subject: invoice
    X-Kadomori-Verdict: clean
    Content-Type: multipart/mixed; boundary=x

    --x
    Content-Type: text/plain

    see the attachment
    --x
    Content-Type: application/octet-stream; name="invoice.pdf.exe"
    Content-Transfer-Encoding: base64

    TVqQAAMAAAAEAAAA//8AALgAAAAAAAAA
    --x--
    """

  private func text(_ message: Data) -> String { String(decoding: message, as: UTF8.self) }

  private func held(_ gate: TestGate) async throws -> [TracedMessage] {
    let path = gate.folder + "/journal.sqlite"
    var found: [TracedMessage] = []
    _ = try await Peer.eventually {
      found = try JournalReader(path: path).trace("example.test", limit: 9).messages
        .filter { $0.held != nil && $0.judgement != nil }
      return !found.isEmpty
    }
    return found
  }

  @Test func `a program is held with its reasons, plain mail passes without a mark`() async throws {
    let gate = try await TestGate(inspects: true)
    #expect(try send(gate, Self.program).hasPrefix("250"))
    #expect(try send(gate, Self.plain).hasPrefix("250"))
    #expect(await Peer.eventually { gate.mailbox("alice").count == 1 })
    #expect(gate.mailbox("alice").allSatisfy { !text($0).contains("X-Kadomori") })
    let held = try await held(gate)
    #expect(held.count == 1)
    #expect(held.first?.judgement?.verdict == .malicious)
    #expect(held.first?.judgement?.action == "hold")
    let rules = held.first?.judgement?.findings.map(\.rule) ?? []
    #expect(rules.contains("file.program"))
    await gate.close()
  }

  @Test func `a decision refuses at the end of data, and the journal knows why`() async throws {
    let gate = try await TestGate(
      inspects: true,
      """
      [[decision]]
      finding = "file.*"
      action = "refuse"
      """)
    let reply = try send(gate, Self.program)
    #expect(reply.hasPrefix("550 5.7.1 Refused for its content"))
    #expect(try send(gate, Self.plain).hasPrefix("250"))
    let path = gate.folder + "/journal.sqlite"
    let isKnown = try await Peer.eventually {
      let refusals = try JournalReader(path: path).trace("alice@example.test", limit: 5).refusals
      return refusals.first?.judgement?.action == "refuse"
    }
    #expect(isKnown)
    await gate.close()
  }

  @Test func `each recipient gets what is decided for him`() async throws {
    let gate = try await TestGate(
      inspects: true,
      """
      [[decision]]
      recipient = "bob@example.test"
      action = "mark"
      [verdict]
      subject-tag = "[注意]"
      """)
    #expect(try send(gate, to: ["alice", "bob"], Self.program).hasPrefix("250"))
    #expect(await Peer.eventually { gate.mailbox("bob").count == 1 })
    let message = try #require(gate.mailbox("bob").first.map(text))
    #expect(message.contains("X-Kadomori-Verdict: malicious; score="))
    #expect(!message.contains("X-Kadomori-Verdict: clean"))
    #expect(message.contains("Subject: =?utf-8?B?W+azqOaEj10g?= invoice"))
    #expect(try await held(gate).first?.recipients.map(\.address) == ["alice@example.test"])
    #expect(gate.mailbox("alice").isEmpty)
    await gate.close()
  }

  @Test func `an attachment goes, a note comes, the original is held`() async throws {
    let gate = try await TestGate(
      inspects: true,
      """
      [verdict]
      malicious = "strip"
      """)
    #expect(try send(gate, Self.program).hasPrefix("250"))
    #expect(await Peer.eventually { gate.mailbox("alice").count == 1 })
    let message = try #require(gate.mailbox("alice").first.map(text))
    #expect(!message.contains("TVqQ"))
    let parsed = Message(Array(message.utf8))
    let texts = parsed.leaves.map { parsed.text(of: $0.reading).text }
    #expect(texts.contains { $0.contains("see the attachment") })
    let original = try #require(try await held(gate).first)
    #expect(texts.contains { $0.contains("invoice.pdf.exe") && $0.contains(original.id) })
    await gate.close()
  }
}
