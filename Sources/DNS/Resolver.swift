/// Names to records. The real one validates with libunbound; `ZoneResolver` answers from a zone file.
///
/// A resolver knows only octets, so that both read records in the same way: `Resolver+Records` has the
/// kinds of records we understand.
package protocol Resolver: Sendable {
  /// The data of a name's records of one type as on the wire, names in them uncompressed. Aliases are
  /// followed. The caller waits no longer than `limit`, or than the resolver does by itself.
  func records(
    _ type: RecordType, of name: DNSName, within limit: Duration?
  ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure>
}

/// The records of one kind that a name has, never none.
package struct DNSAnswer<Record: Hashable & Sendable>: Hashable, Sendable {
  package var records: [Record]
  /// Whether DNSSEC proved the answer, every alias on the way to it included.
  package var isSecure: Bool
  /// Where the records really stand, when the name is an alias (RFC 1034 §3.6.2). DANE looks there
  /// first (RFC 7672 §2.2.3).
  package var canonicalName: DNSName?

  package init(_ records: [Record], isSecure: Bool = false, canonicalName: DNSName? = nil) {
    self.records = records
    self.isSecure = isSecure
    self.canonicalName = canonicalName
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
