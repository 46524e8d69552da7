import Mail
import Testing

@testable import Gateway

@Suite struct RefusalBudgetTests {
  private let now = Timestamp(microseconds: 1_000_000_000)

  @Test func `a client has so many refusals noted, and some come back with time`() throws {
    var budget = RefusalBudget()
    let client = try #require(IPAddress("192.0.2.1"))
    let noted = (0..<1000).count { _ in budget.spend(client, now: now) }
    #expect(noted == Int(RefusalBudget.burst))
    let (early, late) = (budget.spend(client, now: now + 9), budget.spend(client, now: now + 20))
    #expect(!early && late)
  }

  @Test func `one client's flood leaves the others theirs`() throws {
    var budget = RefusalBudget()
    let (one, other) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("192.0.2.2")))
    for _ in 0..<1000 { _ = budget.spend(one, now: now) }
    let isNoted = budget.spend(other, now: now)
    #expect(isNoted)
  }
}
