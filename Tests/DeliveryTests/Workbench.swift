import DNS
import Foundation
import Mail
import MailAuth
import Relay
import SMTP
import Spool
import Synchronization

@testable import Delivery

/// A clock whose hands the test turns.
final class TurnedClock: Clock {
  private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
  func now() -> Timestamp { time.withLock { $0 } }
  func turn(seconds: Int) { time.withLock { $0 = $0 + seconds } }
}

/// Servers that do as they are told; keeps what it was asked.
final class ScriptedServer: Connector, ClientConnection {
  typealias Answer = @Sendable (Recipient) -> ClientOutcome

  struct Log: Sendable {
    var connects: [ConnectionRequest] = []
    var transactions: [Envelope] = []
  }

  let log = Mutex(Log())
  let extensions: ServerExtensions
  let tls: TLSFacts?
  private let failure: ClientFailure?
  /// The requests that fail; all of them when nil.
  private let hasFailure: Set<TLSRequirement>?
  private let answer: Answer

  init(
    extensions: ServerExtensions = ServerExtensions(), failure: ClientFailure? = nil,
    where hasFailure: Set<TLSRequirement>? = nil, tls: TLSFacts? = nil,
    answer: @escaping Answer = { _ in .accepted(Reply(250, .init(2, 0, 0), "ok")) }
  ) {
    self.extensions = extensions
    self.failure = failure
    self.hasFailure = hasFailure
    self.tls = tls
    self.answer = answer
  }

  func connect(_ request: ConnectionRequest) async -> Result<any ClientConnection, ClientFailure> {
    log.withLock { $0.connects.append(request) }
    if let failure, hasFailure?.contains(request.tls) ?? true { return .failure(failure) }
    return .success(self)
  }

  func send(_ transaction: OutboundTransaction) async -> TransactionResult {
    log.withLock { $0.transactions.append(transaction.envelope) }
    return .answered(transaction.envelope.recipients.map(answer))
  }

  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure> {
    log.withLock { $0.transactions.append(Envelope(sender: .null)) }
    switch answer(Recipient(path: ForwardPath(mailbox: mailbox))) {
    case .accepted(let reply), .refused(let reply, _): return .success(reply)
    case .incapable: return .failure(.nonsense("incapable"))
    }
  }

  func close() async {}
}

/// A spool and a delivery in a folder of their own, for one test.
final class Workbench: Sendable {
  let spool: Spool
  let clock = TurnedClock()
  let delivery: Delivery
  let attempts: AsyncStream<(StoredMessage, Attempt)>
  private let folder: String
  private let blocking = BlockingPool(threads: 1)
  private let running: Task<Void, Never>

  init(
    server: ScriptedServer, zone: String = "",
    route: Route = .hosts([RouteHost(name: "127.0.0.1", port: 25)], tls: .never),
    policies: TransportPolicies = .absent, files: any FileSystem = DiskFileSystem(),
    rules change: @escaping @Sendable (inout DeliveryRules) -> Void = { _ in },
    sessions: @escaping @Sendable (TLSSession) -> Void = { _ in }
  ) throws {
    folder = NSTemporaryDirectory() + "kadomori-delivery-" + UUID().uuidString
    (spool, _) = try Spool.open(directory: folder, fileSystem: files)
    guard let host = Domain("gate.example.test") else { throw CocoaError(.coderInvalidValue) }
    let policy = RelayPolicy(hostname: host, domains: [], foreignRoute: route)
    var parts = DeliveryParts(
      hostname: host.ascii, spool: spool, connector: server, lookup: SystemAddressLookup(),
      mailHosts: MailHosts(resolver: ZoneResolver(zone), ownName: host, ownAddresses: []),
      clock: clock, blocking: blocking)
    parts.policies = policies
    parts.sessions = sessions
    var rules = DeliveryRules(policy: policy)
    change(&rules)
    let (attempts, tell) = AsyncStream<(StoredMessage, Attempt)>.makeStream()
    self.attempts = attempts
    let delivery = Delivery(
      parts, rules: { [rules] in rules }, report: { tell.yield(($0, $1)) })
    self.delivery = delivery
    spool.observe { delivery.observed($0) }
    running = Task { await delivery.run() }
  }

  /// Puts a message in, as the gate does.
  func accept(
    from sender: String?, to recipients: [Recipient], parameters: MailParameters = .init(),
    _ text: String = "Subject: hello\r\nMessage-ID: <1@x.example>\r\n\r\nsecret\r\n"
  ) async throws -> TraceID {
    let id = TraceID(milliseconds: UInt64.random(in: 1...1 << 40), random: 1 as UInt32)
    var envelope = Envelope(sender: .null, parameters: parameters, recipients: recipients)
    if let mailbox = sender.flatMap({ Mailbox($0) }) { envelope.sender = .mailbox(mailbox) }
    guard let address = IPAddress("192.0.2.1") else { throw CocoaError(.coderInvalidValue) }
    let message = StoredMessage(
      id: id, acceptedAt: clock.now(), origin: Origin(listener: .mx, address: address, port: 1),
      envelope: envelope, size: text.utf8.count, facts: HeaderFacts(messageID: "<1@x.example>"))
    try await spool.commit([.message(message, spool.draft(id: id, prefix: Array(text.utf8)))]).get()
    return id
  }

  /// The next `count` attempts, in their order.
  func next(_ count: Int) async -> [(StoredMessage, Attempt)] {
    var seen: [(StoredMessage, Attempt)] = []
    for await attempt in attempts {
      seen.append(attempt)
      if seen.count == count { break }
    }
    return seen
  }

  func text(of id: TraceID) async throws -> String {
    var bytes: [UInt8] = []
    let body = spool.body(of: id)
    while let piece = try await body.next() { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
  }

  func close() async throws {
    delivery.stop()
    await running.value
    await spool.close()
    blocking.close()
    try FileManager.default.removeItem(atPath: folder)
  }
}

/// A recipient of an address, with what NOTIFY said.
func recipient(_ address: String, notify: NotifyConditions? = nil) -> Recipient {
  Recipient(path: ForwardPath(mailbox: Mailbox(address)), notify: notify)
}
