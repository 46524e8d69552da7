import DNS

// Lists whose codes their operators have published. Which of them is asked is the administrator's choice:
// some want a key or a contract. A code that is not in its table says nothing.
extension BlocklistZone {
  /// Addresses: Spamhaus ZEN.
  package static let zen = known(
    "zen.spamhaus.org", [.v4, .v6],
    [
      .init(.code(0, 0, 2), .listed, "SBL"), .init(.code(0, 0, 3), .listed, "CSS"),
      .init(.codes(0, 0, 4...7), .listed, "XBL"), .init(.code(0, 0, 9), .listed, "DROP"),
      .init(.codes(0, 0, 10...11), .dynamic, "PBL"),
    ])

  /// Domains: Spamhaus DBL.
  package static let dbl = known(
    "dbl.spamhaus.org", [.domain],
    [
      .init(.code(0, 1, 2), .listed, "low reputation"), .init(.code(0, 1, 4), .listed, "phish"),
      .init(.code(0, 1, 5), .listed, "malware"), .init(.code(0, 1, 6), .listed, "C&C"),
      .init(.codes(0, 1, 102...106), .listed, "abused"),
      .init(.code(0, 1, 255), .misasked, "addresses are not to be asked here"),
    ])

  /// Domains of links: SURBL, a bit for each source.
  package static let surbl = known(
    "multi.surbl.org", [.domain],
    [
      .init(.code(0, 0, 1), .refused, "access is blocked"), .init(.bit(8), .listed, "phish"),
      .init(.bit(16), .listed, "malware"), .init(.bit(64), .listed, "abuse"),
      .init(.bit(128), .listed, "cracked"),
    ])

  private static func known(
    _ name: String, _ subjects: Set<Subject>, _ meanings: [BlocklistMeaning]
  ) -> BlocklistZone {
    BlocklistZone(
      name: DNSName(name) ?? .root, subjects: subjects, meanings: meanings, otherwise: nil)
  }
}
