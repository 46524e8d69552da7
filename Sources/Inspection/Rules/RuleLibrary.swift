/// The shipped rules and those of a folder (`*.toml`, in the order of their names), which may change while
/// the gate runs (`RuleFolder`).
package struct RuleLibrary: Sendable {
  package private(set) var book = RuleBook(ShippedRules.files)
  private var folder: RuleFolder<Kept>?

  /// A file, and how it is written.
  private struct Kept: Sendable {
    let file: RuleFile
    let source: RuleSource
  }

  package init(folder: String? = nil) {
    self.folder = folder.map { RuleFolder($0, endings: Self.endings) }
    _ = refresh(waits: false)
  }

  package static let endings = [".toml"]

  /// What is wrong now, file by file.
  package var faults: [RuleFault] { folder?.faults ?? [] }

  /// The folder's files as they hold now, for those who can't read it.
  package var sources: [RuleSource] { folder?.readings.map(\.source) ?? [] }

  /// Rules that the folder adds or puts in the place of shipped ones.
  package var ownCount: Int { folder?.readings.reduce(0) { $0 + $1.file.rules.count } ?? 0 }

  /// Looks at the folder and reads what changed; true when the rules, or what is wrong with them, did. A
  /// look that `waits` takes up what the one before it saw, too.
  package mutating func refresh(waits: Bool) -> Bool {
    let hasChanged =
      folder?.refresh(waits: waits) { source in
        RuleFile.read(source.text, name: source.name).map { Kept(file: $0, source: source) }
      } ?? false
    if hasChanged {
      book = RuleBook(ShippedRules.files + (folder?.readings.map(\.file) ?? []))
    }
    return hasChanged
  }
}

extension RuleBook {
  /// The shipped rules and more files, which were read before; what is wrong with one leaves it out.
  package init(adding sources: [RuleSource]) {
    let files = sources.compactMap { try? RuleFile.read($0.text, name: $0.name).get() }
    self.init(ShippedRules.files + files)
  }
}
