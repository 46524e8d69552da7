package import Mail

/// A domain that SPF or DKIM spoke about, and how it ended: what DMARC builds upon (RFC 9989 §4.4).
package struct AuthenticatedDomain: Hashable, Sendable {
  /// Who spoke.
  package enum Mechanism: String, Hashable, Sendable {
    case spf
    case dkim
  }

  /// As far as DMARC cares: only a pass proves anything, and only a temporary error may prove
  /// something another time.
  package enum Outcome: Hashable, Sendable {
    case pass
    case fail
    case temporaryError
  }

  package let mechanism: Mechanism
  /// SPF: of MAIL FROM, or of HELO when that is null (RFC 7489 §3.1.2). DKIM: `d=`.
  package let domain: Domain
  package let outcome: Outcome

  package init(_ mechanism: Mechanism, _ domain: Domain, _ outcome: Outcome = .pass) {
    self.mechanism = mechanism
    self.domain = domain
    self.outcome = outcome
  }
}
