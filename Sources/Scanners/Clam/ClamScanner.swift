package import Inspection
package import Mail
import Synchronization

/// Asks clamd. Sessions are kept and used again; each scan has a deadline.
///
/// Every `probeInterval` it is asked what it is, and given the EICAR file: signatures that are missing,
/// half-loaded or old show before malware passes.
package final class ClamScanner: Scanner {
  /// Sessions kept for the next scan: as many as scan at once in a busy moment.
  private static let idleLimit = 16
  /// clamd closes sessions that idle for 30 s (IdleTimeout); ours go before.
  private static let idleTime = Duration.seconds(20)

  package let name = "clamd"
  private let settings: Settings
  private let clock: any Clock
  private let state = Mutex(State())

  /// How clamd is asked.
  package struct Settings: Sendable {
    package var address: ClamAddress
    /// Signatures older than this are a finding. They come several times a day.
    package var maximumAgeDays = 7
    /// Octets that are sent: clamd's StreamMaxLength is 100 MB, and what is beyond it is not read.
    package var sizeLimit = 100 << 20
    package var probeInterval = Duration.seconds(300)
    /// How long a probe may take.
    package var probeTime = Duration.seconds(10)

    package init(address: ClamAddress) { self.address = address }
  }

  private struct State {
    var idle: [ClamConnection] = []
    var health = ScannerHealth()
    var lastProbe: ContinuousClock.Instant?
  }

  package init(_ settings: Settings, clock: any Clock) {
    self.settings = settings
    self.clock = clock
  }

  package var health: ScannerHealth { state.withLock { $0.health } }

  package func findings(
    in octets: [UInt8], by deadline: ContinuousClock.Instant
  ) -> [Finding] {
    probeIfDue()
    guard octets.count <= settings.sizeLimit else { return [ClamFindings.tooLarge] }
    let outcome = scan(octets, by: deadline)
    return ClamFindings.of(outcome) + ClamFindings.of(count(outcome))
  }

  private func scan(_ octets: [UInt8], by deadline: ContinuousClock.Instant) -> ScanOutcome {
    outcome(by: deadline) { connection throws(ClamConnection.Fault) in
      try connection.scan(octets, by: deadline)
    }
  }

  /// One command on a kept session, and once more on a new one if that was gone.
  private func outcome(
    by deadline: ContinuousClock.Instant,
    _ ask: (ClamConnection) throws(ClamConnection.Fault) -> ClamReply
  ) -> ScanOutcome {
    if let kept = takeIdle(), let reply = try? ask(kept) {
      keep(kept)
      return .reply(reply)
    }
    do throws(ClamConnection.Fault) {
      let connection = try ClamConnection(settings.address, by: deadline)
      let reply = try ask(connection)
      keep(connection)
      return .reply(reply)
    } catch { return .fault(error) }
  }

  private func takeIdle() -> ClamConnection? {
    state.withLock { state in
      let limit = ContinuousClock.now - Self.idleTime
      state.idle.removeAll { $0.lastUse < limit }
      return Kept(state.idle.popLast())
    }.connection
  }

  private func keep(_ connection: ClamConnection) {
    let kept = Kept(connection)
    state.withLock { state in
      guard let connection = kept.connection, connection.isUsable,
        state.idle.count < Self.idleLimit
      else { return }
      state.idle.append(connection)
    }
  }

  private func count(_ outcome: ScanOutcome) -> ScannerHealth {
    state.withLock { state in
      state.health.scans += 1
      switch outcome {
      case .reply(.found): state.health.malware += 1
      case .reply(.clean), .reply(.tooLarge): break
      default: state.health.failures += 1
      }
      if let (trouble, reason) = outcome.trouble {
        (state.health.state, state.health.reason) = (trouble, reason)
        // It is asked again as soon as somebody wants something.
        state.lastProbe = nil
      }
      return state.health
    }
  }

  // MARK: Probes

  private func probeIfDue() {
    let isDue = state.withLock { state in
      // Until it is known how it is, whoever asks waits for that: its answer may be worth nothing.
      let isKnown = state.health.state != .unknown
      let isDue = state.lastProbe.map { !isKnown || $0 + settings.probeInterval < .now } ?? true
      if isDue { state.lastProbe = .now }
      return isDue
    }
    if isDue { probe() }
  }

  /// Asks what it is and shows it the test file; the answer is the new health.
  @discardableResult
  package func probe() -> ScannerHealth {
    let deadline = ContinuousClock.now + settings.probeTime
    let version = outcome(by: deadline) { connection throws(ClamConnection.Fault) in
      try connection.version(by: deadline)
    }
    let test = version.trouble == nil ? scan(TestTexts.eicar, by: deadline) : version
    return state.withLock { state in
      (state.health.state, state.health.reason) = judge(version, test, &state.health)
      return state.health
    }
  }

  private func judge(
    _ version: ScanOutcome, _ test: ScanOutcome, _ health: inout ScannerHealth
  ) -> (ScannerHealth.State, String) {
    if let trouble = version.trouble ?? test.trouble { return trouble }
    guard case .reply(.version(let told)) = version else {
      return (.down, "it does not tell its version")
    }
    health.version = Finding.printable(told.program, limit: 80)
    health.signatureSeconds = told.databaseSeconds
    guard case .reply(.found) = test else {
      return (.blind, "it does not find the EICAR test file")
    }
    guard let seconds = told.databaseSeconds else { return (.up, "") }
    let days = (clock.now().seconds - seconds) / 86400
    return days > settings.maximumAgeDays
      ? (.stale, "its signatures are \(days) days old") : (.up, "")
  }
}

/// Sessions go from thread to thread, one at a time: whoever took one out of the list has it alone.
private struct Kept: @unchecked Sendable {
  let connection: ClamConnection?

  init(_ connection: ClamConnection?) { self.connection = connection }
}

/// What came of asking.
enum ScanOutcome {
  case reply(ClamReply)
  case fault(ClamConnection.Fault)

  /// What that says of the scanner, if it is not well.
  var trouble: (ScannerHealth.State, String)? {
    switch self {
    case .reply(.error(let text)): (.down, Finding.printable(text, limit: 100))
    case .reply: nil
    case .fault(.timeout): (.slow, "it did not answer in time")
    case .fault(.unreachable(let why)): (.down, why)
    case .fault(.closed): (.down, "it closed the connection")
    case .fault(.garbage): (.down, "it said what no clamd says")
    }
  }
}
