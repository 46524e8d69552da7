package import DNS
package import Mail

/// Whether a domain's reports may go to somebody else: who is to get them says so in the DNS, or
/// anybody could have anybody flooded with reports (RFC 9990 §4, RFC 7489 §7.1).
///
///     example.jp._report._dmarc.collector.example  TXT  "v=DMARC1"
package enum ReportPermission: Hashable, Sendable {
  /// The destination belongs to the same organisation, or has agreed.
  case given
  /// It has agreed, and wants them at these addresses of its own instead.
  case redirected([ReportAddress])
  case refused
  case failure(DNSFailure)

  /// Asks for one mailbox of a record's `rua` or `ruf`. `policyDomain` is where the record stands.
  package static func ask(
    _ address: ReportAddress, policyDomain: Domain, _ resolver: any Resolver
  ) async -> ReportPermission {
    guard let host = address.mailbox?.domain else { return .refused }
    if host == policyDomain { return .given }
    var lookup = DMARCLookup(resolver: resolver)
    let own = await lookup.walk(from: policyDomain)
    let theirs = await lookup.walk(from: host)
    if let failure = own.failure ?? theirs.failure { return .failure(failure) }
    if own.organizationalDomain == theirs.organizationalDomain { return .given }
    return await agreement(host, policyDomain, resolver)
  }

  private static func agreement(
    _ host: Domain, _ policyDomain: Domain, _ resolver: any Resolver
  ) async -> ReportPermission {
    guard let name = Domain("\(policyDomain.ascii)._report._dmarc.\(host.ascii)") else {
      return .refused
    }
    switch await resolver.texts(of: name) {
    case .failure(let failure): return failure.isTemporary ? .failure(failure) : .refused
    case .success(let answer):
      let records = answer.records.lazy.compactMap { DMARCRecord(parsing: $0) }
      guard let record = records.first else { return .refused }
      // Only within the host that agreed (RFC 7489 §7.1 step 6), or it could send them on to
      // others.
      let others = record.aggregateReports.filter { $0.mailbox?.domain == host }
      return others.isEmpty ? .given : .redirected(others)
    }
  }
}
