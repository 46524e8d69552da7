import Foundation
import Spool
import Testing

@testable import Gateway

/// Every decision, in the running gate, by direction, domain and recipient.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct DecisionGateTests {
  private static let program = TestMail.attaching(
    TestMail.program, name: "setup.exe", subject: "hello")

  /// What comes of a message: the reply, what arrives, what is held.
  private func check(_ gate: TestGate, _ action: String, reply: String) async throws {
    let spool = gate.gate.parts.pipeline.spool
    switch action {
    case "refuse", "defer":
      #expect(reply.hasPrefix(action == "refuse" ? "550 5.7.1" : "451 4.7.1"))
      #expect(spool.count == 0 && gate.mailbox("alice").isEmpty)
    case "hold":
      #expect(reply.hasPrefix("250"))
      #expect(spool.heldCount == 1 && gate.mailbox("alice").isEmpty)
    case "strip":
      let mail = await gate.arrived("alice").first ?? ""
      #expect(mail.contains("X-Kadomori-Verdict") && !mail.contains("TVqQ"))
      // The original waits for who asks for it.
      #expect(spool.heldCount == 1)
    default:
      let mail = await gate.arrived("alice").first ?? ""
      #expect(mail.contains("setup.exe") && spool.heldCount == 0)
      #expect(mail.contains("X-Kadomori-Verdict") == (action == "mark"))
      #expect(mail.contains("=?utf-8?B?W+azqOaEj10g?= hello") == (action == "mark"))
    }
  }

  private static let actions = ["accept", "mark", "strip", "hold", "refuse", "defer"]

  @Test(
    arguments: actions,
    [
      "direction = \"inbound\"", "domain = \"example.test\"",
      "recipient = \"Alice@example.test\"", "verdict = \"malicious\"",
    ])
  func `each decision is taken where it matches`(action: String, condition: String) async throws {
    let gate = try await TestGate.inspecting(
      """
      [[decision]]
      \(condition)
      action = "\(action)"
      [verdict]
      malicious = "\(action == "accept" ? "hold" : "accept")"
      subject-tag = "[注意]"
      """)
    try await check(gate, action, reply: try gate.send(Self.program))
    await gate.close()
  }

  @Test(arguments: [
    "direction = \"outbound\"", "direction = \"internal\"", "domain = \"other.example\"",
    "recipient = \"bob@example.test\"", "verdict = \"phishing\"", "finding = \"office.*\"",
  ])
  func `a decision that does not match decides nothing`(condition: String) async throws {
    let gate = try await TestGate.inspecting(
      """
      [[decision]]
      \(condition)
      action = "refuse"
      [verdict]
      malicious = "accept"
      """)
    try await check(gate, "accept", reply: try gate.send(Self.program))
    await gate.close()
  }

  @Test(arguments: [("outbound", "x@other.example"), ("internal", "alice@example.test")])
  func `the way of a message is told from who sends it and where it goes`(
    direction: String, recipient: String
  ) async throws {
    let gate = try await TestGate.inspecting(
      """
      [[decision]]
      direction = "\(direction)"
      action = "refuse"
      [verdict]
      malicious = "hold"
      """)
    let reply = try gate.send(
      Self.program, from: "alice@example.test", to: [recipient], by: "internal")
    #expect(reply.hasPrefix("550 5.7.1"))
    await gate.close()
  }

  @Test func `recipients of one message each get theirs`() async throws {
    let gate = try await TestGate.inspecting(
      """
      [[decision]]
      recipient = "alice@example.test"
      action = "strip"
      [[decision]]
      recipient = "bob@example.test"
      action = "refuse"
      [[decision]]
      recipient = "postmaster@example.test"
      action = "accept"
      """)
    let all = ["alice", "bob", "postmaster"].map { "\($0)@example.test" }
    #expect(try gate.send(Self.program, to: all).hasPrefix("250"))
    #expect(await gate.arrived("alice").first?.contains("TVqQ") == false)
    #expect(await gate.arrived("postmaster").first?.contains("X-Kadomori") == false)
    // He may not have it refused for the others, so his share waits; the stripped one's original, too.
    #expect(gate.mailbox("bob").isEmpty)
    #expect(gate.gate.parts.pipeline.spool.heldCount == 2)
    await gate.close()
  }
}
