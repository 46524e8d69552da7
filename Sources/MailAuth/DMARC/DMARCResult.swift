package import DNS
package import Mail

/// What DMARC came to, and why (RFC 9989 §5.3, RFC 7489 §6.6).
package struct DMARCResult: Sendable {
  /// The words of RFC 8601's registry (RFC 7489 §11.2).
  package enum Outcome: String, Hashable, Sendable {
    case pass
    case fail
    case none
    case temperror
    case permerror
  }

  /// Why it came to that.
  package enum Reason: Hashable, Sendable {
    case aligned
    case nothingAligned
    case noRecord
    /// The author's domain has more than one record, and the method ends there (RFC 7489 §6.6.3).
    case severalRecords
    /// A record without a policy and without an address for reports (RFC 9989 §4.10.1).
    case recordAsksNothing
    case lookupFailed(DNSFailure)
    /// SPF or DKIM might have proven an aligned domain, had the DNS answered (RFC 9989 §5.3.5).
    case mechanismFailed
    case noAuthor
    case severalAuthors
    case unreadableAuthor
  }

  package var outcome: Outcome
  package var reason: Reason
  /// The domain of From.
  package var authorDomain: Domain?
  /// Nil where it was not needed: the author's domain has a record of its own, and what is proven
  /// is that very domain or nothing.
  package var organizationalDomain: Domain?
  /// Where the record that applies stands.
  package var policyDomain: Domain?
  package var record: DMARCRecord?
  /// What is asked for the author's domain: `p`, `sp` or `np`, before `t` and `pct`.
  package var publishedPolicy: DMARCRecord.Policy?
  /// Who passed and aligns.
  package var aligned: [AuthenticatedDomain] = []

  package init(_ outcome: Outcome, _ reason: Reason, author: Domain? = nil) {
    self.outcome = outcome
    self.reason = reason
    authorDomain = author
  }

  /// The policy that is asked for a message that fails, one step milder while it is being tried out
  /// (`t=y`, RFC 9989 §4.7 and §A.6).
  package var requestedPolicy: DMARCRecord.Policy? {
    publishedPolicy.map { record?.isTesting == true ? $0.milder : $0 }
  }

  /// What is asked for this message. `sample` is a number of 0...99 drawn for it: of `pct` in a
  /// hundred failures the policy is asked for, of the others the next milder one (RFC 7489 §6.6.4).
  package func disposition(sample: Int) -> DMARCRecord.Policy {
    guard outcome == .fail, let policy = requestedPolicy, let record else { return .none }
    return sample < record.percent || record.isTesting ? policy : policy.milder
  }

  /// Whether `disposition` is milder than the published policy because of `pct`; a report says so.
  package func isSampledOut(sample: Int) -> Bool {
    outcome == .fail && disposition(sample: sample) != (requestedPolicy ?? .none)
  }
}

extension DMARCResult.Reason {
  /// In words, for a log or a person.
  package var words: String {
    switch self {
    case .aligned: "a proven domain aligns with From"
    case .nothingAligned: "no proven domain aligns with From"
    case .noRecord: "the domain of From publishes no DMARC record"
    case .severalRecords: "the domain of From publishes more than one DMARC record"
    case .recordAsksNothing: "the DMARC record has no valid policy"
    case .lookupFailed(let failure): failure.words
    case .mechanismFailed: "SPF or DKIM could not be checked for a while"
    case .noAuthor: "From names no domain"
    case .severalAuthors: "From names more than one domain"
    case .unreadableAuthor: "From can't be read"
    }
  }
}
