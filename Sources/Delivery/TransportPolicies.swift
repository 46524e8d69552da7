package import MailAuth

/// Where the policies of those who receive mail are looked up.
package struct TransportPolicies: Sendable {
  package var dane: DANELookup?
  package var sts: STSPolicies?
  /// Who may certify a host's name where DANE does not say.
  package var authorities: TrustedAuthorities

  package init(
    dane: DANELookup?, sts: STSPolicies?, authorities: TrustedAuthorities = .system
  ) {
    self.dane = dane
    self.sts = sts
    self.authorities = authorities
  }

  /// Asks nobody.
  package static let absent = TransportPolicies(dane: nil, sts: nil)
}
