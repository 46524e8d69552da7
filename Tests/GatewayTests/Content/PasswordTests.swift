import Foundation
import Inspection
import Journal
import Mail
import SMTP
import Settings
import Spool
import Testing

@testable import Gateway

/// Encrypted attachments and their passwords in the running gate, as Japanese offices send them.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct PasswordTests {
  private static func archive(
    _ content: String = "見積書\n", name: String = "estimate.txt", from: String = "a@b.example",
    text: String = "添付をご確認ください。"
  ) -> String {
    let octets = content.hasPrefix("MZ") ? TestMail.program : Array(content.utf8)
    let zip = LockedZip(octets, name: name, password: "Kd8#mq2z")
    return TestMail.attaching(zip.octets, name: "a.zip", text: text, from: from)
  }

  private static let password = """
    From: a@b.example
    Subject: password
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 8bit

    先ほどの添付ファイルの解凍パスワードは「Kd8#mq2z」です。
    """

  private func spool(_ gate: TestGate) -> Spool { gate.gate.parts.pipeline.spool }

  private func ask(_ gate: TestGate, _ request: ControlRequest) async throws -> ControlAnswer {
    let pipeline = gate.gate.parts.pipeline
    let parts = gate.gate.parts
    let desk = ControlDesk(pipeline: pipeline, delivery: gate.gate.delivery) {
      StatusDesk(parts: parts, places: []).status()
    }
    let line = [UInt8](try JSONEncoder().encode(request))
    let answer = await withCheckedContinuation { continuation in
      desk.respond(to: line) { continuation.resume(returning: $0) }
    }
    return try JSONDecoder().decode(ControlAnswer.self, from: Data(answer))
  }

  private func release(
    _ gate: TestGate, _ id: TraceID, _ password: String
  ) async throws -> ControlAnswer {
    try await ask(
      gate,
      ControlRequest(
        .release, ids: ["\(id)"], by: "tester", reason: "asked", onlyHeld: true,
        password: password))
  }

  @Test func `an archive is held, and goes when its password comes by another mail`() async throws {
    let gate = try await TestGate.inspecting()
    #expect(try gate.send(Self.archive()).hasPrefix("250"))
    #expect(spool(gate).heldCount == 1)
    #expect(try gate.send(Self.password).hasPrefix("250"))
    #expect(await gate.arrived("alice", count: 2).count == 2)
    #expect(spool(gate).heldCount == 0)
    let judged = try await gate.judgements().filter { !$0.findings.isEmpty }
    let rules = judged.flatMap(\.findings).map(\.rule)
    #expect(rules.contains("archive.password-in-mail") && !rules.contains("archive.encrypted"))
    await gate.close()
  }

  @Test func `a password that came before opens what comes later`() async throws {
    let gate = try await TestGate.inspecting()
    #expect(try gate.send(Self.password).hasPrefix("250"))
    #expect(try gate.send(Self.archive()).hasPrefix("250"))
    #expect(await gate.arrived("alice", count: 2).count == 2)
    #expect(spool(gate).heldCount == 0)
    await gate.close()
  }

  @Test func `what is opened is judged, and a program stays held with what was found`()
    async throws
  {
    let gate = try await TestGate.inspecting()
    #expect(try gate.send(Self.password).hasPrefix("250"))
    #expect(try gate.send(Self.archive("MZ", name: "a.exe")).hasPrefix("250"))
    #expect(spool(gate).heldCount == 1)
    let rules = try await gate.judgements().flatMap(\.findings).map(\.rule)
    #expect(rules.contains("file.packed-program"))
    await gate.close()
  }

  @Test func `another sender's password opens nothing`() async throws {
    let gate = try await TestGate.inspecting()
    #expect(try gate.send(Self.archive()).hasPrefix("250"))
    let other = Self.password.replacing("a@b.example", with: "x@y.example")
    #expect(try gate.send(other, from: "x@y.example").hasPrefix("250"))
    #expect(await gate.arrived("alice").count == 1)
    #expect(spool(gate).heldCount == 1)
    await gate.close()
  }

  @Test func `a recipient's password releases what is clean`() async throws {
    let gate = try await TestGate.inspecting(
      """
      [ppap]
      inbound = "hold"
      """)
    #expect(try gate.send(Self.archive()).hasPrefix("250"))
    let id = try #require(spool(gate).heldIdentifiers.first)
    let wrong = try await release(gate, id, "guess")
    #expect(wrong.error?.contains("stays held: unanalysable") == true)
    #expect(spool(gate).message(id)?.hold?.reason.contains("archive.encrypted") == true)
    let right = try await release(gate, id, "Kd8#mq2z")
    #expect(right.error == nil)
    #expect(await gate.arrived("alice").count == 1)
    let log = try await gate.trace("example.test")
    #expect(!"\(log)".contains("Kd8#mq2z"))
    await gate.close()
  }

  @Test func `a recipient's password releases nothing that is bad`() async throws {
    let gate = try await TestGate.inspecting()
    #expect(try gate.send(Self.archive("MZ", name: "a.exe")).hasPrefix("250"))
    let id = try #require(spool(gate).heldIdentifiers.first)
    let answer = try await release(gate, id, "Kd8#mq2z")
    #expect(answer.error?.contains("file.packed-program") == true)
    #expect(spool(gate).message(id)?.hold?.reason.contains("file.packed-program") == true)
    #expect(spool(gate).message(id)?.hold?.by == Hold.policy)
    await gate.close()
  }

  @Test(arguments: [
    ("pass", "250", 1), ("mark", "250", 1), ("hold", "250", 0), ("strip", "250", 1),
    ("refuse", "550", 0),
  ])
  func `what is done with encrypted archives is a setting`(
    action: String, reply: String, count: Int
  ) async throws {
    let gate = try await TestGate.inspecting(
      """
      [ppap]
      inbound = "\(action)"
      """)
    #expect(try gate.send(Self.archive()).hasPrefix(reply))
    let mails = await gate.arrived("alice", count: count)
    #expect(mails.count == count)
    let isMarked = mails.contains { $0.contains("X-Kadomori-Verdict") }
    #expect(isMarked == (action == "mark" || action == "strip"))
    let isStripped = mails.contains { !$0.contains("UEsDB") }
    #expect(isStripped == (action == "strip"))
    await gate.close()
  }

  @Test func `words are kept a day, so many, and of so many senders`() throws {
    let desk = PasswordDesk()
    func one(_ name: String) -> Set<PasswordDesk.Correspondence> {
      [PasswordDesk.Correspondence(sender: name, domain: "example.test")]
    }
    let start = Timestamp(microseconds: 0)
    desk.note(["a1", "a2"], of: one("x"), by: [], at: start)
    desk.note(["b1", "a1"], of: one("x"), by: [], at: start + 60)
    #expect(desk.words(of: one("x"), at: start + 60) == ["b1", "a1", "a2"])
    #expect(desk.words(of: one("y"), at: start + 60).isEmpty)
    #expect(desk.words(of: one("x"), at: start + 60 + PasswordDesk.seconds).isEmpty)
    desk.note((0..<100).map { "w\($0)" }, of: one("x"), by: [], at: start + 61)
    #expect(desk.words(of: one("x"), at: start + 61).count <= 30)
    for index in 0..<6000 { desk.note(["w"], of: one("s\(index)"), by: [], at: start + 62 + index) }
    #expect(desk.words(of: one("x"), at: start + 62).isEmpty)
    #expect(desk.words(of: one("s5999"), at: start + 6061) == ["w"])
  }
}
