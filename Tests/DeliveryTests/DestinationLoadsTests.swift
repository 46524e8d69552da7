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

  private func calls(_ numbers: Int..., at: Timestamp) -> [DestinationLoads.Call] {
    numbers.map { .init(id: id($0), at: at) }
  }

  @Test func `a destination bears more with success, and who waits is called`() {
    var loads = DestinationLoads(ceiling: 8)
    for number in 0..<5 { #expect(loads.enter(place, id(number), now: now) == .open) }
    for number in 5...6 { #expect(loads.enter(place, id(number), now: now) == .full) }
    #expect(loads.leave(place, trouble: nil, now: now) == calls(5, 6, at: now))
    #expect(loads.enter(place, id(5), now: now) == .open)
    #expect(loads.enter(place, id(6), now: now) == .open)
    #expect(loads.enter(place, id(7), now: now) == .full)
  }

  @Test func `trouble closes the door for a while that doubles, one success opens it`() {
    var loads = DestinationLoads(ceiling: 8)
    #expect(loads.enter(place, id(0), now: now) == .open)
    _ = loads.leave(place, trouble: "refused", now: now)
    #expect(
      loads.enter(place, id(1), now: now + 29)
        == .closed(until: now + 30, why: "refused", isProbe: true))
    #expect(
      loads.enter(place, id(2), now: now + 29)
        == .closed(until: now + 30, why: "refused", isProbe: false))
    #expect(loads.enter(place, id(1), now: now + 30) == .open)
    #expect(loads.leave(place, trouble: "refused", now: now + 30) == calls(2, at: now + 90))
    #expect(loads.enter(place, id(2), now: now + 90) == .open)
    _ = loads.leave(place, trouble: nil, now: now + 90)
    #expect(loads.enter(place, id(1), now: now + 91) == .open)
  }

  @Test func `attempts that fail together are one trouble`() {
    var loads = DestinationLoads(ceiling: 20)
    for number in 0..<5 { #expect(loads.enter(place, id(number), now: now) == .open) }
    for _ in 0..<5 { _ = loads.leave(place, trouble: "no name server", now: now + 3) }
    #expect(loads.enter(place, id(9), now: now + 33) == .open)
  }

  @Test func `trouble leaves who waits where he is, but for one who looks again`() {
    var loads = DestinationLoads(ceiling: 1)
    #expect(loads.enter(place, id(0), now: now) == .open)
    for number in 1...3 { #expect(loads.enter(place, id(number), now: now) == .full) }
    #expect(loads.leave(place, trouble: "x", now: now) == calls(1, at: now + 30))
    #expect(loads.enter(place, id(1), now: now + 30) == .open)
    #expect(loads.leave(place, trouble: nil, now: now + 30) == calls(2, at: now + 30))
  }

  @Test func `a message is parked once, however often it comes`() {
    var loads = DestinationLoads(ceiling: 1)
    #expect(loads.enter(place, id(0), now: now) == .open)
    for _ in 1...3 { #expect(loads.enter(place, id(1), now: now) == .full) }
    #expect(loads.leave(place, trouble: nil, now: now) == calls(1, at: now))
    #expect(loads.enter(place, id(1), now: now) == .open)
    #expect(loads.leave(place, trouble: nil, now: now) == [])
  }
}
