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

  /// A destination with a success behind it.
  private func proven(ceiling: Int, _ destination: Destination? = nil) -> DestinationLoads {
    var loads = DestinationLoads(ceiling: ceiling)
    _ = loads.enter(destination ?? place, id(1_000_000), now: now)
    _ = loads.leave(id(1_000_000), .spoke, now: now)
    return loads
  }

  private func place(_ number: Int) -> Destination {
    .lmtp(RouteHost(name: "h\(number)", port: 24))
  }

  @Test func `a destination bears more with success, and who waits is called`() {
    var loads = DestinationLoads(ceiling: 8)
    for number in 0..<5 {
      #expect(loads.enter(place, id(number), now: now) == .open(isAside: true))
    }
    for number in 5...6 { #expect(loads.enter(place, id(number), now: now) == .full) }
    #expect(loads.leave(id(0), .spoke, now: now) == calls(5, 6, at: now))
    #expect(loads.enter(place, id(5), now: now) == .open(isAside: false))
    #expect(loads.enter(place, id(6), now: now) == .open(isAside: false))
    #expect(loads.enter(place, id(7), now: now) == .full)
  }

  @Test func `why a destination is left alone is known until it is not`() {
    var loads = DestinationLoads(ceiling: 8)
    #expect(loads.pause(of: place, now: now) == nil)
    _ = loads.enter(place, id(0), now: now)
    _ = loads.leave(id(0), .trouble("refused"), now: now)
    let pause = loads.pause(of: place, now: now + 29)
    #expect(pause?.until == now + 30 && pause?.why == "refused")
    #expect(loads.pause(of: place(1), now: now + 29) == nil)
    #expect(loads.pause(of: place, now: now + 30) == nil)
  }

  @Test func `trouble closes the door for a while that doubles, one success opens it`() {
    var loads = DestinationLoads(ceiling: 8)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: true))
    _ = loads.leave(id(0), .trouble("refused"), now: now)
    #expect(
      loads.enter(place, id(1), now: now + 29)
        == .closed(until: now + 30, why: "refused", isProbe: true))
    #expect(
      loads.enter(place, id(2), now: now + 29)
        == .closed(until: now + 30, why: "refused", isProbe: false))
    #expect(loads.enter(place, id(1), now: now + 30) == .open(isAside: true))
    #expect(loads.leave(id(1), .trouble("refused"), now: now + 30) == calls(2, at: now + 90))
    #expect(loads.enter(place, id(2), now: now + 90) == .open(isAside: true))
    _ = loads.leave(id(2), .spoke, now: now + 90)
    #expect(loads.enter(place, id(1), now: now + 91) == .open(isAside: false))
  }

  @Test func `a destination that is said to be back is asked, and its troubles still count`() {
    var loads = DestinationLoads(ceiling: 8)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: true))
    _ = loads.leave(id(0), .trouble("refused"), now: now)
    #expect(
      loads.enter(place, id(1), now: now)
        == .closed(until: now + 30, why: "refused", isProbe: true))
    loads.reopen(place)
    #expect(loads.enter(place, id(0), now: now + 1) == .open(isAside: true))
    _ = loads.leave(id(0), .trouble("refused"), now: now + 1)
    #expect(
      loads.enter(place, id(1), now: now + 30)
        == .closed(until: now + 61, why: "refused", isProbe: true))
    loads.reopen(place(7))  // never met: nothing to open
  }

  @Test func `attempts that fail together are one trouble`() {
    var loads = DestinationLoads(ceiling: 20)
    for number in 0..<5 {
      #expect(loads.enter(place, id(number), now: now) == .open(isAside: true))
    }
    for number in 0..<5 { _ = loads.leave(id(number), .trouble("no name server"), now: now + 3) }
    #expect(loads.enter(place, id(9), now: now + 33) == .open(isAside: true))
  }

  @Test func `trouble leaves who waits where he is, but for one who looks again`() {
    var loads = DestinationLoads(ceiling: 1)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: true))
    for number in 1...3 { #expect(loads.enter(place, id(number), now: now) == .full) }
    #expect(loads.leave(id(0), .trouble("x"), now: now) == calls(1, at: now + 30))
    #expect(loads.enter(place, id(1), now: now + 30) == .open(isAside: true))
    #expect(loads.leave(id(1), .spoke, now: now + 30) == calls(2, at: now + 30))
  }

  @Test func `a message is parked once, however often it comes`() {
    var loads = proven(ceiling: 1)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: false))
    for _ in 1...3 { #expect(loads.enter(place, id(1), now: now) == .full) }
    #expect(loads.leave(id(0), .spoke, now: now) == calls(1, at: now))
    #expect(loads.enter(place, id(1), now: now) == .open(isAside: false))
    #expect(loads.leave(id(1), .spoke, now: now) == [])
  }

  @Test func `what lacks a file of ours is no trouble of the destination`() {
    var loads = proven(ceiling: 8)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: false))
    #expect(loads.leave(id(0), .ourTrouble, now: now) == [])
    // Nobody is connected to for a moment; then all is as it was.
    #expect(loads.enter(place(1), id(1), now: now + 9) == .short(until: now + 10))
    #expect(loads.enter(place, id(0), now: now + 10) == .open(isAside: false))
  }

  @Test func `hosts that say nothing leave the others their places`() {
    var loads = proven(ceiling: 20)
    var inside = 0
    for host in 0..<40 {
      for number in 0..<5 {
        let door = loads.enter(place(host), id(host * 5 + number), now: now)
        inside += door == .open(isAside: true) ? 1 : 0
        #expect(door == .open(isAside: true) || door == .full)
      }
    }
    #expect(inside == DestinationLoads.youngLimit)
    #expect(loads.enter(place, id(5000), now: now) == .open(isAside: false))
    // After a while they make room for the next, who have proven nothing either.
    #expect(loads.watch(now: now + 9).calls == [])
    let (aside, calls) = loads.watch(now: now + 10)
    #expect(aside == [id(5000)])
    #expect(calls.map(\.id) == (100..<200).map { id($0) })
    for call in calls {
      let door = loads.enter(place(Int(call.id.milliseconds) / 5), call.id, now: call.at)
      #expect(door == .open(isAside: true))
    }
  }

  @Test func `an attempt that lasts makes its destination unproven, until one speaks again`() {
    var loads = proven(ceiling: 20)
    #expect(loads.enter(place, id(0), now: now) == .open(isAside: false))
    #expect(loads.watch(now: now + 10).aside == [id(0)])
    #expect(loads.watch(now: now + 11).aside == [])
    #expect(loads.enter(place, id(1), now: now + 11) == .open(isAside: true))
    _ = loads.leave(id(1), .spoke, now: now + 12)
    #expect(loads.enter(place, id(2), now: now + 12) == .open(isAside: false))
  }

  @Test func `all that is aside has a bound`() {
    var loads = DestinationLoads(ceiling: 20)
    var inside = 0
    for round in 0..<12 {
      for number in 0..<100 {
        let host = round * 100 + number
        let door = loads.enter(place(host), id(host), now: now + round * 10)
        inside += door == .open(isAside: true) ? 1 : 0
      }
      _ = loads.watch(now: now + round * 10 + 10)
    }
    #expect(inside == DestinationLoads.asideLimit)
    #expect(loads.leave(id(0), .trouble("silent"), now: now + 300).map(\.id) == [id(1000)])
  }
}
