package import DNS
package import Mail

/// What a check says (RFC 7208 §2.6), in the words of RFC 8601 §2.7.2.
package enum SPFResult: String, Hashable, Sendable, Codable {
  case none
  case neutral
  case pass
  case fail
  case softfail
  case temperror
  case permerror
}

/// Who was asked about (RFC 7208 §2.3, §2.4).
package enum SPFIdentity: String, Hashable, Sendable, Codable {
  case helo
  case mailFrom = "mailfrom"
}

/// Why a check came to its result. Domains are those whose record was looked at.
package enum SPFReason: Hashable, Sendable {
  /// A directive of a domain's record, as it is written there.
  case matched(term: String, domain: String)
  case nothingMatched(domain: String)
  /// What was named is no domain with a dot in it, so there is nobody to ask.
  case noDomain(String)
  case noRecord(domain: String)
  case severalRecords(domain: String)
  case wrongRecord(domain: String, SyntaxError)
  /// A term that leads to a domain without a record.
  case leadsNowhere(term: String, domain: String, target: String)
  /// More than ten terms with look-ups (RFC 7208 §4.6.4).
  case tooManyLookups(term: String, domain: String)
  /// More than two of them found nothing (RFC 7208 §4.6.4).
  case tooManyVoids(term: String, domain: String)
  /// More than ten hosts take a domain's mail (RFC 7208 §4.6.4).
  case tooManyExchangers(term: String, domain: String)
  case dns(name: String, type: String, DNSFailure)
  case tookTooLong(seconds: Int)

  /// One sentence for people.
  package var sentence: String {
    switch self {
    case .matched(let term, let domain): "The record of \(domain) says \"\(term)\" of this client."
    case .nothingMatched(let domain): "The record of \(domain) says nothing of this client."
    case .noDomain(let text): "\"\(text)\" is no domain that could have a record."
    case .noRecord(let domain): "\(domain) has no SPF record."
    case .severalRecords(let domain): "\(domain) has several SPF records where one may stand."
    case .wrongRecord(let domain, let error):
      "The record of \(domain) is wrong: \(error)."
    case .leadsNowhere(let term, let domain, let target):
      "\"\(term)\" of \(domain) leads to \"\(target)\", which has no SPF record."
    case .tooManyLookups(let term, let domain):
      "\"\(term)\" of \(domain) is look-up \(SPFLimits.lookups + 1) where "
        + "\(SPFLimits.lookups) are allowed."
    case .tooManyVoids(let term, let domain):
      "\"\(term)\" of \(domain) is look-up \(SPFLimits.voids + 1) that finds nothing; "
        + "\(SPFLimits.voids) are allowed."
    case .tooManyExchangers(let term, let domain):
      "\"\(term)\" of \(domain) leads to more than \(SPFLimits.exchangers) mail hosts."
    case .dns(let name, let type, let failure):
      "The \(type) records of \(name) can't be had: \(failure.words)."
    case .tookTooLong(let seconds): "The check took more than \(seconds) seconds."
    }
  }
}

/// The bounds of one check, `include` and `redirect` counted in (RFC 7208 §4.6.4).
package enum SPFLimits {
  /// Terms that ask the DNS.
  package static let lookups = 10
  /// Terms that ask and find no record. RFC 7208 speaks of terms, so one `mx` whose hosts have no
  /// address of the client's family is one, however many they are.
  package static let voids = 2
  /// MX records of one term.
  package static let exchangers = 10
  /// Names of the client that are looked at; more are passed over.
  package static let names = 10
  /// All look-ups together; the RFC wants 20 at least.
  package static let seconds = 20
  /// Of these for the client's own names, whose servers the client may choose.
  package static let nameSeconds = 10
}

/// What a check came to, and why.
package struct SPFOutcome: Hashable, Sendable {
  package let result: SPFResult
  package let identity: SPFIdentity
  /// Whose record was asked first: what DMARC compares.
  package let domain: String
  package let reason: SPFReason
  /// What a domain that refuses wants its sender to be told; a stranger's words, printable ASCII.
  package let explanation: String?
  /// Terms with look-ups, and those that found nothing.
  package let lookups: Int
  package let voids: Int
}
