package import Mail
package import MailAuth
import SMTP

/// The policy that a connection followed, as reports name it (RFC 8460 §4.2).
package enum FollowedPolicy: Hashable, Sendable {
  /// TLSA records of a host as a zone file writes them; none where they could not be known.
  case tlsa([String], host: Domain)
  case sts(STSPolicy)
  case none
}

/// What went wrong with TLS, by the result types of RFC 8460 §4.3.
package enum TLSSessionFailure: String, Hashable, Sendable, CaseIterable {
  case notOffered = "starttls-not-supported"
  case hostMismatch = "certificate-host-mismatch"
  case expired = "certificate-expired"
  case notTrusted = "certificate-not-trusted"
  case invalid = "validation-failure"
  case tlsaInvalid = "tlsa-invalid"
  case dnssecInvalid = "dnssec-invalid"
  case daneRequired = "dane-required"
  case policyFetch = "sts-policy-fetch-error"
  case policyInvalid = "sts-policy-invalid"
  case policyAuthority = "sts-webpki-invalid"

  init(_ kind: CertificateFault.Kind) {
    self = Self(rawValue: kind.rawValue) ?? .invalid
  }

  /// Nil for what says nothing about TLS: a host that is down.
  init?(_ failure: ClientFailure) {
    switch failure {
    case .tlsNotOffered: self = .notOffered
    case .untrusted(let fault): self.init(fault.kind)
    case .tlsFailed: self = .invalid
    default: return nil
    }
  }
}

/// One connection to a mail host as TLS reports count it (RFC 8460 §4).
package struct TLSSession: Hashable, Sendable {
  package let at: Timestamp
  /// Whose mail it was to carry.
  package let domain: Domain
  package let policy: FollowedPolicy
  /// Nil where it came to no host.
  package let host: Domain?
  package let address: IPAddress?
  /// Nil where TLS was as the policy wants it.
  package let failure: TLSSessionFailure?
  /// In words.
  package let reason: String?

  package init(
    at: Timestamp, domain: Domain, policy: FollowedPolicy, host: Domain?, address: IPAddress? = nil,
    failure: TLSSessionFailure? = nil, reason: String? = nil
  ) {
    self.at = at
    self.domain = domain
    self.policy = policy
    self.host = host
    self.address = address
    self.failure = failure
    self.reason = reason
  }
}
