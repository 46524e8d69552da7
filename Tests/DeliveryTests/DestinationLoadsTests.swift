import Mail
import Relay
import SMTP
import Testing

@testable import Delivery

@Suite struct DestinationLoadsTests {
  private let place = Destination.lmtp(RouteHost(name: "h", port: 24))
  private let now = Timestamp(microseconds: 1_800_000_000_000_000)

  private func id(_ number: Int) -> TraceID {
    TraceID(milliseconds: UInt64(number), random: 0 as UInt32)
  }

  @Test func `a destination bears more with success, and who waits is woken`() {
    var loads = DestinationLoads(ceiling: 8)
    for number in 0..<5 { #expect(loads.enter(place, id(number), now: now) == .open) }
    #expect(loads.enter(place, id(5), now: now) == .full)
    #expect(loads.enter(place, id(6), now: now) == .full)
    #expect(loads.leave(place, trouble: nil, now: now) == [id(5), id(6)])
    #expect(loads.enter(place, id(5), now: now) == .open)
    #expect(loads.enter(place, id(6), now: now) == .open)
    #expect(loads.enter(place, id(7), now: now) == .full)
  }

  @Test func `trouble closes the door for a while that doubles, one success opens it`() {
    var loads = DestinationLoads(ceiling: 8)
    #expect(loads.enter(place, id(0), now: now) == .open)
    _ = loads.leave(place, trouble: "refused", now: now)
    #expect(loads.enter(place, id(1), now: now + 29) == .closed(until: now + 30, why: "refused"))
    #expect(loads.enter(place, id(1), now: now + 30) == .open)
    _ = loads.leave(place, trouble: "refused", now: now + 30)
    #expect(loads.enter(place, id(1), now: now + 89) == .closed(until: now + 90, why: "refused"))
    #expect(loads.enter(place, id(1), now: now + 90) == .open)
    _ = loads.leave(place, trouble: nil, now: now + 90)
    #expect(loads.enter(place, id(1), now: now + 91) == .open)
  }

  @Test func `trouble wakes all who wait, so that each learns its own next time`() {
    var loads = DestinationLoads(ceiling: 1)
    #expect(loads.enter(place, id(0), now: now) == .open)
    for number in 1...3 { #expect(loads.enter(place, id(number), now: now) == .full) }
    #expect(loads.leave(place, trouble: "x", now: now) == [id(1), id(2), id(3)])
  }
}
