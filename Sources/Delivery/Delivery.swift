package import DNS
package import Mail
package import Relay
package import SMTP
package import Spool
import Synchronization

/// What delivery is made with.
package struct DeliveryParts: Sendable {
  package var hostname: String
  /// Whom notices come from.
  package var postmaster: Mailbox?
  package var spool: Spool
  package var connector: any Connector
  /// For the hosts that routes name.
  package var lookup: any AddressLookup
  /// For `mx` routes.
  package var mailHosts: MailHosts
  package var mxPort: UInt16 = 25
  package var clock: any Clock
  package var schedule: RetrySchedule
  /// Seconds after which a sender is told of a delay.
  package var warningSeconds = 4 * 3600
  /// Connections to one destination at once.
  package var destinationConnections = 20
  package var blocking: BlockingPool
  /// Where attempts run; Swift's own threads when nil. They never block.
  package var executor: (any TaskExecutor)?

  package init(
    hostname: String, spool: Spool, connector: any Connector, lookup: any AddressLookup,
    mailHosts: MailHosts, clock: any Clock, schedule: RetrySchedule, blocking: BlockingPool
  ) {
    self.hostname = hostname
    self.spool = spool
    self.connector = connector
    self.lookup = lookup
    self.mailHosts = mailHosts
    self.clock = clock
    self.schedule = schedule
    self.blocking = blocking
  }
}

/// Takes accepted messages to where they belong: watches the spool, tries what is due, records what
/// came of it, tells senders what they asked to be told.
package final class Delivery: Sendable {
  private let courier: Courier
  private let notices: NoticeMaker
  private let pool: ConnectionPool
  private let spool: Spool
  private let clock: any Clock
  private let policy: @Sendable () -> RelayPolicy
  private let queue: Mutex<DeliveryQueue>
  private let loads: Mutex<DestinationLoads>
  private let wake: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  private let report: @Sendable (StoredMessage, Attempt) -> Void
  private let executor: (any TaskExecutor)?
  private let warningSeconds: Int
  private let expirySeconds: Int

  /// Seconds before a message whose attempt could not be recorded is tried again.
  private static let unrecordedSeconds = 300
  /// Seconds after which a message that found its destination full looks again, if nobody woke it.
  private static let parkedSeconds = 60
  /// Attempts under way at once.
  private static let attemptLimit = 200

  /// `policy` gives the routes of the moment; `report` is told every attempt, for the log.
  package init(
    _ parts: DeliveryParts, policy: @escaping @Sendable () -> RelayPolicy,
    report: @escaping @Sendable (StoredMessage, Attempt) -> Void
  ) {
    pool = ConnectionPool(connector: parts.connector, clock: parts.clock)
    courier = Courier(
      hostname: parts.hostname, spool: parts.spool, pool: pool, lookup: parts.lookup,
      mailHosts: parts.mailHosts, mxPort: parts.mxPort, clock: parts.clock,
      schedule: parts.schedule, blocking: parts.blocking)
    notices = NoticeMaker(
      hostname: parts.hostname, postmaster: parts.postmaster, spool: parts.spool,
      clock: parts.clock, rules: NoticeRules(warningSeconds: parts.warningSeconds),
      expirySeconds: parts.schedule.expiry)
    spool = parts.spool
    clock = parts.clock
    self.policy = policy
    self.report = report
    executor = parts.executor
    warningSeconds = parts.warningSeconds
    expirySeconds = parts.schedule.expiry
    queue = Mutex(DeliveryQueue(limit: Self.attemptLimit))
    loads = Mutex(DestinationLoads(ceiling: parts.destinationConnections))
    (wake, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Told by the spool of every message that came or changed.
  package func noted(_ message: StoredMessage) {
    queue.withLock { $0.set(message.id, dueAt: message.dueAt) }
    waker.yield()
  }

  /// Runs until `stop`; attempts under way are then waited for.
  package func run() async {
    if let executor {
      await withTaskExecutorPreference(executor) { await attemptAll() }
    } else {
      await attemptAll()
    }
    await pool.sweep(all: true)
  }

  private func attemptAll() async {
    for (id, dueAt) in spool.schedule { queue.withLock { $0.set(id, dueAt: dueAt) } }
    waker.yield()
    // A discarding group: any other keeps what every attempt left until it is asked for.
    await withDiscardingTaskGroup { group in
      let ticking = Task(executorPreference: executor) { await self.tick() }
      for await _ in wake {
        let due = queue.withLock { $0.takeDue(now: clock.now()) }
        for id in due { group.addTask { await self.attempt(id) } }
      }
      ticking.cancel()
    }
  }

  /// Ends `run`.
  package func stop() { waker.finish() }

  /// Looks each second whether something has become due, and at connections that idle.
  private func tick() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      await pool.sweep()
      let next = queue.withLock { $0.nextDue }
      if let next, next <= clock.now() { waker.yield() }
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

  private func attempt(_ id: TraceID) async {
    var ends: [End] = []
    if let message = spool.message(id), message.hold == nil {
      let now = clock.now()
      let due = message.recipients.indices.filter { index in
        if case .queued(_, let next) = message.recipients[index] { next <= now } else { false }
      }
      let routes = policy()
      let groups = Dictionary(grouping: due) { index in
        let mailbox = message.envelope.recipients[index].path.mailbox
        return Destination(routes.route(to: mailbox), for: mailbox)
      }
      for (destination, recipients) in groups {
        ends.append(await visit(destination, message, recipients))
      }
    }
    var next = spool.message(id)?.dueAt
    for end in ends {
      switch end {
      case .recorded: break
      case .avoided(let until): next = until
      case .parked: next = clock.now() + Self.parkedSeconds
      // What the spool could not record must not be sent again at once, and again.
      case .unrecorded:
        queue.withLock { $0.finished(id, dueAt: clock.now() + Self.unrecordedSeconds) }
        return
      }
    }
    queue.withLock { $0.finished(id, dueAt: next) }
    waker.yield()
  }

  /// When a message that is not tried now must be looked at again: its sender may have to be told.
  /// Nil when that is now.
  private func patience(of message: StoredMessage, now: Timestamp) -> Timestamp? {
    var moment = message.acceptedAt + expirySeconds
    let warning = message.acceptedAt + warningSeconds
    if !message.delayReported { moment = min(moment, warning) }
    return moment > now ? moment : nil
  }

  private func visit(
    _ destination: Destination, _ message: StoredMessage, _ recipients: [Int]
  ) async -> End {
    guard destination.isRemote else {
      return await record(message, await courier.attempt(message, recipients, at: destination))
    }
    switch loads.withLock({ $0.enter(destination, message.id, now: clock.now()) }) {
    case .full: return .parked
    case .closed(let until, let why):
      if let moment = patience(of: message, now: clock.now()) {
        return .avoided(until: min(until, moment))
      }
      return await record(
        message, courier.avoided(message, recipients, destination, why: why))
    case .open:
      let outcome = await courier.attempt(message, recipients, at: destination)
      let end = await record(message, outcome)
      let now = clock.now()
      let woken = loads.withLock {
        $0.leave(destination, trouble: outcome.trouble, now: now)
      }
      if !woken.isEmpty {
        queue.withLock { queue in for id in woken { queue.set(id, dueAt: now) } }
        waker.yield()
      }
      return end
    }
  }

  /// The attempt and the notices it calls for become durable together: a sender is told exactly when a
  /// recipient is given up.
  private func record(_ message: StoredMessage, _ outcome: CourierOutcome) async -> End {
    // Only what an earlier attempt of this round has not told already (the delay).
    let current = spool.message(message.id) ?? message
    let told = await notices.entries(for: current, outcome)
    let result = await spool.commit([.change(message.id, .attempted(outcome.attempt))] + told)
    report(message, outcome.attempt)
    guard case .failure(let failure) = result else { return .recorded }
    if failure.mayBeKept { return .unrecorded }
    for case .message(_, let draft) in told { draft.discard() }
    return .unrecorded
  }
}
