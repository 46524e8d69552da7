import Journal
import Mail
import Spool
import Synchronization

/// One run of the gate from a seed: several lives in bad weather, then one in fair weather in which
/// everything must settle. The same seed gives the same run, event by event.
package struct SimulatedRun: Sendable {
  /// What a run came to.
  package struct Report: Sendable {
    package let seed: UInt64
    package let violations: [String]
    package let trace: EventTrace
    package let kept: Int
    package let arrivals: Int
  }

  private enum End {
    case power
    case kill
    case stop
  }

  private let seed: UInt64
  private let flaw: Flaw?
  private var chance: Chance
  private let disk: SimulatedDisk
  private let ledger = Ledger()
  /// What the journal's file holds. SQLite keeps a commit whole or not at all; a power cut may cost the
  /// last ones, for the journal syncs at its checkpoints only.
  private var journal: JournalMemory
  private var hasLostHistory = false
  private var trace: EventTrace
  private var expiry = Life.longExpiry
  private var now = Timestamp(microseconds: 1_800_000_000_000_000)

  private init(seed: UInt64, flaw: Flaw?, keepsLines: Bool) {
    self.seed = seed
    self.flaw = flaw
    chance = Chance(seed: seed)
    disk = SimulatedDisk(chance: chance.branch())
    trace = EventTrace(keepsLines: keepsLines)
    do throws(JournalFailure) {
      journal = try JournalMemory()
    } catch {
      preconditionFailure("\(error)")
    }
  }

  package static func report(
    seed: UInt64, flaw: Flaw? = nil, keepsLines: Bool = false
  ) -> Report {
    var run = SimulatedRun(seed: seed, flaw: flaw, keepsLines: keepsLines)
    let count = 2 + run.chance.below(3)
    if run.chance.happens(250) { run.expiry = Life.shortExpiry }
    for number in 0..<count { run.live(number) }
    run.settle(count)
    return Report(
      seed: seed, violations: run.ledger.violations, trace: run.trace, kept: run.ledger.kept,
      arrivals: run.ledger.arrivals)
  }

  // MARK: Lives

  private mutating func live(_ number: Int) {
    let end: End = chance.happens(600) ? .power : chance.happens(700) ? .kill : .stop
    disk.state.withLock { $0.faults = faults() }
    let before = copy(journal)
    guard let life = begin(number, weather()) else { return finish(end) }
    life.start(clients: 1 + chance.below(4))
    let seconds = 1 + chance.below(chance.happens(700) ? 60 : 600)
    let over = now + seconds
    while !life.isDead, life.scheduler.now() < over, !life.isRestless, life.scheduler.step() {
      if chance.happens(3) { life.operate() }
    }
    if life.isRestless { ledger.violation("life \(number) works without an end") }
    let isPlanned = end == .stop && !life.isDead
    life.scheduler.note("world: \(isPlanned ? .stop : end)")
    if !isPlanned { cutHistory(end, before) }
    if !(isPlanned ? life.stop() : life.end()) { ledger.violation("life \(number) does not end") }
    keep(life.scheduler)
    finish(isPlanned ? .stop : end == .stop ? .kill : end)
  }

  /// What the life that ends here still writes, nobody sees; a power cut takes some of what it wrote.
  private mutating func cutHistory(_ end: End, _ before: JournalMemory) {
    hasLostHistory = true
    let isPower = if case .power = end { true } else { false }
    journal = isPower && chance.happens(300) ? before : copy(journal)
  }

  private func copy(_ journal: JournalMemory) -> JournalMemory {
    do throws(JournalFailure) {
      return try journal.copy()
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private mutating func keep(_ scheduler: Scheduler) {
    trace = scheduler.trace
    now = scheduler.now() + 1
  }

  private func finish(_ end: End) {
    disk.state.withLock { state in
      if case .power = end { state.cutPower() }
      state.endProcess()
    }
  }

  /// Nil when the disk did not let the spool be opened.
  private mutating func begin(_ number: Int, _ weather: Weather) -> Life? {
    let scheduler = Scheduler(chance: chance.branch(), now: now, trace: trace)
    let files = SimulatedFileSystem(disk: disk, life: number, scheduler: scheduler)
    do throws(SpoolFailure) {
      let around = Surroundings(
        scheduler: scheduler, ledger: ledger, weather: weather, files: files)
      let life = try Life(number: number, around, journal: journal, flaw: flaw)
      ledger.recovers(life.spool)
      let recovery = life.recovery
      scheduler.note("life \(number): \(recovery)")
      if recovery.damagedFrames > 0 { ledger.violation("life \(number) found a damaged log") }
      return life
    } catch {
      scheduler.note("life \(number) does not begin: \(error)")
      files.switchOff()
      scheduler.die()
      while scheduler.step() {}
      keep(scheduler)
      return nil
    }
  }

  /// Fair weather until nothing is left to do.
  private mutating func settle(_ number: Int) {
    disk.state.withLock { $0.faults = .init() }
    guard let life = begin(number, Weather()) else {
      return ledger.violation("the spool can't be opened on a good disk")
    }
    life.start(clients: 1)
    life.releaseAll()
    let over = now + 3 * Life.shortExpiry
    while life.isBusy, life.scheduler.now() < over, !life.isRestless, life.scheduler.step() {}
    if life.isBusy { ledger.violation("\(life.spool.count) messages did not settle") }
    if !life.stop() { ledger.violation("the last life does not end") }
    keep(life.scheduler)
    emptyMailboxes()
    ledger.close(noticesMayExpire: expiry == Life.shortExpiry)
    ledger.checks(journal.reader, sawAll: !hasLostHistory)
    checkSpace()
  }

  /// What our own people find in their Maildirs, as it came: without the two fields that delivery puts in
  /// front, lines ended by CRLF again.
  private func emptyMailboxes() {
    let files = disk.state.withLock { state in
      state.names.keys.sorted().compactMap { path -> (path: String, content: [UInt8])? in
        guard path.hasPrefix("/mail/"), let inode = state.names[path] else { return nil }
        return state.inodes[inode].map { (path, $0.cached) }
      }
    }
    for (path, content) in files where path.contains("/new/") {
      let lines = content.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
      guard lines.count == 3, let recipient = lines[1].split(separator: 0x20).last else {
        ledger.violation("\(path) has \(content.count) octets")
        continue
      }
      var wire: [UInt8] = []
      for byte in lines[2] { wire += byte == 0x0A ? [0x0D, 0x0A] : [byte] }
      ledger.isFound(wire, for: String(decoding: recipient, as: UTF8.self))
    }
  }

  private func checkSpace() {
    let names = disk.state.withLock { $0.names.keys.sorted() }
    let bodies = names.filter { $0.contains("/body-") }
    let segments = names.filter { $0.contains("/segment-") }
    if !bodies.isEmpty { ledger.violation("bodies were left behind: \(bodies)") }
    // The present one, and the next, which is made before it is needed.
    if segments.count > 2 { ledger.violation("segments were left behind: \(segments)") }
  }

  // MARK: Misfortune

  private mutating func faults() -> DiskState.Faults {
    var faults = DiskState.Faults()
    if chance.happens(600) {
      faults.operationsLeft = 1 + chance.below(chance.happens(300) ? 20 : 200)
    }
    if chance.happens(150) { faults.write = chance.below(100) }
    if chance.happens(150) { faults.sync = chance.below(60) }
    if chance.happens(100) { faults.directory = chance.below(200) }
    if chance.happens(200) { faults.slowSync = 100 }
    faults.isFull = chance.happens(50)
    if chance.happens(100) { faults.open = chance.below(200) }
    faults.hasNoInodes = chance.happens(50)
    faults.hasNoBlocks = chance.happens(50)
    return faults
  }

  private mutating func weather() -> Weather {
    var weather = Weather()
    weather.expiry = expiry
    guard chance.happens(700) else { return weather }
    weather.mood.temporary = chance.below(300)
    weather.mood.permanent = chance.below(100)
    weather.mood.lostReply = chance.below(200)
    weather.refusal = chance.below(300)
    weather.stall = chance.below(30)
    if chance.happens(200) { weather.shortage = chance.below(100) }
    weather.remoteCut = chance.below(100)
    weather.clientCut = chance.below(60)
    return weather
  }
}
