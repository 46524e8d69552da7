import Foundation
import Mail
import Relay
import SMTP
import Spool
import Testing

@testable import Delivery

@Suite struct HoldTests {
  private struct StoppedClock: Clock {
    func now() -> Timestamp { Timestamp(microseconds: 1_000_000_000) }
  }

  /// A server that refuses every recipient for good.
  private struct RefusingServer: Connector, ClientConnection {
    var tls: TLSFacts? { nil }
    var extensions: ServerExtensions { ServerExtensions() }
    func connect(_ request: ConnectionRequest) async -> Result<any ClientConnection, ClientFailure>
    {
      .success(self)
    }
    func send(_ transaction: OutboundTransaction) async -> TransactionResult {
      let refusal = Reply(550, .init(5, 1, 1), "No such user")
      return .answered(transaction.envelope.recipients.map { _ in .refused(refusal, to: "RCPT") })
    }
    func close() async {}
  }

  @Test func `a message that the next hop refuses for good is held, not dropped`() async throws {
    let folder = NSTemporaryDirectory() + "kadomori-hold-" + UUID().uuidString
    let (spool, _) = try Spool.open(directory: folder, fileSystem: DiskFileSystem())
    let host = try #require(Domain("gate.example.test"))
    let route = Route.hosts([RouteHost(name: "127.0.0.1", port: 25)], tls: .never)
    let policy = RelayPolicy(hostname: host, domains: [], foreignRoute: route)
    let blocking = BlockingPool(threads: 1)
    let delivery = Delivery(
      hostname: "gate.example.test", spool: spool, connector: RefusingServer(),
      lookup: SystemAddressLookup(), clock: StoppedClock(), schedule: RetrySchedule(),
      blocking: blocking, policy: { policy }, report: { _, _ in })
    let id = TraceID(milliseconds: 1, random: 1)
    let (stream, tell) = AsyncStream<StoredMessage>.makeStream()
    spool.observe { event in
      switch event {
      case .accepted(let message): delivery.noted(message)
      case .changed(let message, .held):
        tell.yield(message)
        tell.finish()
      case .changed: break
      }
    }
    let running = Task { await delivery.run() }
    let mailbox: Mailbox = try #require(Mailbox("x@foreign.example"))
    let envelope = Envelope(
      sender: .null, recipients: [Recipient(path: ForwardPath(mailbox: mailbox))])
    let origin = Origin(listener: .mx, address: try #require(IPAddress("192.0.2.1")), port: 1)
    let message = StoredMessage(
      id: id, acceptedAt: StoppedClock().now(), origin: origin, envelope: envelope, size: 0,
      facts: HeaderFacts())
    try await spool.commit([.message(message, spool.draft(id: id, prefix: []))]).get()
    var held: StoredMessage?
    for await message in stream { held = message }
    #expect(held?.hold?.reason == "given up: refused at RCPT")
    delivery.stop()
    await running.value
    #expect(spool.message(id)?.hold != nil)
    await spool.close()
    blocking.close()
    try FileManager.default.removeItem(atPath: folder)
  }
}
