import Mail
import SMTP
import Testing

@testable import Spool

@Suite struct SyncTimesTests {
  @Test func `what half and nearly all syncs kept is told by bounds`() {
    var counts = SyncCounts()
    #expect(counts.bound(of: 0.5) == nil)
    for _ in 0..<98 { counts.add(0.000_3) }
    counts.add(0.02)
    counts.add(60)
    #expect(counts.all == 100 && counts.counts.last == 1)
    #expect(counts.bound(of: 0.5) == 0.000_4)
    #expect(counts.bound(of: 0.99) == 0.025)
    #expect(counts.bound(of: 1) == nil)
    #expect(abs(counts.seconds - 60.0494) < 0.000_1)
  }

  @Test func `a sync that fails is no time of the disk`() {
    let times = SyncTimes()
    #expect(throws: FileFailure.self) {
      try times.time { () throws(FileFailure) in
        throw FileFailure(operation: "sync", path: "test", code: 5)
      }
    }
    #expect(times.now.all == 0)
    #expect(throws: Never.self) { try times.time {} }
    #expect(times.now.all == 1)
  }
}
