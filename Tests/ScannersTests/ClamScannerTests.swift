import Inspection
import Mail
import Testing
import Vectors

@testable import Scanners

/// A clock that stands.
private struct StandingClock: Clock {
  let moment: Timestamp
  func now() -> Timestamp { moment }
}

@Suite struct ClamScannerTests {
  private static let version = "{n}: ClamAV 1.4.6/27830/Mon Nov 24 09:26:31 2025\0"
  private static let found = "{n}: stream: Test.EICAR FOUND\0"
  private static let clean = "{n}: stream: OK\0"

  /// Only who waits for an answer that does not come is out of patience soon: machines may be busy.
  private static let patience = Duration.seconds(30)
  private static let impatience = Duration.milliseconds(300)

  private func scanner(
    _ path: String, days: Int64 = 1, _ patience: Duration = patience
  ) -> ClamScanner {
    var settings = ClamScanner.Settings(address: .local(path))
    settings.probeTime = patience
    let moment = Timestamp(microseconds: (1_763_976_391 + days * 86400) * 1_000_000)
    return ClamScanner(settings, clock: StandingClock(moment: moment))
  }

  /// The rules found, and how the scanner is held to be, with these answers to version, test file and scan.
  private func outcome(
    _ answers: [String?], days: Int64 = 1, octets: [UInt8] = [1, 2, 3],
    _ patience: Duration = patience
  ) throws -> (rules: [String], state: ScannerHealth.State) {
    let fake = try FakeClam { _ in answers }
    defer { fake.stop() }
    let scanner = scanner(fake.path, days: days, patience)
    let found = scanner.findings(in: octets, by: .now + patience)
    return (found.map(\.rule), scanner.health.state)
  }

  @Test func `clean is nothing, malware is a finding with its name`() throws {
    #expect(try outcome([Self.version, Self.found, Self.clean]) == ([], .up))
    #expect(try outcome([Self.version, Self.found, Self.found]) == (["malware.clamd"], .up))
    let limits = "{n}: stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0"
    #expect(try outcome([Self.version, Self.found, limits]) == (["scanner.limits"], .up))
  }

  @Test func `a scanner whose signatures are old or broken says so beside its answer`() throws {
    let stale = try outcome([Self.version, Self.found, Self.clean], days: 30)
    #expect(stale == (["scanner.stale"], .stale))
    let blind = try outcome([Self.version, Self.clean, Self.clean])
    #expect(blind == (["scanner.blind"], .blind))
  }

  @Test func `no answer in time is slow, for the probe and for the scan`() throws {
    let slow = try outcome([Self.version, Self.found, nil], Self.impatience)
    #expect(slow == (["scanner.slow"], .slow))
    #expect(try outcome([nil], Self.impatience).state == .slow)
  }

  @Test(arguments: [
    "{n}: nonsense\0", "9: stream: OK\0", "{n}: stream: OK\0 more", "{n}: stream: O",
    String(repeating: "x", count: 10_000), "\0", "\u{1B}\0",
  ])
  func `garbage, half an answer and too much of it count as no answer`(answer: String) throws {
    let (rules, _) = try outcome([Self.version, Self.found, answer], Self.impatience)
    #expect(rules == ["scanner.down"] || rules == ["scanner.slow"])
  }

  @Test func `a scanner's own error and a stream too long are told apart`() throws {
    #expect(
      try outcome([Self.version, Self.found, "{n}: broken ERROR\0"]).rules == ["scanner.error"])
    let large = "{n}: INSTREAM size limit exceeded. ERROR\0"
    #expect(try outcome([Self.version, Self.found, large]).rules == ["scanner.too-large"])
  }

  @Test func `nobody there is down`() {
    let scanner = scanner("/nonexistent/clamd.ctl")
    #expect(scanner.findings(in: [1], by: .now + .seconds(1)).map(\.rule) == ["scanner.down"])
    #expect(scanner.health.state == .down)
    #expect(scanner.health.failures == 1)
  }

  @Test func `a session that was closed meanwhile is replaced`() throws {
    // The first connection answers two commands and closes; the scan needs another.
    let answers: @Sendable (Int) -> [String?] = {
      $0 == 0 ? [Self.version, Self.found] : [Self.clean, Self.clean]
    }
    let fake = try FakeClam(answers)
    defer { fake.stop() }
    let scanner = scanner(fake.path)
    #expect(scanner.findings(in: [1], by: .now + Self.patience).isEmpty)
    #expect(scanner.findings(in: [2], by: .now + Self.patience).isEmpty)
    #expect(scanner.health.scans == 2)
  }

  @Test func `many chunks arrive as one`() throws {
    let large = [UInt8](repeating: 7, count: 3 * ClamConnection.chunkSize + 5)
    #expect(try outcome([Self.version, Self.found, Self.clean], octets: large).rules.isEmpty)
  }

  @Test func `a canary is missed when one of its rules is`() {
    let canary = Canary(.eicar, domain: "gate.example.jp", withScanner: true)
    #expect(canary.missing(in: ["malware.eicar", "malware.clamd"]).isEmpty)
    #expect(canary.missing(in: ["malware.eicar"]) == ["malware.clamd"])
    let message = Message(canary.message)
    #expect(message.defects.isEmpty)
    let leaf = message.leaves[0].reading
    #expect(message.content(of: leaf).octets == TestTexts.eicar)
    let gtube = Canary(.gtube, domain: "gate.example.jp", withScanner: true)
    #expect(Message(gtube.message).defects.isEmpty)
    #expect(gtube.missing(in: []) == ["spam.gtube"])
  }
}
