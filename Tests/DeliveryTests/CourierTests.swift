import Mail
import Relay
import SMTP
import Spool
import Synchronization
import Testing

@testable import Delivery

@Suite struct CourierTests {
  private let zone = """
    there.example MX 10 a.there.example
    there.example MX 20 b.there.example
    a.there.example A 192.0.2.10
    b.there.example A 192.0.2.20
    null.example MX 0 .
    slow.example FAIL TIMEOUT
    """
  private let byMX = Route.mx(tls: .opportunistic)

  @Test func `mail goes to the best exchanger on port 25`() async throws {
    let server = ScriptedServer()
    let bench = try Workbench(server: server, zone: zone, route: byMX)
    _ = try await bench.accept(from: nil, to: [recipient("x@there.example")])
    let seen = await bench.next(1)
    #expect(seen[0].1.destination == "mx there.example")
    #expect(seen[0].1.remote == "a.there.example [192.0.2.10]:25")
    #expect(seen[0].1.results.map(\.state) == [.delivered])
    try await bench.close()
  }

  @Test(arguments: [
    ("x@null.example", "null.example takes no mail (null MX)"),
    ("x@absent.example", "there is no domain absent.example"),
  ])
  func `a domain without a mail host fails for good`(address: String, why: String) async throws {
    let bench = try Workbench(server: ScriptedServer(), zone: zone, route: byMX)
    _ = try await bench.accept(from: nil, to: [recipient(address)])
    let result = await bench.next(1)[0].1.results[0]
    #expect(result.state == .failed)
    #expect(result.text == why)
    try await bench.close()
  }

  @Test func `a DNS that does not answer puts the mail off`() async throws {
    let bench = try Workbench(server: ScriptedServer(), zone: zone, route: byMX)
    let id = try await bench.accept(from: nil, to: [recipient("x@slow.example")])
    let result = await bench.next(1)[0].1.results[0]
    #expect(result.state == .queued(attempts: 1, next: bench.clock.now() + 300))
    #expect(bench.spool.message(id) != nil)
    try await bench.close()
  }

  @Test func `a file table of ours that is full is no trouble of the next hop`() async throws {
    let server = ScriptedServer(failure: .ours("too many open files"))
    let bench = try Workbench(server: server, zone: zone, route: byMX)
    let id = try await bench.accept(from: "a@b.example", to: [recipient("x@there.example")])
    let result = await bench.next(1)[0].1.results[0]
    #expect(result.text.hasSuffix("trouble of our own: too many open files"))
    // One host was enough to know it, and nothing is on record.
    #expect(server.log.withLock { $0.connects.count } == 1)
    #expect(
      bench.spool.message(id)?.recipients == [.queued(attempts: 0, next: bench.clock.now())])
    try await bench.close()
  }

  @Test func `when no host answers the next is tried, then the mail waits`() async throws {
    let server = ScriptedServer(failure: .refused)
    let bench = try Workbench(server: server, zone: zone, route: byMX)
    _ = try await bench.accept(from: nil, to: [recipient("x@there.example")])
    let result = await bench.next(1)[0].1.results[0]
    #expect(result.text == "b.there.example [192.0.2.20]:25: connection refused")
    #expect(server.log.withLock { $0.connects.count } == 2)
    try await bench.close()
  }

  @Test func `who asks for a try gets it though the destination had trouble`() async throws {
    let server = ScriptedServer(failure: .refused)
    let bench = try Workbench(server: server)
    let id = try await bench.accept(from: nil, to: [recipient("x@there.example")])
    _ = await bench.next(1)
    _ = await bench.spool.commit([.change(id, .rescheduled(at: bench.clock.now(), by: "somebody"))])
    _ = await bench.next(1)
    #expect(server.log.withLock { $0.connects.count } == 2)
    try await bench.close()
  }

  @Test(arguments: [
    ("Subject: \u{3053}\r\n\r\nx\r\n", false, false),
    ("Subject: x\r\n\r\n\u{3053}\r\n", false, true),
    ("Subject: \u{3053}\r\n\r\nx\r\n", true, true),
  ])
  func `a header beyond ASCII goes only where SMTPUTF8 is offered`(
    text: String, isOffered: Bool, isDelivered: Bool
  ) async throws {
    var extensions = ServerExtensions()
    extensions.utf8 = isOffered
    let server = ScriptedServer(extensions: extensions)
    let bench = try Workbench(server: server)
    var parameters = MailParameters()
    parameters.utf8 = true
    _ = try await bench.accept(
      from: nil, to: [recipient("x@there.example")], parameters: parameters, text)
    let result = await bench.next(1)[0].1.results[0]
    #expect(result.state == (isDelivered ? .delivered : .failed))
    #expect(server.log.withLock { $0.transactions.count } == (isDelivered ? 1 : 0))
    try await bench.close()
  }

  @Test func `a connection carries the next message too`() async throws {
    let server = ScriptedServer()
    let bench = try Workbench(server: server)
    for name in ["x", "y", "z"] {
      _ = try await bench.accept(from: nil, to: [recipient("\(name)@there.example")])
      _ = await bench.next(1)
    }
    #expect(server.log.withLock { $0.connects.count } == 1)
    #expect(server.log.withLock { $0.transactions.count } == 3)
    try await bench.close()
  }

  @Test func `recipients beyond a server's limit go in a second transaction`() async throws {
    var extensions = ServerExtensions()
    extensions.maximumRecipients = 2
    let server = ScriptedServer(extensions: extensions)
    let bench = try Workbench(server: server)
    _ = try await bench.accept(from: nil, to: (0..<5).map { recipient("u\($0)@there.example") })
    let results = await bench.next(1)[0].1.results
    #expect(results.map(\.recipient) == [0, 1, 2, 3, 4])
    #expect(server.log.withLock { $0.transactions.map(\.recipients.count) } == [2, 2, 1])
    try await bench.close()
  }

  @Test func `after the expiry a temporary refusal is for good`() async throws {
    let server = ScriptedServer { _ in .refused(Reply(451, nil, "later"), to: "RCPT") }
    let bench = try Workbench(server: server)
    _ = try await bench.accept(from: nil, to: [recipient("x@there.example")])
    let first = await bench.next(1)[0]
    #expect(first.1.results[0].state == .queued(attempts: 1, next: bench.clock.now() + 300))
    bench.clock.turn(seconds: 6 * 86_400)
    bench.delivery.observed(.accepted(first.0))
    let second = await bench.next(1)[0].1.results[0]
    #expect(second.state == .failed)
    #expect(second.text == "given up, time is over: put off at RCPT")
    try await bench.close()
  }
}
