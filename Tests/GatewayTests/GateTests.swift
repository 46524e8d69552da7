import Foundation
import Gateway
import Journal
import Settings
import Testing

@Suite struct GateTests {
  private func send(_ gate: TestGate, to: String, _ body: String) throws -> String {
    let client = try WireClient(port: gate.port("mx"))
    _ = client.hear()
    for line in ["EHLO me", "MAIL FROM:<you@elsewhere.example>", "RCPT TO:<\(to)>", "DATA"] {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    client.say(body + "\r\n.\r\n")
    return client.hear()
  }

  /// Waits for mail by asking, at most ten seconds.
  private func arrived(_ gate: TestGate, _ user: String, count: Int) async -> [Data] {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      let mails = gate.mailbox(user)
      if mails.count >= count { return mails }
      await Task.yield()
    }
    return gate.mailbox(user)
  }

  @Test func `mail for a user arrives whole in the Maildir`() async throws {
    let gate = try await TestGate()
    let reply = try send(gate, to: "Alice@EXAMPLE.test", "Subject: hello\r\n\r\n..dot\r\nend")
    #expect(reply.hasPrefix("250 2.0.0"))
    let mails = await arrived(gate, "alice", count: 1)
    let text = mails.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(text.hasSuffix("Subject: hello\n\n.dot\nend\n"))
    #expect(text.hasPrefix("Return-Path: <you@elsewhere.example>\n"))
    let id = reply.split(separator: " ").last ?? "?"
    #expect(text.contains("id \(id)"))
    await gate.close()
  }

  @Test func `a message of 90 kB arrives unchanged`() async throws {
    let gate = try await TestGate()
    let body = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 1250)
    #expect(try send(gate, to: "bob@example.test", "\r\n" + body).hasPrefix("250"))
    let mails = await arrived(gate, "bob", count: 1)
    let text = mails.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(text.hasSuffix(body.replacingOccurrences(of: "\r\n", with: "\n") + "\n"))
    await gate.close()
  }

  @Test func `settings that relay for strangers do not open the gate`() async throws {
    let text = """
      hostname = "gate.example.test"
      data-directory = "/nonexistent/kadomori"
      [[listener]]
      kind = "internal"
      address = "127.0.0.1:0"
      [network.world]
      addresses = ["0.0.0.0/0"]
      relays = true
      hosts = 4000000
      """
    // 4,000,000 is out of bounds, so first the settings themselves refuse; with a bounded number the
    // proof does.
    #expect(throws: SettingsFaults.self) { try GateSettings.load(Array(text.utf8)) }
    let bounded = text.replacingOccurrences(of: "4000000", with: "400")
    let settings = try GateSettings.load(Array(bounded.utf8))
    await #expect(throws: UnprovenPolicy.self) { _ = try await Gate.open(settings) }
  }

  @Test func `who talks before the greeting is refused`() async throws {
    let gate = try await TestGate(greetingDelay: 3000)
    let client = try WireClient(port: gate.port("mx"))
    client.say("EHLO me\r\n")
    #expect(client.hear().hasPrefix("554 5.5.1"))
    #expect(client.hear() == "closed")
    await gate.close()
  }

  @Test func `a blind talker is refused on an mx listener by default`() async throws {
    let gate = try await TestGate(greetingDelay: nil)
    let client = try WireClient(port: gate.port("mx"))
    client.say("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\nx\r\n.\r\n")
    #expect(client.hear().hasPrefix("554 5.5.1"))
    #expect(client.hear() == "closed")
    await gate.close()
  }

  @Test func `a header section that the gate can't see whole is refused`() async throws {
    let gate = try await TestGate(messageSize: 2_000_000)
    let line = "X-Padding: " + String(repeating: "x", count: 900) + "\r\n"
    let padding = String(repeating: line, count: 400)
    let reply = try send(gate, to: "bob@example.test", padding + "Received: x\r\n\r\nbody")
    #expect(reply.hasPrefix("554 5.6.0 Header section too large"))
    #expect(try send(gate, to: "bob@example.test", "\r\n" + padding).hasPrefix("250"))
    await gate.close()
  }

  @Test func `a next hop that is down is not said to have refused anybody`() async throws {
    let hop = SilentPort()
    defer { hop.close() }
    let gate = try await TestGate(
      """
      [domain."down.example"]
      route = "smtp://127.0.0.1:\(hop.port)"
      recipients = "ask"
      """)
    let client = try WireClient(port: gate.port("mx"))
    _ = client.hear()
    for line in ["EHLO me", "MAIL FROM:<>"] {
      client.say(line + "\r\n")
      _ = client.hear()
    }
    client.say("RCPT TO:<x@down.example>\r\n")
    #expect(client.hear().hasPrefix("451 4.4.1"))
    let journal = gate.folder + "/journal.sqlite"
    let end = ContinuousClock.now + .seconds(10)
    var reason: String?
    while reason == nil, ContinuousClock.now < end {
      let refusals = try JournalReader(path: journal).trace("x@down.example", limit: 1).refusals
      reason = refusals.first?.reason
    }
    #expect(reason == "the next hop can't be asked: connection refused")
    await gate.close()
  }

  @Test func `a recipient named twice gets the message once`() async throws {
    let gate = try await TestGate()
    let client = try WireClient(port: gate.port("mx"))
    _ = client.hear()
    for (user, body) in [("alice", "first"), ("bob", "second")] {
      let address = "\(user)@example.test"
      for line in [
        "EHLO me", "MAIL FROM:<>", "RCPT TO:<\(address)>", "RCPT TO:<\(address.uppercased())>",
        "DATA",
      ] {
        client.say(line + "\r\n")
        _ = client.hear()
      }
      client.say("\r\n\(body)\r\n.\r\n")
      #expect(client.hear().hasPrefix("250"))
    }
    // One attempt carries all recipients of a message, so when the second message is there the first is.
    #expect(await arrived(gate, "bob", count: 1).count == 1)
    #expect(await arrived(gate, "alice", count: 1).count == 1)
    await gate.close()
  }

  @Test func `two messages in one pipelined group both arrive`() async throws {
    let gate = try await TestGate()
    let client = try WireClient(port: gate.port("mx"))
    _ = client.hear()
    client.say("EHLO me\r\n")
    _ = client.hear()
    for _ in 0..<2 {
      client.say("MAIL FROM:<>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n")
      #expect((0..<3).map { _ in client.hear().prefix(3) } == ["250", "250", "354"])
      client.say("\r\nx\r\n.\r\n")
      #expect(client.hear().hasPrefix("250"))
    }
    #expect(await arrived(gate, "alice", count: 2).count == 2)
    await gate.close()
  }
}
