package import Mail
package import Relay
package import SMTP
package import Spool
import Synchronization

/// Takes accepted messages to where they belong: watches the spool, tries what is due, records what
/// came of it.
package final class Delivery: Sendable {
  private let courier: Courier
  private let spool: Spool
  private let clock: any Clock
  private let policy: @Sendable () -> RelayPolicy
  private let queue: Mutex<DeliveryQueue>
  private let wake: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  private let report: @Sendable (StoredMessage, Attempt) -> Void

  /// Seconds before a message whose attempt could not be recorded is tried again.
  private static let unrecordedSeconds = 300

  /// Attempts under way at once.
  private static let attemptLimit = 100

  /// `policy` gives the routes of the moment; `report` is told every attempt, for the log.
  package init(
    hostname: String, spool: Spool, connector: any Connector, lookup: any AddressLookup,
    clock: any Clock, schedule: RetrySchedule, blocking: BlockingPool,
    policy: @escaping @Sendable () -> RelayPolicy,
    report: @escaping @Sendable (StoredMessage, Attempt) -> Void
  ) {
    courier = Courier(
      hostname: hostname, spool: spool, connector: connector, lookup: lookup, clock: clock,
      schedule: schedule, blocking: blocking)
    self.spool = spool
    self.clock = clock
    self.policy = policy
    self.report = report
    queue = Mutex(DeliveryQueue(limit: Self.attemptLimit))
    (wake, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Told by the spool of every message that came or changed.
  package func noted(_ message: StoredMessage) {
    queue.withLock { $0.set(message.id, dueAt: message.dueAt) }
    waker.yield()
  }

  /// Runs until its task is cancelled; attempts under way are then waited for.
  package func run() async {
    for message in spool.messages { queue.withLock { $0.set(message.id, dueAt: message.dueAt) } }
    waker.yield()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.tick() }
      for await _ in wake {
        let due = queue.withLock { $0.takeDue(now: clock.now()) }
        for id in due { group.addTask { await self.attempt(id) } }
      }
      group.cancelAll()
    }
  }

  /// Ends `run`.
  package func stop() { waker.finish() }

  /// Looks each second whether something has become due.
  private func tick() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      let next = queue.withLock { $0.nextDue }
      if let next, next <= clock.now() { waker.yield() }
    }
  }

  /// A message that can't be delivered is held for a person, never dropped, until bounces are built.
  private func holdIfGivenUp(_ id: TraceID, _ attempt: Attempt) -> [SpoolEntry] {
    guard let result = attempt.results.first(where: { $0.text.hasPrefix(Courier.givenUp) }) else {
      return []
    }
    let hold = Hold(reason: result.text, by: "gate", at: attempt.endedAt)
    return [.change(id, .held(hold))]
  }

  private func attempt(_ id: TraceID) async {
    var isRecorded = true
    if let message = spool.message(id), message.hold == nil {
      let now = clock.now()
      let due = message.recipients.indices.filter { index in
        if case .queued(_, let next) = message.recipients[index] { next <= now } else { false }
      }
      let routes = policy()
      let groups = Dictionary(grouping: due) { index in
        routes.route(to: message.envelope.recipients[index].path.mailbox)
      }
      for (route, recipients) in groups {
        let attempt = await courier.attempt(message, recipients, by: route)
        // When the record can't be written the recipient is tried again: a duplicate, never a loss.
        let entries = [SpoolEntry.change(id, .attempted(attempt))] + holdIfGivenUp(id, attempt)
        if case .failure = await spool.commit(entries) { isRecorded = false }
        report(message, attempt)
      }
    }
    // What the spool could not record must not be sent again at once, and again.
    let next = isRecorded ? spool.message(id)?.dueAt : clock.now() + Self.unrecordedSeconds
    queue.withLock { $0.finished(id, dueAt: next) }
    waker.yield()
  }
}
