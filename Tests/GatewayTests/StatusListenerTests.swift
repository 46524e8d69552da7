import Mail
import Testing
import Transport

@Suite struct StatusListenerTests {
  private func serve(
    _ limits: StatusLimits, _ body: (StatusListener) throws -> Void
  ) async throws {
    let loops = EventLoops(threads: 1)
    let status = try await StatusListener.bind(
      address: .v4(0x7F00_0001), port: 0, on: loops, limits: limits
    ) { path in path == "/health" ? .init(body: "ok\n") : nil }
    try body(status)
    await status.close()
    await loops.stop()
  }

  private func lines(_ client: WireClient) -> [String] {
    var lines: [String] = []
    while lines.count < 1000 {
      let line = client.hear()
      if line == "closed" { break }
      lines.append(line)
    }
    return lines
  }

  private static let get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

  @Test func `one request a connection is answered, however many are piped`() async throws {
    try await serve(StatusLimits()) { status in
      let client = try WireClient(port: status.port)
      client.say(String(repeating: Self.get, count: 50))
      let heard = lines(client)
      #expect(heard.count { $0.hasPrefix("HTTP/1.1 200") } == 1)
      #expect(heard.contains { $0.lowercased() == "connection: close" })
      #expect(heard.last == "ok")
    }
  }

  @Test func `connections beyond the limit are closed, and a place comes free again`() async throws
  {
    var limits = StatusLimits()
    limits.connections = 2
    try await serve(limits) { status in
      let first = try WireClient(port: status.port)
      first.say(Self.get)
      #expect(lines(first).last == "ok")
      var held: [WireClient] = [first]
      for _ in 0..<2 { held.append(try WireClient(port: status.port)) }
      let start = ContinuousClock.now
      #expect(lines(try WireClient(port: status.port)).isEmpty)
      #expect(ContinuousClock.now - start < .seconds(8))
      #expect(held.count == 3)
    }
  }

  @Test func `half a request is not waited for`() async throws {
    var limits = StatusLimits()
    limits.stageMilliseconds = 50
    try await serve(limits) { status in
      let client = try WireClient(port: status.port)
      client.say("GET /health HTTP/1.1\r\nHo")
      let start = ContinuousClock.now
      #expect(client.hear() == "closed")
      #expect(ContinuousClock.now - start < .seconds(8))
    }
  }
}
