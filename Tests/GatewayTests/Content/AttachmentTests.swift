import Foundation
import Inspection
import Journal
import Mail
import Spool
import Testing

@testable import Gateway

/// What settings and rules say of attachments, and of what rules ask the gate.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct AttachmentTests {
  private static let program = TestMail.attaching(TestMail.program, name: "setup.exe")
  private static let page = TestMail.attaching(
    Array("<html><body>invoice</body></html>".utf8), name: "invoice.html")

  private func gate(_ extra: String) async throws -> TestGate {
    try await TestGate.inspecting(extra)
  }

  @Test func `a class is refused, and what is not of it passes`() async throws {
    let gate = try await gate(
      """
      [[attachment]]
      class = ["program", "script"]
      action = "refuse"
      """)
    #expect(try gate.send(Self.program).hasPrefix("550 5.7.1"))
    #expect(try gate.send(TestMail.plain).hasPrefix("250"))
    #expect(await gate.arrived("alice").count == 1)
    await gate.close()
  }

  @Test func `one who may have programs gets them, and others do not`() async throws {
    let gate = try await gate(
      """
      [[attachment]]
      class = "program"
      recipient = "bob@example.test"
      action = "accept"
      [[attachment]]
      class = "program"
      action = "hold"
      """)
    let both = ["alice@example.test", "bob@example.test"]
    #expect(try gate.send(Self.program, to: both).hasPrefix("250"))
    #expect(await gate.arrived("bob").count == 1)
    #expect(gate.mailbox("alice").isEmpty)
    #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
    await gate.close()
  }

  @Test func `what else is found in a file that may pass still counts`() async throws {
    let gate = try await gate(
      """
      [[attachment]]
      class = "program"
      action = "accept"
      """)
    let hidden = TestMail.attaching(TestMail.program, name: "invoice.pdf.exe")
    #expect(try gate.send(hidden).hasPrefix("250"))
    let judged = try await gate.judgements().first
    #expect(judged?.findings.contains { $0.rule.hasPrefix("name.") && $0.weight > 0 } == true)
    #expect(judged?.action != "accept")
    await gate.close()
  }

  @Test func `a type is taken out whatever its name, and the note says what to do`() async throws {
    let gate = try await gate(
      """
      [[attachment]]
      type = "html"
      action = "strip"
      """)
    let page = TestMail.attaching(
      Array("<html><body>invoice</body></html>".utf8), name: "invoice.txt")
    #expect(try gate.send(page).hasPrefix("250"))
    let mail = try #require(await gate.arrived("alice").first)
    let message = Message(Array(mail.utf8))
    let texts = message.leaves.map { message.text(of: $0.reading).text }
    #expect(texts.contains { $0.contains("see the attachment") })
    #expect(texts.contains { $0.contains("invoice.txt") && $0.contains("ファイル共有") })
    #expect(!texts.contains { $0.contains("<body>invoice") })
    await gate.close()
  }

  @Test func `a suffix is held one way and passes another`() async throws {
    let gate = try await gate(
      """
      [[attachment]]
      extension = [".HTML"]
      direction = "inbound"
      action = "hold"
      """)
    #expect(try gate.send(Self.page).hasPrefix("250"))
    #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
    #expect(try gate.send(Self.page, from: "alice@example.test", by: "internal").hasPrefix("250"))
    #expect(await gate.arrived("alice").count == 1)
    await gate.close()
  }

  @Test func `a decision goes before attachments and rules`() async throws {
    let gate = try await gate(
      """
      [[decision]]
      finding = "file.program"
      action = "mark"
      [[attachment]]
      class = "program"
      action = "refuse"
      """)
    #expect(try gate.send(Self.program).hasPrefix("250"))
    let mail = await gate.arrived("alice").first
    #expect(mail?.contains("X-Kadomori-Verdict: malicious") == true)
    await gate.close()
  }

  private static let zone = """
    _dmarc.example.test. TXT "v=DMARC1; p=reject"

    """

  private static func rule(_ action: String, _ condition: String) -> String {
    """
    [[rule]]
    id = "own.asked"
    when = \(condition)
    action = "\(action)"
    class = "identity"
    ja = "試し。"
    en = "A try."
    """
  }

  private func gate(rule: String, _ extra: String = "") async throws -> TestGate {
    try await TestGate.inspecting(
      extra, inspection: "rules = \"{folder}/rules\"", zone: Self.zone,
      prepare: { folder in
        try FileManager.default.createDirectory(
          atPath: folder + "/rules", withIntermediateDirectories: true)
        try rule.write(toFile: folder + "/rules/own.toml", atomically: true, encoding: .utf8)
      })
  }

  @Test(arguments: [("hold", "250"), ("refuse", "550"), ("mark", "250")])
  func `a rule's own action counts whatever it weighs`(action: String, reply: String)
    async throws
  {
    let gate = try await gate(rule: Self.rule(action, "'subject contains \"hello\"'"))
    #expect(try gate.send(TestMail.plain).hasPrefix(reply))
    let isHeld = gate.gate.parts.pipeline.spool.heldCount == 1
    #expect(isHeld == (action == "hold"))
    if action == "mark" {
      let mail = await gate.arrived("alice").first ?? ""
      #expect(mail.contains("own.asked"), "\(mail)")
    }
    await gate.close()
  }

  @Test func `a decision goes before a rule's own action`() async throws {
    let gate = try await gate(
      rule: Self.rule("refuse", "'subject contains \"hello\"'"),
      """
      [[decision]]
      recipient = "alice@example.test"
      action = "accept"
      """)
    #expect(try gate.send(TestMail.plain).hasPrefix("250"))
    #expect(await gate.arrived("alice").count == 1)
    await gate.close()
  }

  @Test func `a rule may ask for our own domain and DMARC's result`() async throws {
    let condition =
      "['auth.own = \"example.test\"', 'auth.dmarc = \"fail\"', 'envelope.direction = \"inbound\"']"
    let gate = try await gate(
      rule: Self.rule("hold", condition), "[identity]\ndmarc-reject = \"mark\"")
    let forged = "From: president@example.test\nSubject: hello\n\nPay this.\n"
    #expect(try gate.send(forged).hasPrefix("250"))
    let hold = gate.gate.parts.pipeline.spool.heldIdentifiers.first
    let reason = hold.flatMap { gate.gate.parts.pipeline.spool.message($0)?.hold?.reason }
    #expect(reason?.contains("own.asked") == true)
    #expect(try gate.send(TestMail.plain).hasPrefix("250"))
    #expect(await gate.arrived("alice").count == 1)
    #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
    await gate.close()
  }
}
