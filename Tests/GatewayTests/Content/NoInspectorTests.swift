import Foundation
import Spool
import Testing

@testable import Gateway

/// A gate that can start no inspector: its own trouble, for which no mail is held.
@Suite struct NoInspectorTests {
  @Test func `mail is put off, and an administrator hears why`() async throws {
    let gate = try await TestGate(inspects: true, program: "/nonexistent/kadomori")
    let pipeline = gate.gate.parts.pipeline
    for _ in 0..<2 {
      #expect(try gate.send(TestMail.plain, by: "internal").hasPrefix("451 4.3.0 "))
    }
    #expect(pipeline.spool.count == 0 && pipeline.spool.heldCount == 0)
    #expect(try await gate.judgements().isEmpty)
    let health = gate.page("/health")
    #expect(health.status == 503)
    #expect(health.body.contains("no inspector could be started: No such file or directory"))
    #expect(gate.page("/metrics").body.contains("kadomori_messages_not_inspected_total 2\n"))
    // A canary without an inspector is no mail that passed.
    await pipeline.content?.sendCanaries()
    #expect(pipeline.content?.warnings.count == 1)
    await gate.close()
  }
}
