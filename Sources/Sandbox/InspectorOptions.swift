/// How an inspector's process is started: words behind `kadomori inspector`.
package struct InspectorOptions: Hashable, Sendable {
  /// Address space beyond what the program itself maps.
  package var memory = 256 << 20
  /// CPU time of all its messages together: a second net under the gate's own clock.
  package var cpuSeconds = 3600
  /// Whether it does what the tests of its cell ask for.
  package var obeysTests = false

  package init() {}

  /// The sub-command that no help names.
  package static let word = "inspector"

  package var arguments: [String] {
    let words = ["--memory", "\(memory)", "--cpu", "\(cpuSeconds)"]
    return obeysTests ? words + ["--obey-tests"] : words
  }

  /// Nil for words that it does not know.
  package init?(_ words: some Sequence<String>) {
    var words = words.makeIterator()
    while let word = words.next() {
      switch word {
      case "--memory":
        guard let value = words.next().flatMap({ Int($0) }), value > 0 else { return nil }
        memory = value
      case "--cpu":
        guard let value = words.next().flatMap({ Int($0) }), value > 0 else { return nil }
        cpuSeconds = value
      case "--obey-tests": obeysTests = true
      default: return nil
      }
    }
  }
}
