import Testing

@testable import Simulation

/// One after the other: each keeps a core busy.
@Suite(.serialized) struct SimulationTests {
  @Test func `nothing accepted is lost in 500 seeds of misfortune`() {
    for seed in 1...500 as ClosedRange<UInt64> {
      let report = SimulatedRun.report(seed: seed)
      #expect(report.violations.isEmpty, "make sim SEED=\(seed): \(report.violations)")
    }
  }

  @Test func `a seed replays event by event`() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let first = SimulatedRun.report(seed: seed)
      #expect(SimulatedRun.report(seed: seed).trace.hash == first.trace.hash, "seed \(seed)")
    }
  }

  /// Each with a seed shortly before the first that shows it (`simulate flaws`), all below 1,000.
  @Test(
    arguments: [
      (Flaw.acceptsBeforeSync, 1), (.skipsDirectorySync, 1), (.recordsBeforeBody, 1),
      (.ignoresChecksums, 120), (.losesCopies, 140), (.splitsCommits, 45),
      (.trustsUnsyncedNames, 1), (.retiresInAnyOrder, 230),
    ] as [(Flaw, UInt64)])
  func `a deliberate bug is found within 1,000 seeds`(flaw: Flaw, first: UInt64) {
    let found = (first...1000).lazy.contains { seed in
      !SimulatedRun.report(seed: seed, flaw: flaw).violations.isEmpty
    }
    #expect(found)
  }
}
