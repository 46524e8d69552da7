/// A report on TLS to a domain's mail hosts (RFC 8460 §4): the JSON as it stands, member for
/// member.
///
/// Members that are missing or of another kind are read as nothing, as far as the report still says
/// something: reporters differ, and a figure that can be had is worth having.
package struct TLSReport: Hashable, Sendable, Codable {
  /// RFC 3339 texts, as they stand.
  package struct DateRange: Hashable, Sendable, Codable {
    package var start: String
    package var end: String

    enum CodingKeys: String, CodingKey {
      case start = "start-datetime"
      case end = "end-datetime"
    }

    package init(start: String, end: String) { (self.start, self.end) = (start, end) }
  }

  /// The policy that was followed.
  package struct Policy: Hashable, Sendable, Codable {
    /// `tlsa`, `sts` or `no-policy-found`.
    package var type: String
    /// The policy's lines or records.
    package var strings: [String]?
    package var domain: String?
    package var hosts: [String]?

    enum CodingKeys: String, CodingKey {
      case type = "policy-type"
      case strings = "policy-string"
      case domain = "policy-domain"
      case hosts = "mx-host"
    }

    package init(type: String, strings: [String]?, domain: String?, hosts: [String]? = nil) {
      (self.type, self.strings, self.domain, self.hosts) = (type, strings, domain, hosts)
    }
  }

  /// Sessions counted.
  package struct Summary: Hashable, Sendable, Codable {
    package var successes: Int
    package var failures: Int?

    enum CodingKeys: String, CodingKey {
      case successes = "total-successful-session-count"
      case failures = "total-failure-session-count"
    }

    package init(successes: Int, failures: Int?) {
      (self.successes, self.failures) = (successes, failures)
    }
  }

  /// Sessions that failed alike.
  package struct Failure: Hashable, Sendable, Codable {
    /// RFC 8460 §4.3: `starttls-not-supported`, `certificate-expired` and the like.
    package var type: String
    package var sendingAddress: String?
    package var receivingHost: String?
    package var receivingHello: String?
    package var receivingAddress: String?
    package var sessions: Int
    package var information: String?
    package var reasonCode: String?

    enum CodingKeys: String, CodingKey {
      case type = "result-type"
      case sendingAddress = "sending-mta-ip"
      case receivingHost = "receiving-mx-hostname"
      case receivingHello = "receiving-mx-helo"
      case receivingAddress = "receiving-ip"
      case sessions = "failed-session-count"
      case information = "additional-information"
      case reasonCode = "failure-reason-code"
    }

    package init(type: String, sessions: Int) { (self.type, self.sessions) = (type, sessions) }
  }

  /// What one policy came to.
  package struct PolicyResult: Hashable, Sendable, Codable {
    package var policy: Policy
    package var summary: Summary
    package var failures: [Failure]?

    enum CodingKeys: String, CodingKey {
      case policy
      case summary
      case failures = "failure-details"
    }

    package init(policy: Policy, summary: Summary, failures: [Failure]? = nil) {
      (self.policy, self.summary, self.failures) = (policy, summary, failures)
    }
  }

  package var organization: String?
  package var dateRange: DateRange
  package var contact: String?
  package var reportID: String
  package var policies: [PolicyResult]

  enum CodingKeys: String, CodingKey {
    case organization = "organization-name"
    case dateRange = "date-range"
    case contact = "contact-info"
    case reportID = "report-id"
    case policies
  }

  package init(
    organization: String?, dateRange: DateRange, contact: String?, reportID: String,
    policies: [PolicyResult]
  ) {
    self.organization = organization
    self.dateRange = dateRange
    self.contact = contact
    self.reportID = reportID
    self.policies = policies
  }
}
