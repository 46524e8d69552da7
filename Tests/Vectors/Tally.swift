import Testing

/// What a suite came to: printed, and held against the departures that are argued for.
package struct Tally {
  package let name: String
  package private(set) var passed = 0
  package private(set) var departures: [String] = []
  private var notes: [String] = []

  package init(_ name: String) { self.name = name }

  /// Cases counted so far.
  package var all: Int { passed + departures.count }

  /// `argument` is why a departure is right; without one it is a fault of ours, and recorded as one.
  package mutating func count(_ isRight: Bool, _ what: String, _ argument: String? = nil) {
    if isRight { return passed += 1 }
    let what = what.replacing("\r\n", with: "⏎")
    departures.append(argument.map { "\(what): \($0)" } ?? what)
    if argument == nil { Issue.record("\(name): \(what)") }
  }

  /// Something worth knowing that is no departure.
  package mutating func note(_ what: String) { notes.append(what) }

  package func report() {
    print("suite \(name): \(passed) of \(all)")
    for what in notes { print("  \(what)") }
    for what in departures { print("  departs: \(what)") }
    if passed == 0 { Issue.record("\(name) has no case that is met") }
  }
}
