import Mail
import SMTP
import Synchronization

/// Leads to the next hops of the simulation, over a network that may cut and stall.
struct SimulatedConnector: Connector {
  let around: Surroundings

  func connect(_ request: ConnectionRequest) async -> Result<any ClientConnection, ClientFailure> {
    let scheduler = around.scheduler
    await scheduler.sleep(milliseconds: 1 + scheduler.below(100))
    if scheduler.happens(around.weather.shortage) { return .failure(.ours("no file is left")) }
    if around.isDead || scheduler.happens(around.weather.refusal) { return .failure(.refused) }
    if scheduler.happens(around.weather.stall) {
      await scheduler.sleep(milliseconds: 300_000)
      return .failure(.timedOut(during: "connect"))
    }
    return .success(SimulatedConnection(around, speaks: request.speaks))
  }
}

/// One connection to a next hop, which runs the real client machine.
final class SimulatedConnection: ClientConnection {
  private struct Wire: Sendable {
    var remote: RemoteSession
    var replies = ReplyParser()
  }

  let tls: TLSFacts? = nil
  let extensions: ServerExtensions
  private let around: Surroundings
  private let speaks: ClientProtocol
  private let wire: Mutex<Wire>
  private var scheduler: Scheduler { around.scheduler }

  init(_ around: Surroundings, speaks: ClientProtocol) {
    self.around = around
    self.speaks = speaks
    var lines = ["SIZE 10000000", "ENHANCEDSTATUSCODES", "8BITMIME"]
    if around.scheduler.happens(600) { lines.append("PIPELINING") }
    if around.scheduler.happens(200) { lines.append("LIMITS RCPTMAX=2") }
    extensions = ServerExtensions(helloLines: lines)
    wire = Mutex(
      Wire(
        remote: RemoteSession(
          around.scheduler, ledger: around.ledger, mood: around.weather.mood,
          speaksLMTP: speaks == .lmtp)
      ))
  }

  func send(_ transaction: OutboundTransaction) async -> TransactionResult {
    var machine = ClientTransaction(
      envelope: transaction.envelope, size: transaction.size, extensions: extensions, speaks: speaks
    )
    var step = machine.begin()
    var sent: [UInt8] = []
    while true {
      switch step {
      case .done(let result): return result
      case .wait: break
      case .send(let bytes):
        guard await deliver(bytes) else { return lost(machine, sent, transaction) }
      case .sendContent:
        do throws(ClientFailure) {
          sent = try await read(transaction.body)
          machine.contentSent()
          guard await deliver(sent) else { return lost(machine, sent, transaction) }
        } catch {
          return .lost(error, afterContent: false)
        }
      }
      if scheduler.happens(around.weather.stall) {
        await scheduler.sleep(milliseconds: machine.stage.seconds * 1000)
        return lost(machine, sent, transaction, .timedOut(during: machine.stage.name))
      }
      switch wire.withLock({ $0.replies.next() }) {
      case .reply(let reply): step = machine.received(reply)
      case .incomplete, .wrong: return lost(machine, sent, transaction)
      }
    }
  }

  private func lost(
    _ machine: ClientTransaction, _ sent: [UInt8], _ transaction: OutboundTransaction,
    _ failure: ClientFailure? = nil
  ) -> TransactionResult {
    let result = machine.lost(failure ?? .closed(during: machine.stage.name))
    guard case .lost(_, afterContent: true, answers: let answers) = result else { return result }
    for (index, recipient) in transaction.envelope.recipients.enumerated() {
      guard answers.isEmpty || answers[index] == nil, let mailbox = recipient.path.mailbox else {
        continue
      }
      around.ledger.excuse(sent, for: "\(mailbox)")
    }
    return result
  }

  /// The content as it goes over the wire.
  private func read(_ body: OutboundBody) async throws(ClientFailure) -> [UInt8] {
    var encoder = ContentEncoder()
    var wire: [UInt8] = []
    switch body {
    case .bytes(let bytes): encoder.encode(bytes, into: &wire)
    case .pieces(let make):
      do {
        let body = make()
        while let piece = try await body.next() { encoder.encode(piece, into: &wire) }
      } catch {
        if let damage = error as? UnreadableBody { throw .unreadable("\(damage)") }
        throw .ours("\(error)")
      }
    }
    return wire + encoder.end()
  }

  /// False when the connection broke before all octets were through.
  private func deliver(_ bytes: [UInt8]) async -> Bool {
    let isCut = scheduler.happens(around.weather.remoteCut)
    let end = isCut ? scheduler.below(bytes.count + 1) : bytes.count
    var start = 0
    while start < end {
      await scheduler.sleep(milliseconds: scheduler.below(30))
      if around.isDead { return false }
      let next = min(end, start + 1 + scheduler.below(4000))
      let piece = bytes[start..<next]
      wire.withLock { wire in
        let said = wire.remote.take(piece)
        wire.replies.append(said)
      }
      start = next
    }
    return !isCut
  }

  /// Seconds that a reply to a question may take.
  private static let probeSeconds = 20

  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure> {
    for (name, line) in [("MAIL", "MAIL FROM:<>\r\n"), ("RCPT", "RCPT TO:<\(mailbox)>\r\n")] {
      guard await deliver(Array(line.utf8)) else { return .failure(.closed(during: name)) }
      if scheduler.happens(around.weather.stall) {
        await scheduler.sleep(milliseconds: Self.probeSeconds * 1000)
        return .failure(.timedOut(during: name))
      }
      guard case .reply(let reply) = wire.withLock({ $0.replies.next() }) else {
        return .failure(.closed(during: name))
      }
      if name == "RCPT" { return .success(reply) }
      guard reply.isPositive else { return .failure(.rejected(reply, during: name)) }
    }
    return .failure(.closed(during: "RCPT"))
  }

  func close() async {}
}
