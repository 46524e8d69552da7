import Foundation
import SMTP
import Settings
import Testing
import Transport

@testable import Gateway

/// What the settings say reaches the listeners.
@Suite struct PlanTests {
  @Test func `every limit of a session is its listener's`() async throws {
    let folder = NSTemporaryDirectory() + "kadomori-plan-" + UUID().uuidString
    let text = """
      hostname = "gate.example.test"
      data-directory = "\(folder)/deep/down"
      [[listener]]
      kind = "mx"
      address = "127.0.0.1:0"
      proxies = ["10.0.0.9"]
      [limits]
      commands = 12
      errors = 13
      command-time = "11s"
      content-time = "20m"
      handshake-time = "7s"
      session-time = "2h"
      """
    let settings = try GateSettings.load(Array(text.utf8))
    let parts = try GateParts(settings)
    let plan = parts.plan(try #require(settings.listeners.first), settings)
    #expect(plan.profile.limits.idleCommands == 12)
    #expect(plan.profile.limits.errors == 13)
    #expect(plan.times.commandSeconds == 11)
    #expect(plan.times.contentSeconds == 1200)
    #expect(plan.times.handshakeSeconds == 7)
    #expect(plan.times.sessionSeconds == 7200)
    #expect(plan.proxies.count == 1)
    await parts.close()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `idle commands beyond the limit end the session`() async throws {
    let folder = NSTemporaryDirectory() + "kadomori-plan-" + UUID().uuidString
    let text = """
      hostname = "gate.example.test"
      data-directory = "\(folder)"
      [[listener]]
      kind = "mx"
      address = "127.0.0.1:0"
      [domain."example.test"]
      route = "discard"
      recipients = ["alice"]
      [limits]
      commands = 10
      """
    let gate = try await Gate.open(try GateSettings.load(Array(text.utf8)))
    let running = Task { await gate.run() }
    let place = try #require(gate.places.first?.split(separator: ":").last)
    let client = try WireClient(port: try #require(UInt16(place)))
    _ = client.hear()
    var replies: [String] = []
    for _ in 0..<12 where replies.last?.hasPrefix("421") != true {
      client.say("NOOP\r\n")
      replies.append(client.hear())
    }
    #expect(replies.count == 11 && replies.last?.hasPrefix("421") == true, "\(replies)")
    await gate.stop()
    await running.value
    await gate.close()
    try FileManager.default.removeItem(atPath: folder)
  }
}
