/// What has been spent of the budgets.
struct Ledger {
  private let budgets: Budgets
  private let rootSize: Int
  private(set) var count = 0
  private(set) var octets = 0
  private(set) var work = 0
  /// Octets that are open now.
  private(set) var held = 0

  init(_ budgets: Budgets, rootSize: Int) {
    self.budgets = budgets
    self.rootSize = rootSize
  }

  /// Octets that the next entry may have, and which bound that is.
  var ceiling: (octets: Int, bound: DocumentDefect.Kind) {
    let bounds: [(Int, DocumentDefect.Kind)] = [
      (budgets.entry, .limitEntry),
      (budgets.octets - octets, .limitOctets),
      (max(budgets.ratioFloor, budgets.ratio * rootSize) - octets, .limitRatio),
      (budgets.memory - held, .limitMemory),
    ]
    let least = bounds.min { $0.0 < $1.0 } ?? (0, .limitOctets)
    return (max(0, least.0), least.1)
  }

  /// The bound that forbids to read anything more; nil while there is room.
  var exhausted: DocumentDefect.Kind? {
    if count >= budgets.count { return .limitCount }
    if work >= budgets.work || budgets.isTimeUp() { return .limitTime }
    let ceiling = ceiling
    return ceiling.octets == 0 ? ceiling.bound : nil
  }

  mutating func countOne() { count += 1 }
  mutating func produced(_ number: Int) { octets += number }
  mutating func worked(_ number: Int) { work += number }
  mutating func hold(_ number: Int) { held += number }
  mutating func release(_ number: Int) { held -= number }
}
