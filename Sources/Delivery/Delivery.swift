package import Mail
import Relay
import SMTP
package import Spool
import Synchronization

/// Takes accepted messages to where they belong: watches the spool, tries what is due, records what
/// came of it, tells senders what they asked to be told.
package final class Delivery: Sendable {
  private let parts: DeliveryParts
  private let pool: ConnectionPool
  private let spool: Spool
  private let clock: any Clock
  private let rules: @Sendable () -> DeliveryRules
  private let folders = DurableFolders()
  private let queue: Mutex<DeliveryQueue>
  private let loads: Mutex<DestinationLoads>
  private let wake: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  private let report: @Sendable (StoredMessage, Attempt) -> Void
  /// Seconds before a message whose attempt could not be recorded is tried again.
  private static let unrecordedSeconds = 300
  /// Seconds after which a message that is parked looks again, if nobody called it.
  private static let parkedSeconds = 3600
  /// Seconds before a message that met our own trouble is tried again.
  private static let shortSeconds = 30
  /// Attempts of one task between two looks at the sockets.
  private static let attemptsPerTurn = 16
  /// Attempts under way at once, those aside apart.
  private static let attemptLimit = 200

  /// `rules` gives the settings of the moment; `report` is told every attempt, for the log.
  package init(
    _ parts: DeliveryParts, rules: @escaping @Sendable () -> DeliveryRules,
    report: @escaping @Sendable (StoredMessage, Attempt) -> Void
  ) {
    self.parts = parts
    pool = ConnectionPool(connector: parts.connector, clock: parts.clock)
    spool = parts.spool
    clock = parts.clock
    self.rules = rules
    self.report = report
    queue = Mutex(DeliveryQueue(limit: Self.attemptLimit))
    loads = Mutex(DestinationLoads(ceiling: rules().destinationConnections))
    (wake, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  private func courier(_ rules: DeliveryRules) -> Courier {
    var policies = parts.policies
    if !rules.followsDANE { policies.dane = nil }
    if !rules.followsSTS { policies.sts = nil }
    return Courier(
      hostname: parts.hostname, spool: spool, pool: pool, lookup: parts.lookup,
      mailHosts: parts.mailHosts, policies: policies, sessions: parts.sessions,
      mxPort: parts.mxPort, clock: clock, schedule: rules.schedule, blocking: parts.blocking,
      folders: folders, random: parts.random)
  }

  private func notices(_ rules: DeliveryRules) -> NoticeMaker {
    NoticeMaker(
      hostname: parts.hostname, postmaster: rules.postmaster, spool: spool, clock: clock,
      rules: NoticeRules(warningSeconds: rules.warningSeconds),
      expirySeconds: rules.schedule.expiry, random: parts.random, signatures: parts.signatures,
      blocking: parts.blocking)
  }

  /// Attempts that are being made.
  package var underWay: Int { queue.withLock { $0.underWayCount } }

  /// Told by the spool of every message that came or changed.
  package func observed(_ event: SpoolEvent) {
    switch event {
    case .accepted(let message): noted(message)
    case .changed(let message, .rescheduled), .changed(let message, .released):
      // A person wants it tried now, whatever trouble its destinations had.
      reopen(message)
      noted(message)
    case .changed(let message, _): noted(message)
    }
  }

  private func reopen(_ message: StoredMessage) {
    let rules = rules()
    let destinations = message.recipients.indices.compactMap { index -> Destination? in
      guard !message.recipients[index].isFinal else { return nil }
      return rules.destination(of: message.envelope.recipients[index].path.mailbox)
    }
    loads.withLock { loads in for destination in destinations { loads.reopen(destination) } }
  }

  private func noted(_ message: StoredMessage) {
    let dueAt = message.dueAt
    queue.withLock { $0.set(message.id, dueAt: dueAt) }
    // What is due later is found by `tick`.
    if let dueAt, dueAt <= clock.now() { waker.yield() }
  }

  /// Tells of recipients until when and why their destination is left alone, by the settings of this moment.
  package func pauses() -> (Mailbox?) -> (until: Timestamp, why: String)? {
    let (rules, now) = (rules(), clock.now())
    return { [self] recipient in
      loads.withLock { $0.pause(of: rules.destination(of: recipient), now: now) }
    }
  }

  /// Runs until `stop`; attempts under way are then waited for.
  package func run() async {
    if let executor = parts.executor {
      await withTaskExecutorPreference(executor) { await attemptAll() }
    } else {
      await attemptAll()
    }
    await pool.sweep(all: true)
  }

  private func attemptAll() async {
    let known = spool.schedule
    queue.withLock { queue in
      for (id, dueAt) in known { queue.set(id, dueAt: dueAt, isOld: true) }
    }
    waker.yield()
    // A discarding group: any other keeps what every attempt left until it is asked for.
    await withDiscardingTaskGroup { group in
      let ticking = Task(executorPreference: parts.executor) { await self.tick() }
      for await _ in wake {
        let due = queue.withLock { $0.takeDue(now: clock.now()) }
        for id in due { group.addTask { await self.attempts(beginningWith: id) } }
      }
      ticking.cancel()
    }
  }

  /// Ends `run`.
  package func stop() {
    queue.withLock { $0.close() }
    waker.finish()
  }

  /// Looks each second whether something has become due, and at connections that idle.
  private func tick() async {
    while !Task.isCancelled {
      await parts.sleep(1)
      await pool.sweep()
      let now = clock.now()
      let (aside, calls) = loads.withLock { $0.watch(now: now) }
      let next = queue.withLock { queue in
        for id in aside { queue.stepAside(id) }
        for call in calls { queue.call(call.id, at: call.at) }
        return queue.nextDue
      }
      if let next, next <= now { waker.yield() }
    }
  }

  /// How an attempt at one destination ended for the queue.
  private enum End {
    case recorded
    case unrecorded
    case parked
    /// The destination is left alone until then: nothing happened that is worth a record.
    case avoided(until: Timestamp)
  }

  /// One attempt after the other: who is through takes the next that is due, which costs neither a task nor
  /// a turn of the one that waits for `wake`.
  private func attempts(beginningWith first: TraceID) async {
    var next: TraceID? = first
    var count = 0
    while let id = next {
      count += 1
      // An attempt that ends at a door waits for nothing: the sockets of this loop must have their turn.
      if count % Self.attemptsPerTurn == 0 { await parts.blocking.run {} }
      let dueAt = await attempt(id)
      next = queue.withLock { queue in
        queue.finished(id, dueAt: dueAt)
        return queue.takeNext(now: clock.now())
      }
    }
  }

  /// Tries a message; says when it is due again.
  private func attempt(_ id: TraceID) async -> Timestamp? {
    var ends: [End] = []
    if let message = spool.message(id), message.hold == nil {
      let now = clock.now()
      let due = message.recipients.indices.filter { index in
        if case .queued(_, let next) = message.recipients[index] { next <= now } else { false }
      }
      let rules = rules()
      loads.withLock { $0.ceiling = rules.destinationConnections }
      let groups = Dictionary(grouping: due) { index in
        let mailbox = message.envelope.recipients[index].path.mailbox
        return rules.destination(of: mailbox)
      }
      // In the envelope's order.
      for (destination, recipients) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
        ends.append(await visit(destination, message, recipients, rules))
      }
    }
    var next = spool.dueAt(id)
    for end in ends {
      switch end {
      case .recorded: break
      case .avoided(let until): next = until
      case .parked: next = clock.now() + Self.parkedSeconds
      // What the spool could not record must not be sent again at once, and again.
      case .unrecorded: return clock.now() + Self.unrecordedSeconds
      }
    }
    return next
  }

  /// When a message that is not tried now must be looked at again: its sender may have to be told.
  /// Nil when that is now.
  private func patience(
    of message: StoredMessage, _ rules: DeliveryRules, now: Timestamp
  ) -> Timestamp? {
    var moment = message.acceptedAt + rules.schedule.expiry
    let warning = message.acceptedAt + rules.warningSeconds
    if !message.delayReported { moment = min(moment, warning) }
    return moment > now ? moment : nil
  }

  private func visit(
    _ destination: Destination, _ message: StoredMessage, _ recipients: [Int],
    _ rules: DeliveryRules
  ) async -> End {
    let courier = courier(rules)
    guard destination.isRemote else {
      let outcome = await courier.attempt(message, recipients, at: destination)
      return await record(message, outcome, rules)
    }
    let now = clock.now()
    switch loads.withLock({ $0.enter(destination, message.id, now: now) }) {
    case .full:
      spool.letCool(message.id)
      return .parked
    case .short(let until): return .avoided(until: until)
    case .closed(let until, let why, let isProbe):
      spool.letCool(message.id)
      if let moment = patience(of: message, rules, now: now) {
        return .avoided(until: min(isProbe ? until : now + Self.parkedSeconds, moment))
      }
      let outcome = courier.avoided(message, recipients, destination, why: why)
      return await record(message, outcome, rules)
    case .open(let isAside):
      if isAside {
        queue.withLock { $0.stepAside(message.id) }
        waker.yield()
      }
      let outcome = await courier.attempt(message, recipients, at: destination)
      let end = await settle(message, outcome, rules)
      leave(message.id, outcome)
      return end
    }
  }

  /// Where we had no file for a connection nothing happened that is worth a record, as long as nobody must
  /// be told.
  private func settle(
    _ message: StoredMessage, _ outcome: CourierOutcome, _ rules: DeliveryRules
  ) async -> End {
    let now = clock.now()
    let isWorthARecord =
      outcome.ourTrouble == nil || outcome.attempt.results.contains { $0.state.isFinal }
    guard !isWorthARecord, let moment = patience(of: message, rules, now: now) else {
      return await record(message, outcome, rules)
    }
    report(message, outcome.attempt)
    return .avoided(until: min(now + Self.shortSeconds, moment))
  }

  private func leave(_ id: TraceID, _ outcome: CourierOutcome) {
    let now = clock.now()
    let end: DestinationLoads.End =
      outcome.ourTrouble != nil ? .ourTrouble : outcome.trouble.map { .trouble($0) } ?? .spoke
    let calls = loads.withLock { $0.leave(id, end, now: now) }
    queue.withLock { queue in
      queue.comeBack(id)
      for call in calls { queue.call(call.id, at: call.at) }
    }
    if !calls.isEmpty { waker.yield() }
  }

  /// The notices that an attempt calls for.
  private func told(
    _ message: StoredMessage, _ outcome: CourierOutcome, _ rules: DeliveryRules
  ) async -> [SpoolEntry] {
    let notices = notices(rules)
    guard !notices.rules.wanted(message, outcome).isEmpty else { return [] }
    // Only what an earlier attempt of this round has not told already (the delay).
    return await notices.entries(for: spool.message(message.id) ?? message, outcome)
  }

  /// The attempt and the notices it calls for become durable together: a sender is told exactly when a
  /// recipient is given up.
  private func record(
    _ message: StoredMessage, _ outcome: CourierOutcome, _ rules: DeliveryRules
  ) async -> End {
    var entries = [SpoolEntry.change(message.id, .attempted(outcome.attempt))]
    let told = await told(message, outcome, rules)
    entries += told
    if let why = outcome.unreadable {
      let hold = Hold(reason: "the content can't be read: \(why)", by: "gate", at: clock.now())
      entries.append(.change(message.id, .held(hold)))
    }
    defer { report(message, outcome.attempt) }
    guard case .failure(let failure) = await spool.commit(entries, isPatient: true) else {
      return .recorded
    }
    if failure.mayBeKept { return .unrecorded }
    for case .message(_, let draft) in told { draft.discard() }
    if !told.isEmpty { await recordDeliveries(message, outcome.attempt) }
    return .unrecorded
  }

  /// Where only the notices found no room: who has the message must not get it again with each attempt that
  /// is made until there is some. Whoever was given up is tried again.
  private func recordDeliveries(_ message: StoredMessage, _ attempt: Attempt) async {
    let delivered = attempt.results.filter { $0.state == .delivered }
    guard !delivered.isEmpty else { return }
    let part = Attempt(
      startedAt: attempt.startedAt, endedAt: attempt.endedAt, destination: attempt.destination,
      remote: attempt.remote, tls: attempt.tls, results: delivered)
    _ = await spool.commit([.change(message.id, .attempted(part))])
  }
}
