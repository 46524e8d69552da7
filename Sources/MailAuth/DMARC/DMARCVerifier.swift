package import DNS
import Mail

/// Judges whether the domain of From is proven by SPF or DKIM, and what its owner asks if not
/// (RFC 9989 §5.3).
package struct DMARCVerifier: Sendable {
  /// How organisational domains are found: by the DNS itself (RFC 9989 §4.10), or by a list as
  /// before (RFC 7489 §3.2). docs/decisions/0011-dmarc.md says which is used and why.
  package enum Method: Sendable {
    case treeWalk
    case publicSuffixList(PublicSuffixList)
  }

  /// Distinct proven domains that are looked at; a message with more is not more proven.
  package static let domainLimit = 16

  private let resolver: any Resolver
  private let method: Method

  package init(resolver: any Resolver, method: Method = .treeWalk) {
    self.resolver = resolver
    self.method = method
  }

  package func judge(
    author: AuthorDomain, _ proven: [AuthenticatedDomain]
  ) async -> DMARCResult {
    switch author {
    case .none: DMARCResult(.permerror, .noAuthor)
    case .several: DMARCResult(.permerror, .severalAuthors)
    case .unreadable: DMARCResult(.permerror, .unreadableAuthor)
    case .one(let domain): await judge(domain, proven)
    }
  }

  private func judge(_ author: Domain, _ proven: [AuthenticatedDomain]) async -> DMARCResult {
    var lookup = DMARCLookup(resolver: resolver)
    var result = await discover(author, &lookup)
    guard let record = result.record else { return result }
    guard let policy = record.policy(for: await place(of: author, result)) else {
      result.reason = .recordAsksNothing
      return result
    }
    result.publishedPolicy = policy
    await align(proven, &result, &lookup)
    return result
  }

  // MARK: Which record applies (RFC 9989 §4.10.1)

  private func discover(_ author: Domain, _ lookup: inout DMARCLookup) async -> DMARCResult {
    var result = DMARCResult(.none, .noRecord, author: author)
    let own = await lookup.record(at: author)
    if case .failure(let failure) = own { return Self.failed(failure, result) }
    if case .record(let record) = own { (result.record, result.policyDomain) = (record, author) }
    switch method {
    case .treeWalk where result.record != nil: break
    case .treeWalk: await walk(author, &result, &lookup)
    case .publicSuffixList(let list):
      result.organizationalDomain = list.registrableDomain(of: author) ?? author
      // RFC 7489 §6.6.3: more than one record at the author's domain ends the discovery.
      if own == .several {
        result.reason = .severalRecords
        return result
      }
      if result.record == nil { await askOrganization(&result, &lookup) }
    }
    return result
  }

  private func walk(
    _ author: Domain, _ result: inout DMARCResult, _ lookup: inout DMARCLookup
  ) async {
    let walk = await lookup.walk(from: author)
    if let failure = walk.failure {
      result = Self.failed(failure, result)
      return
    }
    let organization = walk.organizationalDomain
    result.organizationalDomain = organization
    // The organisation's record, or that of the public suffix at which the walk ended.
    let place = walk.found.first { $0.domain == organization } ?? walk.found.last
    (result.record, result.policyDomain) = (place?.record, place?.domain)
  }

  private func askOrganization(
    _ result: inout DMARCResult, _ lookup: inout DMARCLookup
  ) async {
    guard let organization = result.organizationalDomain else { return }
    switch await lookup.record(at: organization) {
    case .record(let record): (result.record, result.policyDomain) = (record, organization)
    case .failure(let failure): result = Self.failed(failure, result)
    case .several: result.reason = .severalRecords
    case .nothing: break
    }
  }

  private static func failed(_ failure: DNSFailure, _ result: DMARCResult) -> DMARCResult {
    DMARCResult(.temperror, .lookupFailed(failure), author: result.authorDomain)
  }

  /// A name does not exist when the DNS says so (RFC 9989 §3.2.13); whatever else it says, it may.
  private func place(of author: Domain, _ result: DMARCResult) async -> DMARCRecord.Place {
    if result.policyDomain == author { return .here }
    guard result.record?.nonexistentPolicy != nil else { return .below }
    return await resolver.texts(of: author) == .failure(.noSuchName) ? .nowhere : .below
  }

  // MARK: Alignment (RFC 9989 §4.10.2)

  private func align(
    _ proven: [AuthenticatedDomain], _ result: inout DMARCResult, _ lookup: inout DMARCLookup
  ) async {
    var mightHave = false
    var seen = Set<Domain>()
    for one in proven where one.outcome != .fail {
      seen.insert(one.domain)
      if seen.count > Self.domainLimit { break }
      switch await aligns(one, &result, &lookup) {
      case .some(true) where one.outcome == .pass: result.aligned.append(one)
      case .some(false): break
      default: mightHave = true
      }
    }
    if !result.aligned.isEmpty {
      (result.outcome, result.reason) = (.pass, .aligned)
    } else if mightHave {
      (result.outcome, result.reason) = (.temperror, .mechanismFailed)
    } else {
      (result.outcome, result.reason) = (.fail, .nothingAligned)
    }
  }

  /// Nil when the DNS failed before it could be known.
  private func aligns(
    _ one: AuthenticatedDomain, _ result: inout DMARCResult, _ lookup: inout DMARCLookup
  ) async -> Bool? {
    guard let record = result.record, let author = result.authorDomain else { return false }
    if one.domain == author { return true }
    let mode = one.mechanism == .spf ? record.spfAlignment : record.dkimAlignment
    if mode == .strict { return false }
    if result.organizationalDomain == nil {
      // The author's own record spared the walk until now.
      let walk = await lookup.walk(from: author)
      guard walk.failure == nil else { return nil }
      result.organizationalDomain = walk.organizationalDomain
    }
    guard let organization = result.organizationalDomain else { return nil }
    // Another organisation's name, however its own records read: no need to ask.
    guard one.domain.isWithin(organization) else { return false }
    switch method {
    case .publicSuffixList(let list):
      return (list.registrableDomain(of: one.domain) ?? one.domain) == organization
    case .treeWalk:
      let walk = await lookup.walk(from: one.domain)
      return walk.failure == nil ? walk.organizationalDomain == organization : nil
    }
  }
}
