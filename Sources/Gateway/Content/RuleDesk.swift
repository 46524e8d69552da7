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

  private struct Contents {
    var folders: RuleFolders
    var rules: UserRules
  }

  /// Only `look` and `use` take it, and they may take their time.
  private let contents: Mutex<Contents>
  private let seen = Mutex(Summary())
  private let pool: InspectorPool
  private let log: EventLog

  /// The pool has what the folders say at the start.
  init(_ settings: InspectorSettings, _ folders: RuleFolders, log: EventLog) {
    let rules = UserRules(rules: folders.rules, yara: folders.yara)
    contents = Mutex(Contents(folders: folders, rules: rules))
    pool = InspectorPool(settings, rules: InspectorRules(rules))
    self.log = log
    if folders != RuleFolders() { tell(rules) }
  }

  var inspectors: InspectorPool { pool }
  var summary: Summary { seen.withLock { $0 } }

  /// Looks for changes: some names and stamps, and what changed is read. Blocks.
  func look() {
    contents.withLock { contents in
      if contents.rules.refresh() { hand(contents.rules) }
    }
  }

  /// The settings may name other folders now.
  func use(_ folders: RuleFolders) {
    contents.withLock { contents in
      if contents.folders == folders {
        if contents.rules.refresh() { hand(contents.rules) }
        return
      }
      contents.folders = folders
      contents.rules = UserRules(rules: folders.rules, yara: folders.yara)
      hand(contents.rules)
    }
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
