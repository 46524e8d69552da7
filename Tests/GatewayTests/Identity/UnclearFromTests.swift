import Spool
import Testing

@testable import Gateway

/// A From that two readers read differently is no way round the policy of the domain that one of them sees.
@Suite struct UnclearFromTests {
  private static let fields = [
    "From: taro@good.example, x@elsewhere.example",
    "From: taro@good.example <x@elsewhere.example>",
    "From: x@elsewhere.example\nFrom: taro@good.example",
    "From: taro@good.example.",
    "From: <taro@good.example> <x@elsewhere.example>",
    "From: x@elsewhere.example\nno field\nFrom: taro@good.example",
    "From: Taro <taro@=?utf-8?q?good.example?=>",
  ]
  private let body = "\nSubject: hello\n\nhello"

  private func send(
    _ fields: [String], _ settings: String = "", _ look: (String, Hold?) -> Void
  ) async throws {
    let gate = try await TestGate.judging(identityZone, settings)
    for field in fields {
      let stranger = Stranger(
        gate: gate, client: "198.51.100.7", helo: "lists.forwarder.example",
        sender: "x@elsewhere.example")
      let reply = try stranger.send(field + body)
      let id = reply.split(separator: " ").last.map(String.init) ?? ""
      let messages = gate.gate.parts.pipeline.spool.messages
      look(reply, messages.first { "\($0.id)" == id }?.hold)
    }
    await gate.close()
  }

  @Test func `it is held, and the hold says why`() async throws {
    try await send(Self.fields) { reply, hold in
      #expect(reply.hasPrefix("250"), "\(reply)")
      #expect(hold?.reason.contains("no domain's policy covers") == true, "\(hold?.reason ?? "")")
    }
  }

  @Test func `the settings decide otherwise, and who may hand on is spared`() async throws {
    let two = [Self.fields[0]]
    try await send(two, "[identity]\nunclear-from = \"refuse\"") { reply, _ in
      #expect(reply.hasPrefix("550 5.7.1 "), "\(reply)")
    }
    for settings in ["unclear-from = \"mark\"", "trusted-forwarders = [\"forwarder.example\"]"] {
      try await send(two, "[identity]\n" + settings) { reply, hold in
        #expect(reply.hasPrefix("250") && hold == nil, "\(reply)")
      }
    }
  }

  @Test func `who is one author, however written, is judged by his domain`() async throws {
    let fields = [
      "From: Team: taro@good.example, hanako@good.example;",
      "From: (x@y.example) taro@Good.Example",
      "From: \"x@elsewhere.example\" <@a.example:taro@good.example>",
    ]
    try await send(fields) { reply, _ in #expect(reply.hasPrefix("550 5.7.26"), "\(reply)") }
  }
}
