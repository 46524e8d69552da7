import DNS
import Delivery
import Gateway
import Journal
import Mail
import SMTP
import Spool
import Synchronization

/// The gate from one start to its end, with the clients and next hops that it meets.
///
/// All of it is the gate's own: `Pipeline` with its session guards, relay table, inquiry, spool, journal and
/// delivery. Only what is below them is ours: disk, network, clock, threads and chance.
final class Life: Sendable {
  let number: Int
  let around: Surroundings
  let spool: Spool
  let recovery: Recovery
  private let pipeline: Pipeline
  private let journal: Journal
  private let blocking: BlockingPool
  private let drivers = Mutex<[SessionDriver]>([])
  private let delivery = Mutex<Delivery?>(nil)
  private let clients = Mutex(0)

  var scheduler: Scheduler { around.scheduler }
  var ledger: Ledger { around.ledger }
  var weather: Weather { around.weather }

  /// Seconds until a message expires, where the seed wants that seen, and else.
  static let shortExpiry = 300
  static let longExpiry = 100_000
  /// Sessions of a thousand whose guard amends messages.
  private static let amending = 250

  init(
    number: Int, _ around: Surroundings, journal memory: JournalMemory, flaw: Flaw?
  ) throws(SpoolFailure) {
    self.number = number
    self.around = around
    let scheduler = around.scheduler
    (spool, recovery) = try Self.open(around, flaw)
    blocking = BlockingPool(queue: SimulatedQueue(scheduler))
    journal = memory.open(SimulatedQueue(scheduler))
    pipeline = Pipeline(
      settings: SimulatedSettings.settings(expiry: around.weather.expiry), spool: spool,
      clock: scheduler,
      log: EventLog(clock: scheduler) { Self.read($0, around) }, journal: journal,
      inquiry: RecipientInquiry(
        hostname: "gate.example", connector: SimulatedConnector(around: around),
        lookup: SimulatedLookup(), clock: scheduler, blocking: blocking),
      resolver: ZoneResolver(""), executor: scheduler, blocking: blocking)
  }

  private static func open(
    _ around: Surroundings, _ flaw: Flaw?
  ) throws(SpoolFailure) -> (Spool, Recovery) {
    let (scheduler, files) = (around.scheduler, around.files)
    var limits = SpoolLimits()
    limits.inlineBody = 2000
    limits.segment = 8192
    limits.segments = 2
    limits.warm = 6000
    limits.piece = 500
    limits.reserve = 4096
    let fileSystem: any FileSystem = flaw.map { FlawedFileSystem(files, flaw: $0) } ?? files
    let opened = try Spool.open(
      directory: "spool", fileSystem: fileSystem, limits: limits,
      threads: SpoolThreads(
        writer: SimulatedQueue(scheduler), files: SimulatedQueue(scheduler),
        later: { scheduler.after(microseconds: scheduler.below(5000), $0) }),
      random: { scheduler.draw() }, flaws: flaw?.spoolFlaws ?? SpoolFlaws())
    return (opened.spool, opened.recovery)
  }

  /// A line of the gate's log. One tells us what nobody else knows: that a sync failed under a message, so
  /// that the next start may find it or not (`docs/spool.md`, invariant 5).
  private static func read(_ line: [UInt8], _ around: Surroundings) {
    let text = String(decoding: line.dropLast(), as: UTF8.self)
    around.scheduler.detail("log: \(text)")
    guard text.contains(" not-kept id="), text.contains("why=\"the spool's disk failed: "),
      let word = text.split(separator: " id=").last?.split(separator: " ").first,
      let id = TraceID(word)
    else { return }
    if !around.files.hasFailed {
      around.ledger.violation("\(id) is unknown, though the disk did not fail")
    }
    around.ledger.isUncertain(id)
  }

  var isDead: Bool { around.isDead }
  /// A life has some thousand steps; one that has so many goes round in a circle.
  var isRestless: Bool { scheduler.steps > Self.stepLimit }
  private static let stepLimit = 100_000
  var isBusy: Bool { clients.withLock { $0 > 0 } || spool.count > 0 }

  func connect(port: UInt16) -> SessionDriver {
    let origin = Origin(listener: .mx, address: .v6(high: 0x2001_0DB8 << 32, low: 1), port: port)
    let answers: any SessionGuard =
      scheduler.happens(Self.amending)
      ? SimulatedGuard(self) : pipeline.guardSession(from: origin)
    let driver = SessionDriver(
      scheduler, profile: ServerProfile(hostname: "gate.example", listener: .mx), origin: origin,
      guard: answers)
    drivers.withLock { $0.append(driver) }
    return driver
  }

  // MARK: Running

  func start(clients count: Int) {
    guard let host = Domain("gate.example") else { return }
    let delivery = makeDelivery(host)
    self.delivery.withLock { $0 = delivery }
    spool.observe { [ledger, pipeline] event in
      ledger.observes(event)
      pipeline.observed(event, delivery)
    }
    Task(executorPreference: scheduler) { await delivery.run() }
    Task(executorPreference: scheduler) { await Gate.retell(self.pipeline, self.blocking) }
    clients.withLock { $0 = count }
    for number in 0..<count {
      Task(executorPreference: scheduler) {
        await self.scheduler.sleep(milliseconds: self.scheduler.below(30_000))
        await SimulatedClient(life: self, number: number).run()
        self.clients.withLock { $0 -= 1 }
      }
    }
  }

  private func makeDelivery(_ host: Domain) -> Delivery {
    let (scheduler, ledger, files) = (scheduler, ledger, around.files)
    var parts = DeliveryParts(
      hostname: "gate.example", spool: spool, connector: SimulatedConnector(around: around),
      lookup: SimulatedLookup(),
      mailHosts: MailHosts(resolver: ZoneResolver(""), ownName: host, ownAddresses: []),
      clock: scheduler, blocking: blocking)
    parts.executor = scheduler
    parts.sleep = { await scheduler.sleep(milliseconds: $0 * 1000) }
    parts.random = { scheduler.draw() }
    return pipeline.makeDelivery(parts) { message, attempt in
      scheduler.note("delivery: \(message.id) \(attempt.results.map { "\($0.state)" })")
      ledger.excuse(message, attempt, hasDiskFailed: files.hasFailed)
    }
  }

  /// An operator does something to a message, as `kadomori queue` does.
  func operate() {
    let all = spool.identifiers
    guard !all.isEmpty else { return }
    let id = all[scheduler.below(all.count)]
    let now = scheduler.now()
    let change: Change =
      switch scheduler.below(8) {
      case 0, 1: .held(Hold(reason: "look", by: "operator", at: now))
      case 2, 3, 4: .released(by: "operator", reason: "", at: now)
      case 5, 6: .rescheduled(at: now, by: "operator")
      default: .removed(by: "operator", reason: "spam", at: now)
      }
    if case .removed = change {
      // What a notice says must reach its reader, or the ledger can't tell.
      guard spool.message(id)?.envelope.sender != .null else { return }
      ledger.mayBeRemoved(id)
    }
    scheduler.note("operator: \(id) \(change)")
    spool.commit([.change(id, change)]) { _ in }
  }

  func releaseAll() {
    for id in spool.identifiers {
      spool.commit([.change(id, .released(by: "operator", reason: "", at: scheduler.now()))]) { _ in
      }
    }
  }

  // MARK: The end

  /// Ends everything at once: what the ghost of this life still does, nobody sees.
  func end() -> Bool {
    around.files.switchOff()
    scheduler.die()
    return drain()
  }

  /// Ends in order, as at a stop of the service.
  func stop() -> Bool {
    let isDone = drain()
    around.files.switchOff()
    return isDone
  }

  private func drain() -> Bool {
    for driver in drivers.withLock({ $0 }) { driver.disconnect() }
    drivers.withLock { $0 = [] }
    delivery.withLock { $0?.stop() }
    let limit = scheduler.steps + Self.stepLimit
    while scheduler.steps < limit {
      if !scheduler.step() { break }
    }
    // Who is stopped in order waits for the attempts under way, and records them.
    if around.files.hasFailed { ledger.excuseAll() }
    let (spool, journal) = (spool, journal)
    Task(executorPreference: scheduler) {
      await spool.close()
      await journal.close()
    }
    while scheduler.steps < limit {
      if !scheduler.step() { break }
    }
    spool.observe { _ in }
    delivery.withLock { $0 = nil }
    return scheduler.steps < limit
  }
}

/// Every name has one address.
private struct SimulatedLookup: AddressLookup {
  func addresses(of name: String) -> [IPAddress] { [.v6(high: 0, low: 2)] }
}
