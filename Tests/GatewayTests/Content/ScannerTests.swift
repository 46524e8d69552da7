import Foundation
import Inspection
import Journal
import Spool
import Testing
import Vectors

@testable import Gateway

/// A virus scanner that is well, and each way in which it is not: what is found then, what becomes of mail,
/// and who hears of it.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: TestGate.program), "the program is not built"))
struct ScannerTests {
  private enum Condition: String, CaseIterable, Sendable {
    case up, down, slow, stale, blind
  }

  private static func version(daysOld: Int) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "EEE MMM d HH:mm:ss yyyy"
    let day = format.string(from: Date(timeIntervalSinceNow: Double(-daysOld) * 86_400))
    return "{n}: ClamAV 1.4.6/27830/\(day)\0"
  }

  /// What such a clamd answers: it finds what has EICAR's words in it.
  private static func answer(
    _ condition: Condition, _ command: String, _ octets: [UInt8]
  ) -> String? {
    if condition == .slow { return nil }
    if command == "zVERSION" { return version(daysOld: condition == .stale ? 30 : 0) }
    let text = String(decoding: octets, as: UTF8.self)
    // As it is, and as the canary carries it.
    let hasTest = text.contains("EICAR-STANDARD") || text.contains("WDVPIVAlQEFQ")
    let isWord = text.contains("infected-by-test")
    let finds = (hasTest && condition != .blind) || isWord
    return finds ? "{n}: stream: Test.Malware FOUND\0" : "{n}: stream: OK\0"
  }

  /// A gate that asks a scanner in this condition.
  private func run(
    _ condition: Condition, _ extra: String = "", _ body: (TestGate) async throws -> Void
  ) async throws {
    let clam = try FakeClam(answering: { Self.answer(condition, $0, $1) })
    defer { clam.stop() }
    let path = condition == .down ? "/nonexistent/clamd.ctl" : clam.path
    let gate = try await TestGate.inspecting(
      extra, inspection: "clamd = \"\(path)\"\ntime = \"\(condition == .slow ? "3s" : "15s")\"")
    try await body(gate)
    await gate.close()
  }

  private func rules(_ gate: TestGate) async throws -> Set<String> {
    Set(try await gate.judgements().flatMap(\.findings).map(\.rule))
  }

  @Test func `a scanner that is well finds its malware, and nobody hears of it`() async throws {
    try await run(.up) { (gate: TestGate) async throws in
      #expect(try gate.send("From: a@b.example\n\ninfected-by-test\n").hasPrefix("250"))
      #expect(try gate.send(TestMail.plain).hasPrefix("250"))
      #expect(await gate.arrived("alice").count == 1)
      #expect(try await rules(gate).contains("malware.clamd"))
      #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
      await gate.gate.parts.pipeline.content?.sendCanaries()
      #expect(gate.page("/health").status == 200)
      let metrics = gate.page("/metrics").body
      #expect(metrics.contains("kadomori_scanner_state{scanner=\"clamd\",state=\"up\"} 1\n"))
      #expect(metrics.contains("kadomori_scanner_failures_total{scanner=\"clamd\"} 0\n"))
    }
  }

  @Test(arguments: ["down", "slow", "stale", "blind"])
  func `a scanner that is not well holds what is active and marks the rest`(word: String)
    async throws
  {
    let condition = try #require(Condition(rawValue: word))
    try await run(condition) { (gate: TestGate) async throws in
      #expect(try gate.send(TestMail.plain).hasPrefix("250"))
      let macro = TestMail.attaching(Array("@echo off\r\nstart x\r\n".utf8), name: "a.bat")
      #expect(try gate.send(macro).hasPrefix("250"))
      let plain = await gate.arrived("alice").first
      #expect(plain?.contains("rules=") == true || plain?.contains("X-Kadomori-Verdict") == true)
      #expect(gate.mailbox("alice").count == 1)
      #expect(gate.gate.parts.pipeline.spool.heldCount == 1)
      #expect(try await rules(gate).contains("scanner.\(word)"))
      let health = gate.page("/health")
      #expect(health.status == 503 && health.body.contains("clamd \(word)"))
      let metrics = gate.page("/metrics").body
      #expect(metrics.contains("kadomori_scanner_state{scanner=\"clamd\",state=\"\(word)\"} 1\n"))
      let status = gate.gate.parts.pipeline.content?.status
      #expect(status?.scanners.first?.state == word)
    }
  }

  @Test(arguments: [("defer", "451"), ("mark", "250")])
  func `what a scanner's trouble means for active mail is a setting`(
    action: String, reply: String
  ) async throws {
    let setting = "scanner-down = \"\(action)\""
    let clam = try FakeClam(answering: { Self.answer(.stale, $0, $1) })
    defer { clam.stop() }
    let gate = try await TestGate.inspecting(
      "[[decision]]\nverdict = \"malicious\"\naction = \"mark\"",
      inspection: "clamd = \"\(clam.path)\"\n\(setting)")
    let batch = TestMail.attaching(Array("@echo off\r\nstart x\r\n".utf8), name: "a.bat")
    #expect(try gate.send(batch).hasPrefix(reply))
    #expect(try gate.send(TestMail.plain).hasPrefix("250"))
    await gate.close()
  }
}
