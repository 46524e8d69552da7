import Foundation
import Inspection
import Testing

@testable import Sandbox

/// The built program, which has the inspectors.
enum BuiltProgram {
  static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/debug/kadomori").path
  static let isThere = FileManager.default.isExecutableFile(atPath: path)
}

/// The jail, proven on the program itself: inspectors that were started for tests do what a message tells
/// them, and the kernel kills them for it.
@Suite(.enabled(if: BuiltProgram.isThere, "the program is not built"), .serialized)
struct JailTests {
  private func pool(_ change: (inout InspectorSettings) -> Void = { _ in }) -> InspectorPool {
    var settings = InspectorSettings()
    settings.program = BuiltProgram.path
    settings.processes = 1
    settings.obeysTests = true
    change(&settings)
    return InspectorPool(settings)
  }

  private func message(_ misdeed: String) -> [UInt8] {
    Array("X-Misdeed: \(misdeed)\r\nFrom: a@example.org\r\n\r\ntext\r\n".utf8)
  }

  private func rules(_ report: InspectionReport) -> [String] {
    report.findings.map(\.rule).filter { $0.hasPrefix("inspector.") }
  }

  @Test(arguments: [
    "open", "connect", "fork", "exec", "write", "execute-memory", "trace", "kill",
  ])
  func `an inspector that does what it may not is killed and the message held`(
    misdeed: String
  ) async throws {
    let pool = pool()
    defer { pool.close() }
    let report = try await pool.inspect(message(misdeed))
    #expect(rules(report) == ["inspector.forbidden"])
    #expect(report.verdict == .unanalysable)
    #expect(DefaultAction(report) == .hold)
    // The gate goes on.
    let next = try await pool.inspect(message("none"))
    #expect(next.verdict == .clean)
    #expect(rules(next).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/kadomori-escaped"))
  }

  @Test func `a crash costs the message, not the pool`() async throws {
    let pool = pool()
    defer { pool.close() }
    let report = try await pool.inspect(message("crash"))
    #expect(rules(report) == ["inspector.crashed"])
    #expect(report.findings.first?.evidence == "signal \(SIGSEGV)")
    #expect(report.verdict == .unanalysable)
    #expect(try await pool.inspect(message("none")).verdict == .clean)
  }

  @Test func `an endless loop ends at the deadline`() async throws {
    let pool = pool { $0.deadline = .milliseconds(300) }
    defer { pool.close() }
    let report = try await pool.inspect(message("loop"))
    #expect(rules(report) == ["inspector.timeout"])
    #expect(report.verdict == .unanalysable)
  }

  @Test func `memory ends at its bound`() async throws {
    let pool = pool { $0.memory = 128 << 20 }
    defer { pool.close() }
    let report = try await pool.inspect(message("hog"))
    #expect(rules(report) == ["inspector.memory"])
    #expect(report.verdict == .unanalysable)
    #expect(try await pool.inspect(message("none")).verdict == .clean)
  }

  @Test func `an answer that is none counts as a crash`() async throws {
    let pool = pool()
    defer { pool.close() }
    let report = try await pool.inspect(message("lie"))
    #expect(rules(report) == ["inspector.crashed"])
    #expect(report.verdict == .unanalysable)
  }

  @Test(arguments: [
    ("/nonexistent/kadomori", NoInspector.notStarted(ENOENT)),
    ("/bin/true", NoInspector.notReady("ended with status 0")),
  ])
  func `where no inspector starts nothing is said of the message`(
    program: String, reason: NoInspector
  ) async {
    let pool = pool { $0.program = program }
    defer { pool.close() }
    for _ in 0..<2 {
      await #expect(throws: reason) { try await pool.inspect(message("none")) }
    }
  }

  @Test func `a message that there is no memory for is not judged`() async {
    let pool = pool()
    defer { pool.close() }
    await #expect(throws: NoInspector.noMemory) { try await pool.inspect(seal: { nil }) }
  }

  @Test func `a closed pool answers, too`() async {
    let pool = pool()
    pool.close()
    await #expect(throws: NoInspector.closed) { try await pool.inspect(message("none")) }
  }

  @Test func `without the flag a message commands nothing`() async throws {
    let pool = pool { $0.obeysTests = false }
    defer { pool.close() }
    #expect(try await pool.inspect(message("crash")).verdict == .clean)
  }

  @Test func `processes are replaced and nobody notices`() async throws {
    let pool = pool { $0.messagesPerProcess = 3 }
    defer { pool.close() }
    try await withThrowingTaskGroup(of: Verdict.self) { group in
      for _ in 0..<20 { group.addTask { try await pool.inspect(message("none")).verdict } }
      for try await verdict in group { #expect(verdict == .clean) }
    }
  }

  @Test func `every charset is read behind the wall`() async throws {
    let pool = pool()
    defer { pool.close() }
    for label in ["big5", "koi8-r", "gb18030", "ibm866", "nobody-knows-this", "utf-16"] {
      let mail =
        "Content-Type: text/plain; charset=\(label)\r\nFrom: a@example.org\r\n\r\n\u{E9}\u{A4}x"
      let report = try await pool.inspect(Array(mail.utf8))
      #expect(rules(report).isEmpty, "\(label)")
    }
  }
}
