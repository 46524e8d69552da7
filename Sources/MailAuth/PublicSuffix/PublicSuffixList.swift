import Foundation
package import Mail

/// The public suffix list: below which names anybody may register a domain (publicsuffix.org).
///
/// Every rule that matches a domain's end is a candidate; an exception wins, else the longest, else
/// the rule `*`, by which an unlisted top-level domain is a suffix. Names compare as `Domain`
/// spells them, so a rule in Unicode matches the `xn--` form and the other way round.
package struct PublicSuffixList: Sendable {
  /// Whom a rule comes from: a registry, or the owner of a private domain who hands out names below
  /// it.
  package enum Section: Hashable, Sendable {
    case icann
    case `private`
  }

  /// A domain's public suffix.
  package struct Suffix: Hashable, Sendable {
    package let domain: Domain
    /// Nil when no rule but `*` matched.
    package let section: Section?
  }

  /// What the list says of one name: `name`, `*.name` and `!name`.
  struct Rules: Sendable {
    var exact: Section?
    var wildcard: Section?
    var exception: Section?
  }

  private let rules: [Substring: Rules]
  /// Labels of the longest name that has rules: longer ends need no look-up.
  private let depth: Int

  init(rules: [Substring: Rules]) {
    self.rules = rules
    depth = rules.keys.map { $0.utf8.count { $0 == 0x2E } + 1 }.max() ?? 0
  }

  /// Where Debian's package `publicsuffix` puts the list.
  package static let debianPath = "/usr/share/publicsuffix/public_suffix_list.dat"

  /// The list of this machine, read once; nil where it is not installed.
  package static let installed: PublicSuffixList? = FileManager.default
    .contents(atPath: debianPath).map { PublicSuffixList(parsing: Array($0)) }

  /// How many names have rules.
  package var count: Int { rules.count }

  package func suffix(of domain: Domain) -> Suffix {
    let ends = Self.ends(of: domain)
    let reach = ends.suffix(depth + 1)
    for (index, end) in reach.enumerated() {
      guard let parent = reach.dropFirst(index + 1).first ?? nil else { break }
      if let section = rules[end]?.exception { return found(parent, section) }
    }
    // From the longest end; `*.name` is one label longer than `name`.
    for (index, end) in reach.enumerated() {
      if let section = rules[end]?.exact { return found(end, section) }
      if let parent = reach.dropFirst(index + 1).first, let section = rules[parent]?.wildcard {
        return found(end, section)
      }
    }
    return Suffix(domain: ends.last.map(Domain.init(end:)) ?? domain, section: nil)
  }

  /// One label more than the suffix: what somebody registered. Nil for a suffix itself.
  package func registrableDomain(of domain: Domain) -> Domain? {
    let suffix = suffix(of: domain).domain.ascii
    let ends = Self.ends(of: domain)
    guard let place = ends.firstIndex(where: { $0 == suffix }), place > 0 else { return nil }
    return Domain(end: ends[place - 1])
  }

  private func found(_ end: Substring, _ section: Section) -> Suffix {
    Suffix(domain: Domain(end: end), section: section)
  }

  /// `a.b.c`, `b.c`, `c` of `a.b.c`.
  private static func ends(of domain: Domain) -> [Substring] {
    var ends = [domain.ascii[...]]
    while let last = ends.last, let dot = last.utf8.firstIndex(of: 0x2E) {
      ends.append(last[last.utf8.index(after: dot)...])
    }
    return ends
  }
}

extension Domain {
  /// The end of a domain at a label's border is a domain; nothing can be wrong with it.
  fileprivate init(end: Substring) {
    guard let domain = Domain(String(end)) else { preconditionFailure("\(end) was a domain") }
    self = domain
  }
}
