package import DNS
package import Mail
import Synchronization

/// Every list the gate asks, with what is known of each.
///
/// Somebody calls `testDue` at the start and every minute; a list that was not tested is not asked.
package final class Blocklists: Sendable {
  /// A list that changed its state: worth a line in the log, and the administrator's eye when it is off.
  package struct Change: Hashable, Sendable {
    package let zone: DNSName
    package let state: BlocklistHealth.State

    package init(zone: DNSName, state: BlocklistHealth.State) {
      (self.zone, self.state) = (zone, state)
    }

    package var sentence: String {
      switch state {
      case .untested: "The blocklist \(zone) was not tested yet."
      case .good: "The blocklist \(zone) is in order and is asked."
      case .off(let fault): "The blocklist \(zone) is switched off. \(fault.sentence)"
      }
    }
  }

  private let zones: [BlocklistZone]
  private let resolver: any Resolver
  private let clock: any Clock
  private let health: Mutex<[DNSName: BlocklistHealth]>

  package init(_ zones: [BlocklistZone], resolver: any Resolver, clock: any Clock) {
    self.zones = zones
    self.resolver = resolver
    self.clock = clock
    health = Mutex(
      Dictionary(
        zones.map { ($0.name, BlocklistHealth()) }, uniquingKeysWith: { first, _ in first }))
  }

  package var states: [DNSName: BlocklistHealth.State] {
    health.withLock { $0.mapValues(\.state) }
  }

  /// What each list says of a client, all asked at once; and which lists showed that they can't be
  /// relied on.
  package func check(_ client: IPAddress) async -> (answers: [DNSName: BlocklistAnswer], [Change]) {
    await ask { await $0.check(client) }
  }

  package func check(_ domain: Domain) async -> (answers: [DNSName: BlocklistAnswer], [Change]) {
    await ask { await $0.check(domain) }
  }

  private func ask(
    _ question: @escaping @Sendable (BlocklistLookup) async -> BlocklistAnswer
  ) async -> (answers: [DNSName: BlocklistAnswer], [Change]) {
    var answers: [DNSName: BlocklistAnswer] = [:]
    await withTaskGroup(of: (DNSName, BlocklistAnswer).self) { group in
      for zone in zones {
        if let objection = health.withLock({ $0[zone.name]?.objection }) {
          answers[zone.name] = .notAsked(objection)
        } else {
          let lookup = BlocklistLookup(zone, resolver: resolver)
          group.addTask { (zone.name, await question(lookup)) }
        }
      }
      for await (name, answer) in group { answers[name] = answer }
    }
    let now = clock.now()
    return (
      answers, answers.compactMap { name, answer in change(name) { $0.noted(answer, at: now) } }
    )
  }

  /// Looks at the test points of every list whose time has come.
  package func testDue() async -> [Change] {
    let now = clock.now()
    let due = health.withLock { health in
      zones.filter { health[$0.name].map { $0.testDueAt <= now } ?? false }
    }
    let tests = await withTaskGroup(of: (DNSName, BlocklistTest).self) { group in
      for zone in due {
        let lookup = BlocklistLookup(zone, resolver: resolver)
        group.addTask { (zone.name, await lookup.test()) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let after = clock.now()
    return tests.compactMap { name, test in change(name) { $0.tested(test, at: after) } }
  }

  private func change(
    _ name: DNSName, _ note: (inout BlocklistHealth) -> Bool
  ) -> Change? {
    health.withLock { health in
      guard var one = health[name] else { return nil }
      defer { health[name] = one }
      return note(&one) ? Change(zone: name, state: one.state) : nil
    }
  }
}
