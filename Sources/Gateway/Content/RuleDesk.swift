import Inspection
import Sandbox
import Settings
import Synchronization

/// Rules of one's own while the gate runs: looks at their folders, hands the inspectors what is good, and
/// tells what is wrong. A bad file costs its own change: what it said before stays on.
final class RuleDesk: Sendable {
  /// What there is now, for status and metrics.
  struct Summary: Sendable {
    /// Rules of one's own in TOML and in YARA.
    var rules = 0
    var yara = 0
    var faults: [RuleFault] = []
  }

  /// Only `look` and `use` take it, and they may take their time.
  private let rules: Mutex<UserRules>
  private let seen = Mutex(Summary())
  private let pool: InspectorPool
  private let log: EventLog

  /// The pool has what the folders say at the start.
  init(_ settings: InspectorSettings, _ folders: RuleFolders, log: EventLog) {
    let rules = UserRules(rules: folders.rules, yara: folders.yara)
    self.rules = Mutex(rules)
    pool = InspectorPool(settings, rules: InspectorRules(rules))
    self.log = log
    if folders != RuleFolders() { tell(rules) }
  }

  var inspectors: InspectorPool { pool }
  var summary: Summary { seen.withLock { $0 } }

  /// Looks for changes: some names and stamps, and what changed is read when a second look sees the same.
  /// Blocks.
  func look() {
    rules.withLock { if $0.refresh() { hand($0) } }
  }

  /// The settings may name other folders now; and whoever reloads has written what he meant to.
  func use(_ folders: RuleFolders) {
    rules.withLock { if $0.use(rules: folders.rules, yara: folders.yara) { hand($0) } }
  }

  private func hand(_ rules: UserRules) {
    if !pool.use(InspectorRules(rules)) {
      log.write("rules", ["why": "no memory for new rules; inspectors keep those they have"])
    }
    tell(rules)
  }

  private func tell(_ rules: UserRules) {
    let summary = Summary(
      rules: rules.library.ownCount, yara: rules.yara.rules?.count ?? 0, faults: rules.faults)
    seen.withLock { $0 = summary }
    log.write(
      "rules", ["own": "\(summary.rules)", "yara": "\(summary.yara)"])
    for fault in summary.faults {
      log.write("rules", ["refused": Finding.printable(fault.line, limit: 300)])
    }
  }

  /// Faults that a warning names.
  private static let namedFaults = 5

  var warnings: [String] {
    let faults = summary.faults
    let more = faults.count - Self.namedFaults
    let named = faults.prefix(Self.namedFaults).map {
      "a rule file is refused, and what it said before stays on: "
        + Finding.printable($0.line, limit: 300)
    }
    return named + (more > 0 ? ["\(more) more faults in rule files"] : [])
  }
}
