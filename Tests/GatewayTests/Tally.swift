import Testing

/// What a suite came to: printed, and held against the departures that are argued for.
struct Tally {
  let name: String
  private var passed = 0
  private var failed: [String] = []

  init(_ name: String) { self.name = name }

  /// `argument` is why a departure is right; without one it is a fault.
  mutating func count(_ isRight: Bool, _ what: String, _ argument: String? = nil) {
    if isRight { return passed += 1 }
    failed.append(argument.map { "\(what): \($0)" } ?? what)
    if argument == nil { Issue.record("\(name): \(what)") }
  }

  func report() {
    print("suite \(name): \(passed) of \(passed + failed.count)")
    for what in failed { print("  departs: \(what)") }
    #expect(passed > 0, "\(name) has no case that is met")
  }
}
