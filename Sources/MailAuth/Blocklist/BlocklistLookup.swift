package import DNS
package import Mail

/// Asks one list. Knows no state: `BlocklistHealth` says whether to ask at all.
package struct BlocklistLookup: Sendable {
  private let zone: BlocklistZone
  private let resolver: any Resolver

  /// A list that takes longer says nothing in time.
  package static let timeLimit = Duration.seconds(2)

  package init(_ zone: BlocklistZone, resolver: any Resolver) {
    self.zone = zone
    self.resolver = resolver
  }

  /// `2.0.0.127.zone`, or the nibbles of IPv6 (RFC 5782 §2.1, §2.4).
  package func check(_ client: IPAddress) async -> BlocklistAnswer {
    let subject: BlocklistZone.Subject = client.octets.count == 4 ? .v4 : .v6
    guard zone.subjects.contains(subject) else { return .notAsked(.notItsSubject) }
    guard !client.isPrivate else { return .notAsked(.isPrivate) }
    return await ask(client.reverseLabels)
  }

  /// `name.zone` (RFC 5782 §3). Which name a list wants, the whole or the organisation's, its rows say
  /// elsewhere. What only looks like a name and is an address is not asked.
  package func check(_ domain: Domain) async -> BlocklistAnswer {
    let isAddress = domain.labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } ?? true
    guard zone.subjects.contains(.domain), !isAddress else { return .notAsked(.notItsSubject) }
    return await ask(domain.labels.map(String.init))
  }

  private func ask(_ labels: [String]) async -> BlocklistAnswer {
    guard let name = DNSName(labels.joined(separator: "."), below: zone.name) else {
      return .notAsked(.tooLong)
    }
    return zone.answer(
      await resolver.addresses(of: name, family: .v4, within: Self.timeLimit))
  }

  // MARK: Test points

  /// Looks at the test points of every kind of subject (RFC 5782 §5).
  package func test() async -> BlocklistTest {
    // A test point may have a code of its own; that it is there is what counts.
    var tested = zone
    tested.otherwise = .listed
    return await BlocklistLookup(tested, resolver: resolver).lookAtPoints()
  }

  private func lookAtPoints() async -> BlocklistTest {
    var isKnown = true
    for subject in BlocklistZone.Subject.allCases where zone.subjects.contains(subject) {
      let points = Self.points(subject)
      let (never, always) = (await ask(points.never), await ask(points.always))
      for answer in [never, always] {
        if case .untrustworthy(let fault) = answer { return .failed(fault) }
        if case .undecided = answer { isKnown = false }
      }
      if case .listed = never { return .failed(.listsEverything) }
      if case .notListed = always { return .failed(.listsNothing) }
    }
    return isKnown ? .passed : .undecided
  }

  /// 127.0.0.1 is never listed and 127.0.0.2 always; in IPv6 these are mapped, among names `INVALID` and
  /// `TEST` (RFC 5782 §5).
  private static func points(
    _ subject: BlocklistZone.Subject
  ) -> (never: [String], always: [String]) {
    switch subject {
    case .v4: (["1", "0", "0", "127"], ["2", "0", "0", "127"])
    case .v6: (mapped("1"), mapped("2"))
    case .domain: (["invalid"], ["test"])
    }
  }

  /// The nibbles of ::FFFF:7F00:1 from the last to the first.
  private static func mapped(_ last: String) -> [String] {
    [last, "0", "0", "0", "0", "0", "f", "7", "f", "f", "f", "f"]
      + [String](repeating: "0", count: 20)
  }
}
