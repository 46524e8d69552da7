import Delivery
import Mail
package import Relay
import SMTP
package import Settings
import Spool
import Synchronization
import Transport

/// The running gate: everything composed, in the order of the way of a message.
package final class Gate: Sendable {
  private let loops: EventLoops
  private let pipeline: Pipeline
  private let spool: Spool
  private let delivery: Delivery
  private let blocking: BlockingPool
  private let listeners: [SMTPListener]

  /// Where it listens: `mx 127.0.0.1:2525`.
  package let places: [String]

  private init(
    loops: EventLoops, pipeline: Pipeline, spool: Spool, delivery: Delivery,
    blocking: BlockingPool, listeners: [SMTPListener], places: [String]
  ) {
    self.loops = loops
    self.pipeline = pipeline
    self.spool = spool
    self.delivery = delivery
    self.blocking = blocking
    self.listeners = listeners
    self.places = places
  }

  /// Proves the relay policy, opens the spool, binds the listeners. Nothing is open after a failure.
  package static func open(_ settings: GateSettings) async throws -> Gate {
    try prove(settings.policy)
    let clock = SystemClock()
    let log = EventLog(clock: clock)
    try DiskFileSystem().makeDirectory(settings.dataDirectory)
    let (spool, recovery) = try Spool.open(
      directory: settings.dataDirectory + "/spool", fileSystem: DiskFileSystem())
    log.write(
      "spool",
      [
        "messages": "\(recovery.messages)", "segments": "\(recovery.segments)",
        "torn-octets": "\(recovery.tornOctets)", "damaged-frames": "\(recovery.damagedFrames)",
      ])
    let pipeline = Pipeline(settings: settings, spool: spool, clock: clock, log: log)
    let loops = EventLoops(threads: 2)
    let blocking = BlockingPool(threads: 8)
    let delivery = makeDelivery(settings, pipeline, loops, blocking)
    spool.observe { event in
      switch event {
      case .accepted(let message), .changed(let message, _): delivery.noted(message)
      }
    }
    var listeners: [SMTPListener] = []
    do {
      for listener in settings.listeners {
        listeners.append(
          try await SMTPListener.bind(plan(listener, settings), on: loops, gatekeeper: pipeline))
      }
    } catch {
      for listener in listeners { await listener.stopAccepting() }
      await spool.close()
      await loops.stop()
      throw error
    }
    let places = zip(settings.listeners, listeners).map { settings, listener in
      "\(settings.kind.rawValue) \(listener.address):\(listener.port)"
    }
    return Gate(
      loops: loops, pipeline: pipeline, spool: spool, delivery: delivery, blocking: blocking,
      listeners: listeners, places: places)
  }

  /// Delivers until `stop` is called.
  package func run() async { await delivery.run() }

  /// Takes new settings, if they prove; listeners and directories stay as they are until a restart.
  package func reload(_ settings: GateSettings) throws {
    try Self.prove(settings.policy)
    pipeline.settings.withLock { $0 = settings }
  }

  /// Stops accepting, lets open transactions end, ends delivery, closes the spool.
  package func stop() async {
    for listener in listeners { await listener.stopAccepting() }
    for listener in listeners { listener.drain() }
    delivery.stop()
  }

  /// After `run` has returned.
  package func close() async {
    await spool.close()
    blocking.close()
    await loops.stop()
  }

  private static func prove(_ policy: RelayPolicy) throws {
    let proof = RelayProof(policy)
    guard proof.isProven else { throw UnprovenPolicy(proof: proof) }
  }

  private static func plan(_ listener: ListenerSettings, _ settings: GateSettings) -> ListenerPlan {
    var profile = ServerProfile(hostname: settings.hostname, listener: listener.kind)
    profile.limits = settings.limits
    profile.wire = settings.wire
    profile.requiresAuth = listener.kind == .submission
    var plan = ListenerPlan(address: listener.address, port: listener.port, profile: profile)
    plan.times.commandSeconds = settings.commandSeconds
    plan.times.greetingDelayMilliseconds = settings.greetingDelayMilliseconds
    return plan
  }

  private static func makeDelivery(
    _ settings: GateSettings, _ pipeline: Pipeline, _ loops: EventLoops, _ blocking: BlockingPool
  ) -> Delivery {
    let retry = settings.retry
    return Delivery(
      hostname: settings.hostname, spool: pipeline.spool, connector: NIOConnector(loops: loops),
      lookup: SystemAddressLookup(), clock: pipeline.clock,
      schedule: RetrySchedule(first: retry.first, longest: retry.longest, expiry: retry.expiry),
      blocking: blocking, policy: { pipeline.policy },
      report: { pipeline.logAttempt($0, $1) })
  }
}

/// Settings that would let a stranger reach a stranger, with how.
package struct UnprovenPolicy: Error, Sendable {
  package let proof: RelayProof
}

extension Pipeline {
  func logAttempt(_ message: StoredMessage, _ attempt: Attempt) {
    for result in attempt.results {
      let word: String
      switch result.state {
      case .delivered:
        word = "delivered"
        counters.delivered.add(1, ordering: .relaxed)
      case .queued:
        word = "deferred"
        counters.deferred.add(1, ordering: .relaxed)
      case .failed, .removed:
        word = "failed"
        counters.failed.add(1, ordering: .relaxed)
      }
      log.write(
        word,
        [
          "id": "\(message.id)", "to": message.envelope.recipients[result.recipient].path.words,
          "by": attempt.destination, "remote": attempt.remote ?? "",
          "reply": result.reply.map { "\($0.code) \($0.lines.joined(separator: " "))" } ?? "",
          "what": result.text,
        ])
    }
  }
}
