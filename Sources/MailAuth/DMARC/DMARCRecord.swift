package import Mail

/// What a domain's owner asks receivers to do with mail that can't be proven to be the domain's
/// (RFC 9989 §4.7, RFC 7489 §6.3).
package struct DMARCRecord: Hashable, Sendable {
  /// `dmarc-request`. In the order of strictness.
  package enum Policy: String, Hashable, Sendable, Comparable, CaseIterable {
    case none
    case quarantine
    case reject

    package static func < (left: Policy, right: Policy) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .none: 0
      case .quarantine: 1
      case .reject: 2
      }
    }

    /// One step milder, as for `t=y` and for mail that is not sampled.
    package var milder: Policy {
      switch self {
      case .none, .quarantine: .none
      case .reject: .quarantine
      }
    }
  }

  /// `dmarc-rors`: whether domains of one organisation align, or equal ones only.
  package enum Alignment: String, Hashable, Sendable {
    case relaxed = "r"
    case strict = "s"
  }

  /// `psd`: whether the domain is a public suffix.
  package enum SuffixFlag: String, Hashable, Sendable {
    case yes = "y"
    case no = "n"
    case unknown = "u"
  }

  /// `fo`: which failures are to be reported.
  package enum FailureOption: String, Hashable, Sendable, CaseIterable {
    case allFail = "0"
    case anyFails = "1"
    case dkim = "d"
    case spf = "s"
  }

  /// `p`. Nil when neither a valid policy nor anywhere to report to is given: then DMARC is not
  /// applied at all (RFC 9989 §4.10.1).
  package var policy: Policy?
  /// `sp`, for names below the record's; nil: `p` holds for them.
  package var subdomainPolicy: Policy?
  /// `np`, for names below that do not exist; nil: as for the others.
  package var nonexistentPolicy: Policy?
  package var dkimAlignment = Alignment.relaxed
  package var spfAlignment = Alignment.relaxed
  package var suffixFlag = SuffixFlag.unknown
  /// `t=y`: the policy is being tried out.
  package var isTesting = false
  /// `pct`, historic (RFC 7489 §6.3): of how many failures in a hundred the policy is asked for.
  package var percent = 100
  /// `fo`; means nothing without `failureReports`.
  package var failureOptions: Set<FailureOption> = [.allFail]
  /// `ri`, historic: seconds between reports.
  package var reportIntervalSeconds = 86_400
  /// `rua`.
  package var aggregateReports: [ReportAddress] = []
  /// `ruf`.
  package var failureReports: [ReportAddress] = []
  /// What in the record was passed over, in words.
  package var flaws: [String] = []

  /// What holds for a name: the record's own, one below it, one below it that does not exist.
  package enum Place: Hashable, Sendable {
    case here
    case below
    case nowhere
  }

  /// RFC 9989 §4.10.1: `p`, or below the record `sp` or `np`, where they stand.
  package func policy(for place: Place) -> Policy? {
    switch place {
    case .here: policy
    case .below: policy.map { subdomainPolicy ?? $0 }
    case .nowhere: policy.map { nonexistentPolicy ?? subdomainPolicy ?? $0 }
    }
  }
}

/// A `dmarc-uri`: where reports go (RFC 9989 §4.6, RFC 7489 §6.2).
package struct ReportAddress: Hashable, Sendable {
  /// The URI without a size behind it, as it stands.
  package let uri: String
  /// Of a `mailto:`; nil for other schemes, which are to be ignored (RFC 9989 §4.7).
  package let mailbox: Mailbox?
  /// `!10m`, historic: octets of the largest report that is wanted.
  package let sizeLimit: UInt64?

  package init(uri: String, mailbox: Mailbox?, sizeLimit: UInt64? = nil) {
    self.uri = uri
    self.mailbox = mailbox
    self.sizeLimit = sizeLimit
  }
}
