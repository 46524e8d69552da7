import Testing

@testable import Simulation

@Suite struct SimulationTests {
  @Test func `nothing accepted is lost in 500 lives of misfortune`() {
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

  @Test(arguments: Flaw.allCases)
  func `a deliberate bug is found within 1,000 seeds`(flaw: Flaw) {
    let found = (1...1000).lazy.contains { seed in
      !SimulatedRun.report(seed: seed, flaw: flaw).violations.isEmpty
    }
    #expect(found)
  }
}
