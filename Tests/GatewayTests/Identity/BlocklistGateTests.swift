import DNS
import Foundation
import Journal
import Mail
import Testing
import Transport

@testable import Gateway

/// Blocklists at RCPT: asked of strangers, believed only in order.
@Suite struct BlocklistGateTests {
  private let zone =
    identityZone + """
      2.0.0.127.bl.example. A 127.0.0.2
      9.113.0.203.bl.example. A 127.0.0.4
      *.all.example. A 127.0.0.2
      test.names.example. A 127.0.0.2
      bad.example.names.example. A 127.0.0.2
      2.0.0.127.slow.example. FAIL TIMEOUT

      """

  private func gate(_ lists: String) async throws -> TestGate {
    let gate = try await TestGate.judging(zone, lists)
    await gate.gate.parts.pipeline.blocklists.testDue()
    return gate
  }

  private let message = "From: taro@open.example\n\nx"

  @Test func `a listed client is refused, a postmaster hears it, and others get through`()
    async throws
  {
    let gate = try await gate("[blocklist.\"bl.example\"]\naction = \"refuse\"")
    let listed = Stranger(gate: gate, client: "203.0.113.9", sender: "x@open.example")
    let reply = try listed.send(message)
    #expect(reply.hasPrefix("550 5.7.1 Client not welcome ["), "\(reply)")
    #expect(try listed.send(message, to: ["postmaster@example.test"]).hasPrefix("250"))
    #expect(try Stranger(gate: gate, sender: "x@open.example").send(message).hasPrefix("250"))
    let own = Stranger(gate: gate, client: "127.0.0.1", helo: "here")
    #expect(try own.send(message).hasPrefix("250"))
    let refusal = try #require(try await gate.trace("203.0.113.9").refusals.first)
    #expect(refusal.reason == "bl.example lists 127.0.0.4")
    await gate.close()
  }

  @Test func `a list that only marks is told in the history`() async throws {
    let gate = try await gate("[blocklist.\"bl.example\"]")
    let listed = Stranger(gate: gate, client: "203.0.113.9", sender: "x@open.example")
    #expect(try listed.send(message).hasPrefix("250"))
    let actions = try #require(try await gate.trace("203.0.113.9").messages.first).actions
    #expect(actions.contains { $0.what == "blocklist bl.example" }, "\(actions)")
    await gate.close()
  }

  @Test func `a list of domains refuses by the sender's`() async throws {
    let gate = try await gate(
      "[blocklist.\"names.example\"]\naction = \"refuse\"\nlists = [\"domain\"]")
    let listed = Stranger(gate: gate, sender: "x@bad.example")
    #expect(try listed.send(message).hasPrefix("550 5.7.1"))
    #expect(try Stranger(gate: gate, sender: "x@open.example").send(message).hasPrefix("250"))
    await gate.close()
  }

  @Test func `a list of everything or of nobody, or one that is silent, refuses nobody`()
    async throws
  {
    for list in ["all.example", "none.example", "slow.example"] {
      let gate = try await gate("[blocklist.\"\(list)\"]\naction = \"refuse\"")
      let stranger = Stranger(gate: gate, client: "203.0.113.9", sender: "x@open.example")
      #expect(try stranger.send(message).hasPrefix("250"))
      let warnings = gate.gate.parts.pipeline.blocklists.warnings
      #expect(warnings.isEmpty == (list == "slow.example"), "\(warnings)")
      let status = StatusDesk(parts: gate.gate.parts, places: []).status()
      #expect(status.isHealthy && status.notes == warnings, "\(status)")
      let page = try #require(StatusText(status: status).page("/health"))
      #expect(page.status == 200, "a list that is off is off for every gate")
      #expect(page.body.contains("note:") == !warnings.isEmpty)
      await gate.close()
    }
  }
}
