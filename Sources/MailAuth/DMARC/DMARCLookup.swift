package import DNS
package import Mail

/// Asks for the DMARC records of one message, each name at most once, and finds organisational
/// domains by the tree walk of RFC 9989 §4.10.
package struct DMARCLookup {
  /// What stands at `_dmarc.` below a name.
  package enum Finding: Hashable, Sendable {
    case record(DMARCRecord)
    /// No name, no TXT, or none that is a DMARC record.
    case nothing
    /// More than one: all are discarded (RFC 9989 §4.10).
    case several
    case failure(DNSFailure)
  }

  /// The records on the way from a name to the root, longest name first.
  package struct Walk: Sendable {
    package let start: Domain
    package var found: [(domain: Domain, record: DMARCRecord)] = []
    /// The DNS failed for a while before the walk could end: what was found may not be all.
    package var failure: DNSFailure?

    /// RFC 9989 §4.10.2.
    package var organizationalDomain: Domain {
      for (domain, record) in found {
        if record.suffixFlag == .no { return domain }
        if record.suffixFlag == .yes, domain != start {
          return below(domain)
        }
      }
      return found.last?.domain ?? start
    }

    /// The name on the way one label below another.
    private func below(_ parent: Domain) -> Domain {
      var name = start
      while let next = name.parent, next != parent { name = next }
      return name
    }
  }

  /// Queries that one walk may cost (RFC 9989 §4.10).
  package static let walkLimit = 8

  private let resolver: any Resolver
  private var known: [Domain: Finding] = [:]

  package init(resolver: any Resolver) { self.resolver = resolver }

  package mutating func record(at domain: Domain) async -> Finding {
    if let finding = known[domain] { return finding }
    let finding = await ask(domain)
    known[domain] = finding
    return finding
  }

  private func ask(_ domain: Domain) async -> Finding {
    // A name too long to have a `_dmarc` below it has none.
    guard let name = Domain("_dmarc." + domain.ascii) else { return .nothing }
    switch await resolver.texts(of: name) {
    case .failure(let failure): return failure.isTemporary ? .failure(failure) : .nothing
    case .success(let answer):
      let records = answer.records.lazy.compactMap { DMARCRecord(parsing: $0) }.prefix(2)
      let found = Array(records)
      return found.count == 1 ? .record(found[0]) : found.isEmpty ? .nothing : .several
    }
  }

  /// Walks from a name to the top-level domain, until `psd=n` or `psd=y`.
  package mutating func walk(from start: Domain) async -> Walk {
    var walk = Walk(start: start)
    for domain in Self.targets(from: start) {
      switch await record(at: domain) {
      case .record(let record):
        walk.found.append((domain, record))
        if record.suffixFlag != .unknown { return walk }
      case .nothing, .several: continue
      case .failure(let failure):
        walk.failure = failure
        return walk
      }
    }
    return walk
  }

  /// The names a walk asks about: of one with eight labels or more, the labels between the whole
  /// and its last seven are skipped.
  package static func targets(from start: Domain) -> [Domain] {
    var targets = [start]
    var next = start.parent
    while let domain = next {
      if domain.labels.count < walkLimit { targets.append(domain) }
      next = domain.parent
    }
    return targets
  }
}
