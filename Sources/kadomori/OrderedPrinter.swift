/// Prints lines in the order of their numbers, whenever they come.
struct OrderedPrinter {
  private var next = 0
  /// Nil where nothing is to be printed.
  private var early: [Int: String?] = [:]

  /// Lines that wait for an earlier one.
  var waiting: Int { early.count }

  mutating func print(_ index: Int, _ line: String?, _ progress: ProgressBar) {
    early[index] = .some(line)
    while let line = early.removeValue(forKey: next) {
      next += 1
      if let line { progress.around { Swift.print(line) } }
    }
  }
}
