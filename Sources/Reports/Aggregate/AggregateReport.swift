/// A DMARC aggregate report: what a receiver saw of a domain's mail in a span of time (RFC 9990,
/// RFC 7489 §7.2 and appendix C).
///
/// A report is written by strangers and read by machines and people: every text is bounded, and
/// numbers are what they are. What a field says is their claim.
package struct AggregateReport: Hashable, Sendable, Codable {
  /// What became of messages, and what was asked for them. A pass is RFC 9990's word for mail that
  /// passed under a policy of enforcement.
  package enum Disposition: String, Hashable, Sendable, Codable {
    case none
    case pass
    case quarantine
    case reject
  }

  /// Who reports, on when.
  package struct Metadata: Hashable, Sendable, Codable {
    package var organization = ""
    package var email = ""
    package var extraContact: String?
    package var reportID = ""
    /// Seconds since 1970, both ends within.
    package var begin: Int64 = 0
    package var end: Int64 = 0
    package var errors: [String] = []
    package var generator: String?

    package init() {}
  }

  /// The record as the reporter found it. Nil: not said.
  package struct Policy: Hashable, Sendable, Codable {
    package var domain = ""
    package var versionPublished: String?
    package var dkimAlignment: Alignment?
    package var spfAlignment: Alignment?
    package var policy: Disposition?
    package var subdomainPolicy: Disposition?
    package var nonexistentPolicy: Disposition?
    package var percent: Int?
    package var isTesting: Bool?
    package var failureOptions: String?
    /// `treewalk` or `psl` (RFC 9990).
    package var discoveryMethod: String?

    package init() {}
  }

  /// `adkim` and `aspf`.
  package enum Alignment: String, Hashable, Sendable, Codable {
    case relaxed = "r"
    case strict = "s"
  }

  /// What SPF or DKIM came to, by RFC 8601's words; the spellings of older reporters are put right.
  package enum AuthResult: String, Hashable, Sendable, Codable {
    case none
    case pass
    case fail
    case softfail
    case policy
    case neutral
    case temperror
    case permerror
  }

  /// One DKIM signature.
  package struct DKIMResult: Hashable, Sendable, Codable {
    package var domain = ""
    package var selector: String?
    package var result: AuthResult?
    package var words: String?

    package init() {}
  }

  /// One SPF check.
  package struct SPFResult: Hashable, Sendable, Codable {
    package var domain = ""
    /// `mfrom` or `helo`.
    package var scope: String?
    package var result: AuthResult?
    package var words: String?

    package init() {}
  }

  /// Why the disposition is not what was asked for: `forwarded`, `local_policy` and the like.
  package struct Reason: Hashable, Sendable, Codable {
    package var type = ""
    package var comment: String?

    package init() {}
  }

  /// Messages alike: one source, one outcome.
  package struct Record: Hashable, Sendable, Codable {
    package var sourceAddress = ""
    package var count = 0
    package var disposition: Disposition?
    /// Whether each passed and aligned.
    package var isDKIMAligned = false
    package var isSPFAligned = false
    package var reasons: [Reason] = []
    package var headerFrom = ""
    package var envelopeFrom: String?
    package var envelopeTo: String?
    package var dkim: [DKIMResult] = []
    package var spf: [SPFResult] = []

    package init() {}

    /// DMARC's own outcome.
    package var passes: Bool { isDKIMAligned || isSPFAligned }
  }

  package var version: String?
  package var metadata = Metadata()
  package var policy = Policy()
  package var records: [Record] = []
  /// What was passed over or does not fit, in words.
  package var flaws: [String] = []

  package init() {}

  /// Messages counted in all records; a sum too large to be true stays at the largest number.
  package func count(where isCounted: (Record) -> Bool = { _ in true }) -> Int {
    records.lazy.filter(isCounted).reduce(0) {
      let (sum, isOverflow) = $0.addingReportingOverflow($1.count)
      return isOverflow ? Int.max : sum
    }
  }
}
