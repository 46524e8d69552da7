package import Mail

/// Names to records. The real one validates with libunbound; `ZoneResolver` answers from a text.
package protocol Resolver: Sendable {
  func mailExchangers(of name: Domain) async -> Result<DNSAnswer<MailExchanger>, DNSFailure>
  /// IPv6 first, then IPv4, each in the order of the answer; a failure only when neither gives any.
  func addresses(of name: Domain) async -> Result<DNSAnswer<IPAddress>, DNSFailure>
  /// Each record's strings joined (RFC 7208 §3.3), raw octets.
  func texts(of name: Domain) async -> Result<DNSAnswer<[UInt8]>, DNSFailure>
  /// The names of an address (RFC 1035 §3.5, RFC 3596 §2.5).
  func names(of address: IPAddress) async -> Result<DNSAnswer<Domain>, DNSFailure>
}

/// The records of one kind that a name has.
package struct DNSAnswer<Record: Hashable & Sendable>: Hashable, Sendable {
  package var records: [Record]
  /// Whether DNSSEC proved the answer.
  package var isSecure: Bool

  package init(_ records: [Record], isSecure: Bool = false) {
    self.records = records
    self.isSecure = isSecure
  }
}

/// An MX record (RFC 1035 §3.3.9).
package struct MailExchanger: Hashable, Sendable {
  package let preference: UInt16
  /// Nil for the root: the domain takes no mail (RFC 7505).
  package let host: Domain?

  package init(preference: UInt16, host: Domain?) {
    self.preference = preference
    self.host = host
  }
}

/// Why a name gave no records.
package enum DNSFailure: Error, Hashable, Sendable {
  /// The name does not exist (NXDOMAIN).
  case noSuchName
  /// The name exists without records of this kind.
  case noRecords
  case timedOut
  /// The servers failed: SERVFAIL, REFUSED and the like.
  case serverFailure(String)
  /// DNSSEC says that the answer was forged or its zone is broken.
  case bogus(String)

  /// Whether another time may go better.
  package var isTemporary: Bool {
    switch self {
    case .noSuchName, .noRecords: false
    case .timedOut, .serverFailure, .bogus: true
    }
  }

  /// In words, for a log or a notice.
  package var words: String {
    switch self {
    case .noSuchName: "no such name"
    case .noRecords: "no such record"
    case .timedOut: "the DNS did not answer in time"
    case .serverFailure(let why): "the DNS failed: \(why)"
    case .bogus(let why): "DNSSEC calls the answer bogus: \(why)"
    }
  }
}
