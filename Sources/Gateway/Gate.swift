import Accounts
package import DNS
package import Delivery
import Journal
import Mail
package import Relay
import SMTP
package import Settings
import Spool
import Synchronization
import Transport

/// The running gate: everything composed, in the order of the way of a message.
package final class Gate: Sendable {
  let parts: GateParts
  let delivery: Delivery
  private let listeners: [SMTPListener]
  private let status: StatusListener?
  private let control: ControlListener
  private let startedAt: Timestamp

  /// Where it listens: `mx 127.0.0.1:2525`.
  package let places: [String]

  private init(
    parts: GateParts, delivery: Delivery, listeners: [SMTPListener], status: StatusListener?,
    control: ControlListener, places: [String]
  ) {
    self.parts = parts
    self.delivery = delivery
    self.listeners = listeners
    self.status = status
    self.control = control
    self.places = places
    startedAt = parts.pipeline.clock.now()
  }

  /// Proves the relay policy, opens the spool, binds the listeners. Nothing is open after a failure.
  /// `resolver` takes the place of the DNS that the settings name, `program` ours where it is another that
  /// inspects.
  package static func open(
    _ settings: GateSettings, resolver: (any Resolver)? = nil, program: String? = nil
  ) async throws -> Gate {
    try prove(settings.policy)
    let parts = try GateParts(settings, resolver: resolver, program: program)
    let delivery = parts.makeDelivery(settings)
    parts.pipeline.spool.observe { parts.pipeline.observed($0, delivery) }
    do {
      return try await bind(settings, parts, delivery)
    } catch {
      await parts.close()
      throw error
    }
  }

  private static func bind(
    _ settings: GateSettings, _ parts: GateParts, _ delivery: Delivery
  ) async throws -> Gate {
    var listeners: [SMTPListener] = []
    do {
      for listener in settings.listeners {
        let plan = parts.plan(listener, settings)
        listeners.append(
          try await SMTPListener.bind(plan, on: parts.loops, gatekeeper: parts.pipeline))
      }
      let places = zip(settings.listeners, listeners).map { settings, listener in
        let mark = settings.tls == .implicit ? " (TLS)" : ""
        let place = SocketPlace(address: listener.address, port: listener.port)
        return "\(settings.kind.rawValue) \(place)\(mark)"
      }
      let desk = StatusDesk(parts: parts, places: places)
      var status: StatusListener?
      if let place = settings.status {
        status = try await StatusListener.bind(
          address: place.address, port: place.port, on: parts.loops
        ) { StatusText(status: desk.status()).page($0) }
      }
      let requests = ControlDesk(pipeline: parts.pipeline, delivery: delivery) { desk.status() }
      let control = try await ControlListener.bind(
        path: ControlSocket.path(settings), on: parts.loops
      ) { requests.respond(to: $0, $1) }
      return Gate(
        parts: parts, delivery: delivery, listeners: listeners, status: status, control: control,
        places: places + Self.words(settings.status, status))
    } catch {
      for listener in listeners { await listener.stopAccepting() }
      throw error
    }
  }

  /// `status [::1]:2580`, with the port that the system gave.
  private static func words(_ place: SocketPlace?, _ listener: StatusListener?) -> [String] {
    guard let place, let listener else { return [] }
    return ["status \(SocketPlace(address: place.address, port: listener.port))"]
  }

  /// Delivers until `stop` is called, and forgets old history meanwhile.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.forget() }
      group.addTask { await Self.retell(self.parts.pipeline, self.parts.blocking) }
      group.addTask { await self.renewPolicies() }
      group.addTask { await Housekeeping(self.parts).run() }
      group.addTask { await self.parts.pipeline.reopenHeld() }
      await delivery.run()
      group.cancelAll()
    }
  }

  /// Messages that the journal is told again at once.
  private static let retellBatch = 500

  /// Tells the journal what a crash may have kept from it; writing it twice does no harm. In small
  /// batches, so that a long queue does not use up the room that new mail needs.
  package static func retell(_ pipeline: Pipeline, _ blocking: BlockingPool) async {
    let unfinished = Set(await blocking.run { pipeline.journal.unfinished() })
    let now = pipeline.clock.now()
    // What the journal calls queued and the spool does not know was finished before a crash.
    for id in unfinished where !pipeline.spool.has(id) {
      pipeline.journal.note(.forgotten(id, at: now))
    }
    // What the journal knows is left alone: its next change brings it up to date.
    let unknown = pipeline.spool.identifiers.filter { !unfinished.contains($0) }
    for (count, id) in unknown.enumerated() {
      if Task.isCancelled { return }
      if let message = pipeline.spool.message(id) {
        pipeline.journal.note(.retold(message))
      }
      if count % retellBatch == retellBatch - 1 { await pipeline.journal.flush() }
    }
  }

  /// Seconds between two looks for MTA-STS policies that are half over.
  private static let renewalSeconds = 3600

  private func renewPolicies() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Self.renewalSeconds))
      await parts.policies.sts?.renew()
    }
  }

  /// Seconds between two looks for history, and held mail, that is too old.
  private static let forgetSeconds = 3600

  private func forget() async {
    let pipeline = parts.pipeline
    while !Task.isCancelled {
      let keep = pipeline.settings.withLock { $0.journalSeconds }
      let before = pipeline.clock.now() + -keep
      await parts.blocking.run { pipeline.journal.prune(before: before) }
      pipeline.removeOldHolds()
      try? await Task.sleep(for: .seconds(Self.forgetSeconds))
    }
  }

  /// Takes new settings, if they prove and their certificate can be served; listeners and directories
  /// stay as they are until a restart.
  /// Returns the names of settings that wait for it; the log hears what the proof warns of.
  package func reload(_ settings: GateSettings) throws -> [String] {
    let proof = try Self.prove(settings.policy)
    let identity = try GateIdentity(settings: settings, clock: parts.pipeline.clock).load()
    parts.identity.replace(with: identity)
    parts.pipeline.settings.withLock { $0 = settings }
    parts.pipeline.take(settings)
    parts.pipeline.refusedReload.withLock { $0 = nil }
    for warning in proof.warnings { log("warning", ["what": warning]) }
    return settings.waitingForRestart(since: parts.settings)
  }

  /// New settings were wrong: the log hears why, and `status` until others are taken.
  package func refusedReload(_ reasons: [String]) {
    for why in reasons { log("reload-refused", ["why": why, "settings": "the old ones stay"]) }
    parts.pipeline.refusedReload.withLock { $0 = reasons.first }
  }

  /// Tells the gate's log what the program around it did.
  package func log(_ event: String, _ pairs: KeyValuePairs<String, String>) {
    parts.pipeline.log.write(event, pairs)
  }

  /// Stops accepting, lets open transactions end, ends delivery.
  package func stop() async {
    for listener in listeners { await listener.stopAccepting() }
    await withTaskGroup(of: Void.self) { group in
      for listener in listeners {
        group.addTask { await listener.drained(within: Self.lastTransactionSeconds) }
      }
    }
    await control.close()
    await status?.close()
    delivery.stop()
    // What is under way has its time; a host that hangs must not hold the stop up for ever.
    let end = ContinuousClock.now + .seconds(Self.lastAttemptSeconds)
    while delivery.underWay > 0, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
    }
    parts.connector.abort()
  }

  /// Seconds that open transactions are given at a stop, and then attempts under way; systemd waits 90
  /// for all of it.
  private static let lastTransactionSeconds = 50
  private static let lastAttemptSeconds = 20
  private static let lookMilliseconds = 20

  /// After `run` has returned.
  package func close() async { await parts.close() }

  @discardableResult
  private static func prove(_ policy: RelayPolicy) throws -> RelayProof {
    let proof = RelayProof(policy)
    guard proof.isProven else { throw UnprovenPolicy(proof: proof) }
    return proof
  }
}

/// Where the command line finds the running gate.
package enum ControlSocket {
  package static func path(_ settings: GateSettings) -> String {
    settings.dataDirectory + "/control/socket"
  }
}

/// Settings that would let a stranger reach a stranger, with how.
package struct UnprovenPolicy: Error, Sendable {
  package let proof: RelayProof
}
