/// Rules of one's own beside the shipped ones: TOML of one folder, YARA of another.
package struct UserRules: Sendable {
  package private(set) var library: RuleLibrary
  package private(set) var yara: YaraLibrary

  package init(rules: String? = nil, yara: String? = nil) {
    library = RuleLibrary(folder: rules)
    self.yara = YaraLibrary(folder: yara)
  }

  /// What is wrong now; what those files said before stays on.
  package var faults: [RuleFault] { library.faults + yara.faults }

  /// Looks at both folders; true when something changed.
  package mutating func refresh() -> Bool {
    let (hasRules, hasYara) = (library.refresh(), yara.refresh())
    return hasRules || hasYara
  }
}
