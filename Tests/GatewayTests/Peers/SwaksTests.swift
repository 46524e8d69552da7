import Foundation
import Gateway
import Testing

/// swaks, the tester's mail program, tries each extension on a whole gate.
@Suite(.enabled(if: Peer.has("swaks"), "swaks is not installed: scripts/setup --tests"))
struct SwaksTests {
  private func swaks(_ gate: TestGate, _ kind: String, _ arguments: String...) throws -> String {
    let standard = [
      "--server", "127.0.0.1", "--port", "\(gate.port(kind))", "--helo", "peer.example",
    ]
    let (code, output) = try Peer.run("swaks", standard + arguments)
    return output + "\nexit \(code)"
  }

  @Test(arguments: ["PLAIN", "LOGIN"])
  func `AUTH after STARTTLS sends anywhere`(mechanism: String) async throws {
    let gate = try await TestGate()
    let output = try swaks(
      gate, "submission", "--tls", "--auth", mechanism, "--auth-user", "alice", "--auth-password",
      "correct horse", "--from", "alice@example.test", "--to", "x@foreign.example")
    #expect(output.contains("=== TLS started"))
    #expect(output.contains("235 2.7.0"))
    #expect(output.hasSuffix("exit 0"))
    await gate.close()
  }

  @Test func `a wrong password sends nothing`() async throws {
    let gate = try await TestGate()
    let output = try swaks(
      gate, "submission", "--tls", "--auth", "PLAIN", "--auth-user", "alice", "--auth-password",
      "wrong", "--from", "alice@example.test", "--to", "x@foreign.example")
    #expect(output.contains("535 5.7.8"))
    #expect(!output.hasSuffix("exit 0"))
    await gate.close()
  }

  @Test func `pipelining, long lines and eight bits arrive`() async throws {
    let gate = try await TestGate()
    let output = try swaks(
      gate, "mx", "--pipeline", "--from", "you@elsewhere.example", "--to",
      "alice@example.test,bob@example.test", "--header", "Subject: 日本語", "--body", "本文")
    #expect(output.contains("250 2.0.0 Kept as"))
    #expect(await Peer.eventually { gate.mailbox("alice").count + gate.mailbox("bob").count == 2 })
    #expect(
      gate.mailbox("bob").first.map { String(decoding: $0, as: UTF8.self) }?.contains("本文") == true)
    await gate.close()
  }

  @Test func `TLS on the mx listener is offered and shown in Received`() async throws {
    let gate = try await TestGate()
    let output = try swaks(
      gate, "mx", "--tls", "--from", "you@elsewhere.example", "--to", "alice@example.test")
    #expect(output.hasSuffix("exit 0"))
    #expect(await Peer.eventually { gate.mailbox("alice").count == 1 })
    let mail = gate.mailbox("alice").first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(mail.contains("with ESMTPS id"))
    #expect(mail.contains("(TLSv1.3)"))
    await gate.close()
  }

  @Test func `a foreign recipient is refused to a stranger`() async throws {
    let gate = try await TestGate()
    let output = try swaks(
      gate, "mx", "--from", "a@elsewhere.example", "--to", "b@elsewhere.example")
    #expect(output.contains("550 5.7.1"))
    await gate.close()
  }

  @Test func `PROXY and XCLIENT from a named peer change the client, from others they are refused`()
    async throws
  {
    let gate = try await TestGate(
      """
      [[listener]]
      kind = "mx"
      address = "127.0.0.2:0"
      proxies = ["127.0.0.0/8"]
      xclient = ["127.0.0.0/8", "198.51.100.0/24"]
      """)
    let place = gate.gate.places.first { $0.hasPrefix("mx 127.0.0.2") } ?? ""
    let port = String(place.split(separator: ":").last ?? "0")
    let (_, proxied) = try Peer.run(
      "swaks",
      [
        "--server", "127.0.0.2", "--port", port, "--from", "a@b.example", "--to",
        "alice@example.test", "--proxy-version", "1", "--proxy-family", "TCP4", "--proxy-source",
        "203.0.113.7", "--proxy-source-port", "4000", "--proxy-dest", "127.0.0.2",
        "--proxy-dest-port", "25",
      ])
    #expect(proxied.contains("250 2.0.0 Kept as"))
    #expect(await Peer.eventually { gate.mailbox("alice").count == 1 })
    let mail = gate.mailbox("alice").first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(mail.contains("([203.0.113.7])"))
    let refused = try swaks(
      gate, "mx", "--xclient", "ADDR=203.0.113.8", "--xclient-no-verify", "--from", "a@b.example",
      "--to", "alice@example.test")
    #expect(!refused.hasSuffix("exit 0"))
    await gate.close()
  }
}

/// nmap's script tries the ways by which open relays were ever found.
@Suite(.enabled(if: Peer.has("nmap"), "nmap is not installed: scripts/setup --tests"))
struct OpenRelayScriptTests {
  @Test(arguments: ["mx", "submission"])
  func `nmap finds no open relay`(kind: String) async throws {
    let gate = try await TestGate()
    let (_, output) = try Peer.run(
      "nmap",
      [
        "-Pn", "-n", "-p", "\(gate.port(kind))", "--script", "+smtp-open-relay", "--script-args",
        "smtp-open-relay.domain=foreign.example", "127.0.0.1",
      ])
    let isRefused =
      output.contains("Server doesn't seem to be an open relay, all tests failed")
      || output.contains("authentication")
    #expect(isRefused, "\(output)")
    await gate.close()
  }
}
