import DNS
import Delivery
import Mail
import Relay
import SMTP
import Spool
import Synchronization

/// What goes wrong while the gate runs; counts are times in a thousand. All zero is fair weather.
struct Weather: Sendable {
  var mood = RemoteSession.Mood()
  var refusal = 0
  var stall = 0
  var remoteCut = 0
  var clientCut = 0
  var expiry = Life.longExpiry
}

/// The gate from one start to its end, with the clients and next hops that it meets.
final class Life: Sendable {
  let number: Int
  let scheduler: Scheduler
  let ledger: Ledger
  let weather: Weather
  let spool: Spool
  let recovery: Recovery
  private let files: SimulatedFileSystem
  private let drivers = Mutex<[SessionDriver]>([])
  private let delivery = Mutex<Delivery?>(nil)
  private let clients = Mutex(0)

  /// Seconds until a message expires, where the seed wants that seen, and else.
  static let shortExpiry = 300
  static let longExpiry = 100_000
  init(
    number: Int, scheduler: Scheduler, ledger: Ledger, weather: Weather, files: SimulatedFileSystem,
    flaw: Flaw?
  ) throws(SpoolFailure) {
    self.number = number
    self.scheduler = scheduler
    self.ledger = ledger
    self.weather = weather
    self.files = files
    var limits = SpoolLimits()
    limits.inlineBody = 2000
    limits.segment = 8192
    limits.segments = 2
    limits.warm = 6000
    limits.reserve = 4096
    let fileSystem: any FileSystem = flaw.map { FlawedFileSystem(files, flaw: $0) } ?? files
    (spool, recovery) = try Spool.open(
      directory: "spool", fileSystem: fileSystem, limits: limits,
      threads: SpoolThreads(writer: SimulatedQueue(scheduler), files: SimulatedQueue(scheduler)),
      random: { scheduler.draw() }, flaws: flaw?.spoolFlaws ?? SpoolFlaws())
  }

  var isDead: Bool { files.isDead }
  /// A life has some thousand steps; one that has so many goes round in a circle.
  var isRestless: Bool { scheduler.steps > Self.stepLimit }
  private static let stepLimit = 100_000
  var isBusy: Bool { clients.withLock { $0 > 0 } || spool.count > 0 }

  func connect(port: UInt16) -> SessionDriver {
    let origin = Origin(listener: .mx, address: .v6(high: 0, low: 1), port: port)
    let driver = SessionDriver(
      scheduler, profile: ServerProfile(hostname: "gate.example", listener: .mx), origin: origin,
      guard: SimulatedGuard(self))
    drivers.withLock { $0.append(driver) }
    return driver
  }

  // MARK: Running

  func start(clients count: Int) {
    guard let host = Domain("gate.example") else { return }
    let delivery = makeDelivery(host)
    self.delivery.withLock { $0 = delivery }
    spool.observe { [ledger] event in
      ledger.observes(event)
      switch event {
      case .accepted(let message), .changed(let message, _): delivery.noted(message)
      }
    }
    Task(executorPreference: scheduler) { await delivery.run() }
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
    let (scheduler, expiry) = (scheduler, weather.expiry)
    let hosts = [RouteHost(name: "one", port: 25), RouteHost(name: "two", port: 25)]
    var domains: [OwnDomain] = []
    for (name, route) in [
      ("a.example", Route.hosts(hosts, tls: .never)), ("b.example", .lmtp(hosts[0])),
    ] {
      guard let domain = Domain(name) else { continue }
      domains.append(OwnDomain(domain: domain, recipients: .any, route: route))
    }
    let policy = RelayPolicy(
      hostname: host, domains: domains, foreignRoute: .hosts([hosts[1]], tls: .never))
    var parts = DeliveryParts(
      hostname: "gate.example", spool: spool, connector: SimulatedConnector(life: self),
      lookup: SimulatedLookup(),
      mailHosts: MailHosts(resolver: ZoneResolver(""), ownName: host, ownAddresses: []),
      clock: scheduler, blocking: BlockingPool(queue: SimulatedQueue(scheduler)))
    parts.executor = scheduler
    parts.sleep = { await scheduler.sleep(milliseconds: $0 * 1000) }
    parts.random = { scheduler.draw() }
    return Delivery(
      parts,
      rules: {
        var rules = DeliveryRules(policy: policy)
        rules.schedule = RetrySchedule(first: 10, longest: 60, expiry: expiry)
        return rules
      },
      report: { [ledger] message, attempt in
        scheduler.note("delivery: \(message.id) \(attempt.results.map { "\($0.state)" })")
        ledger.excuse(message, attempt)
      })
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
    files.switchOff()
    scheduler.die()
    return drain()
  }

  /// Ends in order, as at a stop of the service.
  func stop() -> Bool {
    let isDone = drain()
    files.switchOff()
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
    ledger.excuseAll()
    let spool = spool
    Task(executorPreference: scheduler) { await spool.close() }
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
