/// YARA rules of a folder (`*.yar` and `*.yara`), which may change while the gate runs (`RuleFolder`). Each
/// file has its own namespace, so two may have a rule of one name.
package struct YaraLibrary: Sendable {
  /// All good files together.
  package private(set) var rules: YaraRules?
  private var folder: RuleFolder<RuleSource>?
  /// What is wrong with the good files together.
  private var joint: [RuleFault] = []

  package init(folder: String? = nil) {
    self.folder = folder.map { RuleFolder($0, endings: Self.endings) }
    _ = refresh(waits: false)
  }

  package static let endings = [".yar", ".yara"]

  /// What is wrong now, file by file.
  package var faults: [RuleFault] { (folder?.faults ?? []) + joint }

  /// Looks at the folder and compiles what changed; true when the rules, or what is wrong with them, did. A
  /// look that `waits` takes up what the one before it saw, too.
  package mutating func refresh(waits: Bool) -> Bool {
    let hasChanged =
      folder?.refresh(waits: waits) { source in
        let faults = YaraRules.faults(of: source)
        return faults.isEmpty ? .success(source) : .failure(RuleFaults(faults: faults))
      } ?? false
    guard hasChanged, let sources = folder?.readings else { return hasChanged }
    let (compiled, faults) = YaraRules.together(sources)
    joint = faults
    // What can't stand together leaves what stood before.
    if faults.isEmpty { rules = compiled }
    return true
  }
}
