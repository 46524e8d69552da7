/// What `simulate` prints.
package enum SeedReport {
  /// Runs many seeds; false when one of them failed.
  package static func run(count: UInt64, first: UInt64) -> Bool {
    var (kept, arrivals, failed) = (0, 0, 0)
    for seed in first..<(first + count) {
      let report = SimulatedRun.report(seed: seed)
      kept += report.kept
      arrivals += report.arrivals
      guard !report.violations.isEmpty else { continue }
      failed += 1
      print("seed \(seed): \(report.violations.joined(separator: "; "))")
    }
    print("\(count) seeds, \(kept) messages promised, \(arrivals) arrivals, \(failed) seeds failed")
    return failed == 0
  }

  /// One seed with its trace.
  package static func replay(_ seed: UInt64) {
    let report = SimulatedRun.report(seed: seed, keepsLines: true)
    for line in report.trace.lines { print(line) }
    for violation in report.violations { print("VIOLATION: \(violation)") }
    print("seed \(seed), hash \(String(report.trace.hash, radix: 16))")
  }

  /// The first seed that shows each deliberate bug.
  package static func flaws(limit: UInt64) {
    for flaw in Flaw.allCases {
      let found = (1...limit).lazy.map { SimulatedRun.report(seed: $0, flaw: flaw) }
        .first { !$0.violations.isEmpty }
      let words = found.map { "seed \($0.seed): \($0.violations[0])" } ?? "not found"
      print("\(flaw.rawValue): \(words)")
    }
  }
}
