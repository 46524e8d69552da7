import Delivery
import Inspection
import Mail
import SMTP
import Sandbox
import Scanners
import Settings
import Spool
import Synchronization

/// Who looks into mail for the gate: the jailed inspectors, and ClamAV where the settings name it.
final class ContentDesk: Sendable {
  private let pool: InspectorPool
  /// Rules of one's own, which the inspectors judge by.
  let rules: RuleDesk
  /// Passwords that mail speaks of, for other mail of its sender.
  let passwords = PasswordDesk()
  private let scanner: (any Scanner)?
  /// Scanning waits for an answer, each message on a thread.
  private let scanning = BlockingPool(threads: ContentDesk.scansAtOnce)
  private let seconds: Int
  private let hostname: String
  private let shortage = Mutex(Shortage())
  /// What the last canaries should have found and did not.
  private let silent = Mutex<[String]>([])

  /// clamd's own limit is ten (MaxThreads).
  private static let scansAtOnce = 8

  /// Nil where the settings say that nobody looks. `program` is ours, which has the sub-command `inspector`.
  init?(
    _ settings: InspectionSettings, hostname: String, program: String?, clock: any Clock,
    log: EventLog
  ) {
    guard settings.isOn else { return nil }
    var inspectors = InspectorSettings()
    if let processes = settings.processes { inspectors.processes = processes }
    inspectors.deadline = .seconds(settings.seconds)
    inspectors.memory = settings.memory
    if let program { inspectors.program = program }
    rules = RuleDesk(inspectors, settings.folders, log: log)
    pool = rules.inspectors
    scanner = settings.clamd.flatMap { ClamAddress($0) }.map {
      var own = ClamScanner.Settings(address: $0)
      own.probeTime = min(own.probeTime, .seconds(settings.seconds))
      return ClamScanner(own, clock: clock)
    }
    seconds = settings.seconds
    self.hostname = hostname
  }

  /// What inspectors find in what a client sent. Places count from its first octet.
  func inspected(_ draft: Draft, _ context: FactContext) async throws -> InspectionReport {
    try await noting(isNew: true) {
      try await pool.inspect(.mail, context) {
        let content = draft.content
        return try await SealedFile(reading: { try await content.next() })
      }
    }
  }

  /// What inspectors and the scanner find in a message that is here already.
  func report(_ octets: [UInt8], _ context: FactContext) async throws -> InspectionReport {
    async let scanned = scanned(octets)
    return try await noting(isNew: false) { try await pool.inspect(octets, .mail, context) }.adding(
      await scanned)
  }

  /// New mail that no inspector could be had for, and why, until something is inspected.
  private struct Shortage {
    var count = 0
    var reason: NoInspector?
  }

  private func noting(
    isNew: Bool, _ inspect: () async throws -> InspectionReport
  ) async throws -> InspectionReport {
    do {
      let report = try await inspect()
      shortage.withLock { $0.reason = nil }
      return report
    } catch let reason as NoInspector {
      shortage.withLock { $0 = Shortage(count: $0.count + (isNew ? 1 : 0), reason: reason) }
      throw reason
    }
  }

  /// What the scanner says of what a client sent.
  func scanned(_ draft: Draft) async throws -> [Finding] {
    guard scanner != nil else { return [] }
    var octets: [UInt8] = []
    let content = draft.content
    while let piece = try await content.next() { octets += piece }
    return await scanned(octets)
  }

  private func scanned(_ octets: [UInt8]) async -> [Finding] {
    guard let scanner else { return [] }
    return await scanning.run { [seconds] in
      scanner.findings(in: octets, by: .now + .seconds(seconds))
    }
  }

  // MARK: Canaries

  /// Sends what must be caught the way that mail goes, and remembers what was not.
  func sendCanaries() async {
    var missing: [String] = []
    for kind in Canary.Kind.allCases {
      let canary = Canary(kind, domain: hostname, withScanner: scanner != nil)
      // Without an inspector no mail passes, and another warning says so.
      guard let report = try? await report(canary.message, FactContext()) else { continue }
      missing += canary.missing(in: Set(report.findings.map(\.rule)))
    }
    silent.withLock { $0 = missing }
  }

  /// What an administrator should look at.
  var warnings: [String] {
    var warnings = silent.withLock { $0 }.map {
      "a canary that must be caught was not (\($0)): mail passes that should not, look at the log"
    }
    if let reason = shortage.withLock({ $0.reason }) {
      warnings.append("mail can't be looked into and hears 451: \(reason)")
    }
    if let scanner, ![.up, .unknown].contains(scanner.health.state) {
      warnings.append(scanner.health.line(scanner.name))
    }
    return warnings
  }

  /// Files of rules that were refused: the old ones stay, so that mail may still be sent here.
  var notes: [String] { rules.warnings }

  var status: InspectionStatus {
    let own = rules.summary
    return InspectionStatus(
      ownRules: own.rules, yaraRules: own.yara, ruleFaults: own.faults.map(\.line),
      notInspected: shortage.withLock { $0.count },
      scanners: [scanner].compactMap(\.self).map(ScannerStatus.init))
  }

  func close() {
    pool.close()
    scanning.close()
  }
}
