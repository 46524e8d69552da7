import ArgumentParser
import Gateway
import Spool

/// `kadomori status`: the running gate at a glance.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the running gate is; exits 1 when no mail should be sent to it.",
    discussion: "Example: kadomori status --settings var/kadomori.toml")

  @OptionGroup var file: SettingsFile
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let answer = try ControlClient(try file.load()).ask(ControlRequest(.status))
    guard let status = answer.status else { throw ExitCode(1) }
    if json {
      try printJSON(status)
    } else {
      print("\(status.hostname), up since \(status.startedAt)")
      for place in status.listeners { print("  listens: \(place)") }
      print("  sessions open: \(status.sessions)")
      print("  messages accepted: \(status.accepted), recipients refused: \(status.refused)")
      print(
        "  recipients delivered: \(status.delivered), put off: \(status.deferred), "
          + "given up: \(status.failed)")
      print("  failed logins: \(status.loginFailures)")
      let verdicts = status.verdicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      if !verdicts.isEmpty { print("  looked into: \(verdicts.joined(separator: ", "))") }
      if let inspection = status.inspection { show(inspection) }
      print("  queue: \(status.queued), held: \(status.held), oldest: \(age(status.oldestSeconds))")
      print("  journal: \(status.journal)")
      if status.syncs.all > 0 {
        print(
          "  disk: a sync takes \(bound(of: 0.5, status.syncs)), of a hundred 99 take "
            + "\(bound(of: 0.99, status.syncs)), since the start")
      }
      for warning in status.warnings { print("  WARNING: \(warning)") }
      for note in status.notes { print("  note: \(note)") }
      if status.warnings.isEmpty, status.notes.isEmpty { print("  all is well") }
    }
    if !status.isHealthy { throw ExitCode(1) }
  }

  /// `at most 0.28 ms`.
  private func bound(of part: Double, _ syncs: SyncCounts) -> String {
    let known = syncs.bound(of: part)
    let seconds = known ?? SyncCounts.bounds.last ?? 0
    return "\(known == nil ? "more than" : "at most") \((seconds * 100_000).rounded() / 100) ms"
  }

  private func show(_ inspection: InspectionStatus) {
    print("  rules of your own: \(inspection.ownRules), YARA rules: \(inspection.yaraRules)")
    for scanner in inspection.scanners { print("  scanner: \(printable(scanner.line))") }
  }
}
