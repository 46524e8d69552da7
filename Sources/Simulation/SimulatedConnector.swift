import Mail
import SMTP
import Synchronization

/// Leads to the next hops of the simulation, over a network that may cut and stall.
struct SimulatedConnector: Connector {
  let life: Life

  func connect(_ request: ConnectionRequest) async -> Result<any ClientConnection, ClientFailure> {
    let scheduler = life.scheduler
    await scheduler.sleep(milliseconds: 1 + scheduler.below(100))
    if life.isDead || scheduler.happens(life.weather.refusal) { return .failure(.refused) }
    if scheduler.happens(life.weather.stall) {
      await scheduler.sleep(milliseconds: 300_000)
      return .failure(.timedOut(during: "connect"))
    }
    return .success(SimulatedConnection(life: life, speaks: request.speaks))
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
  private let life: Life
  private let speaks: ClientProtocol
  private let wire: Mutex<Wire>
  private var scheduler: Scheduler { life.scheduler }

  init(life: Life, speaks: ClientProtocol) {
    self.life = life
    self.speaks = speaks
    var lines = ["SIZE 10000000", "ENHANCEDSTATUSCODES", "8BITMIME"]
    if life.scheduler.happens(600) { lines.append("PIPELINING") }
    if life.scheduler.happens(200) { lines.append("LIMITS RCPTMAX=2") }
    extensions = ServerExtensions(helloLines: lines)
    wire = Mutex(
      Wire(
        remote: RemoteSession(
          life.scheduler, ledger: life.ledger, mood: life.weather.mood, speaksLMTP: speaks == .lmtp)
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
        guard await deliver(bytes) else { return lost(machine, sent) }
      case .sendContent:
        do throws(ClientFailure) {
          sent = try await read(transaction.body)
          machine.contentSent()
          guard await deliver(sent) else { return lost(machine, sent) }
        } catch {
          return .lost(error, afterContent: false)
        }
      }
      if scheduler.happens(life.weather.stall) {
        await scheduler.sleep(milliseconds: machine.stage.seconds * 1000)
        return lost(machine, sent, .timedOut(during: machine.stage.name))
      }
      switch wire.withLock({ $0.replies.next() }) {
      case .reply(let reply): step = machine.received(reply)
      case .incomplete, .wrong: return lost(machine, sent)
      }
    }
  }

  private func lost(
    _ machine: ClientTransaction, _ sent: [UInt8], _ failure: ClientFailure? = nil
  ) -> TransactionResult {
    if machine.isAfterContent { life.ledger.excuse(sent) }
    return .lost(
      failure ?? .closed(during: machine.stage.name), afterContent: machine.isAfterContent)
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
        throw .unreadable("\(error)")
      }
    }
    return wire + encoder.end()
  }

  /// False when the connection broke before all octets were through.
  private func deliver(_ bytes: [UInt8]) async -> Bool {
    let isCut = scheduler.happens(life.weather.remoteCut)
    let end = isCut ? scheduler.below(bytes.count + 1) : bytes.count
    var start = 0
    while start < end {
      await scheduler.sleep(milliseconds: scheduler.below(30))
      if life.isDead { return false }
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

  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure> {
    .failure(.nonsense("not asked in the simulation"))
  }

  func close() async {}
}
