/// Rules of one's own beside the shipped ones: TOML of one folder, YARA of another.
package struct UserRules: Sendable {
  package private(set) var library: RuleLibrary
  package private(set) var yara: YaraLibrary
  private var folders: [String?]

  package init(rules: String? = nil, yara: String? = nil) {
    library = RuleLibrary(folder: rules)
    self.yara = YaraLibrary(folder: yara)
    folders = [rules, yara]
  }

  /// What is wrong now; what those files said before stays on.
  package var faults: [RuleFault] { library.faults + yara.faults }

  /// Looks at both folders, as one who comes again; true when something changed.
  package mutating func refresh() -> Bool { refresh(waits: true) }

  /// Takes up what is there now, in other folders perhaps; true when something changed. A folder that is the
  /// same as before keeps what its bad files said when they were good.
  package mutating func use(rules: String?, yara: String?) -> Bool {
    let before = folders
    folders = [rules, yara]
    if before[0] != rules { library = RuleLibrary(folder: rules) }
    if before[1] != yara { self.yara = YaraLibrary(folder: yara) }
    return refresh(waits: false) || before != folders
  }

  private mutating func refresh(waits: Bool) -> Bool {
    let (hasRules, hasYara) = (library.refresh(waits: waits), yara.refresh(waits: waits))
    return hasRules || hasYara
  }
}
