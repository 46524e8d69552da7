import Delivery
import Journal
import Mail
import Synchronization

/// A day by UTC, as daily reports are about one.
struct ReportDay: Hashable, Comparable, Sendable {
  /// Days since 1970.
  let number: Int

  static let seconds = 86_400

  init(number: Int) { self.number = number }

  init(of moment: Timestamp) { number = Int(moment.seconds) / Self.seconds }

  var begin: Timestamp { Timestamp(microseconds: Int64(number * Self.seconds) * 1_000_000) }
  /// The last second within.
  var end: Timestamp { begin + (Self.seconds - 1) }

  static func < (left: ReportDay, right: ReportDay) -> Bool { left.number < right.number }
}

/// Something that is told once a day about the day before.
protocol DailyReport: Sendable {
  /// Its name in the journal; never changed, or a day is told twice.
  var name: String { get }

  /// Tells of a day, and says whether all of it was told. What fails for one domain is logged and does not
  /// stop the others. Called again while that is false and when the gate ended before it returned: it drops
  /// what it has sent.
  func send(_ day: ReportDay) async -> Bool
}

/// Sends each daily report some time after midnight, and what was missed while the gate was down.
///
/// What could not be told of yesterday is tried again each hour, as long as it is yesterday's; then it has
/// one last try (RFC 8460 §5.5 asks for a day of tries).
final class DailyReports: Sendable {
  /// Days back that are still told.
  static let missedLimit = 3
  /// Minutes after midnight within which a gate's moment lies: not all gates report at once.
  private static let spreadMinutes = 120

  private let reports: [any DailyReport]
  private let journal: Journal
  private let blocking: BlockingPool
  private let clock: any Clock
  private let delaySeconds: Int
  /// When what could not be told is tried again.
  private let pauses = Mutex<[String: Timestamp]>([:])
  private static let pauseSeconds = 3600

  /// `hostname` chooses the moment, always the same.
  init(
    _ reports: [any DailyReport], journal: Journal, blocking: BlockingPool, clock: any Clock,
    hostname: String
  ) {
    self.reports = reports
    self.journal = journal
    self.blocking = blocking
    self.clock = clock
    let sum = hostname.utf8.reduce(0) { ($0 * 31 + Int($1)) % 100_003 }
    delaySeconds = 60 * (5 + sum % Self.spreadMinutes)
  }

  /// Sends what is due now; called each minute.
  func sendDue() async {
    let yesterday = ReportDay(of: clock.now() + -delaySeconds).number - 1
    for report in reports {
      let pause = pauses.withLock { $0[report.name] }
      if let pause, pause > clock.now() { continue }
      await sendDue(report, yesterday)
    }
  }

  private func sendDue(_ report: any DailyReport, _ yesterday: Int) async {
    let name = report.name
    await journal.flush()
    let last = await blocking.run { [journal] in
      journal.dropTallies(name, before: yesterday - Self.missedLimit + 1)
      if let last = journal.lastDay(of: name) { return last }
      // The first day of all begins the count, told or not.
      journal.noteDay(yesterday - 1, of: name)
      return yesterday - 1
    }
    let first = max(last + 1, yesterday - Self.missedLimit + 1)
    guard first <= yesterday else { return }
    for number in first...yesterday {
      if Task.isCancelled { return }
      guard await report.send(ReportDay(number: number)) || number < yesterday else {
        let next = clock.now() + Self.pauseSeconds
        return pauses.withLock { $0[name] = next }
      }
      await blocking.run { [journal] in journal.noteDay(number, of: name) }
    }
    pauses.withLock { $0[name] = nil }
  }
}
