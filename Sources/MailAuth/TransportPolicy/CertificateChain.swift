import Foundation
import Mail
import SMTP
import SwiftASN1
import X509

/// A server's certificates, read: its own, and those that it sent along to show the way to an authority.
struct CertificateChain {
  let own: Certificate
  let others: [Certificate]

  /// Certificates that are looked at. Ways through them are searched, so more would buy a hostile server
  /// our time; real chains have two to four.
  static let limit = 10

  /// `chain` is DER, the server's own first. Of the others, what can't be read leads nowhere.
  init(parsing chain: [[UInt8]]) throws(CertificateFault) {
    guard let first = chain.first else { throw CertificateFault(.invalid, "no certificate") }
    do {
      own = try Certificate(derEncoded: first)
    } catch {
      throw CertificateFault(.invalid, "the certificate can't be read")
    }
    others = chain.dropFirst().prefix(Self.limit - 1).compactMap {
      try? Certificate(derEncoded: $0)
    }
  }

  /// Whether a way leads to one of the anchors, in date, and to a certificate of one of the names
  /// (RFC 5280 §6, RFC 9525 §6). The kinds are told apart by what a postmaster would mend first.
  func fault(
    anchors: CertificateStore, names: [Domain], takesCommonName: Bool
  ) async -> CertificateFault? {
    let now = Date()
    if now > own.notValidAfter { return CertificateFault(.expired, "the certificate has expired") }
    if now < own.notValidBefore {
      return CertificateFault(.invalid, "the certificate is not valid yet")
    }
    guard isFor(names, takesCommonName: takesCommonName) else {
      let names = names.map(\.ascii).joined(separator: ", ")
      return CertificateFault(.hostMismatch, "the certificate is not for \(names)")
    }
    var verifier = Verifier(rootCertificates: anchors) {
      RFC5280Policy()
      ServerPurpose()
    }
    switch await verifier.validate(leaf: own, intermediates: CertificateStore(others)) {
    case .validCertificate: return nil
    case .couldNotValidate(let failures):
      let hasExpired = others.contains { $0.notValidAfter < now }
      let why = failures.isEmpty ? "no trusted authority certified it" : "its chain is not valid"
      return hasExpired
        ? CertificateFault(.expired, "an authority's certificate has expired")
        : CertificateFault(.notTrusted, why)
    }
  }

  /// A name stands in the certificate as it is, or a wildcard does for its first label, all of it
  /// (RFC 9525 §6.3). The common name counts only where there is no DNS name, and only for DANE
  /// (RFC 7672 §3.2.3); MTA-STS wants none of it (RFC 8461 §4.2).
  private func isFor(_ names: [Domain], takesCommonName: Bool) -> Bool {
    let alternatives = (try? own.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames()
    var texts: [String] = alternatives.compactMap { name in
      if case .dnsName(let text) = name { text } else { nil }
    }
    if texts.isEmpty, takesCommonName, let text = commonName { texts = [text] }
    let patterns = texts.compactMap { try? HostPattern(parsing: Array($0.utf8)[...]) }
    return names.contains { name in patterns.contains { $0.matches(name) } }
  }

  private var commonName: String? {
    own.subject.flatMap { Array($0) }.last { $0.type == .RDNAttributeType.commonName }
      .flatMap { String($0.value) }
  }
}

/// A certificate that says what it is for must say that it is for a server (RFC 5280 §4.2.1.12). The
/// names were looked at before.
private struct ServerPurpose: VerifierPolicy {
  let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
    .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.extendedKeyUsage,
  ]

  func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
    do {
      guard let usage = try chain.leaf.extensions.extendedKeyUsage else { return .meetsPolicy }
      if usage.contains(.serverAuth) || usage.contains(.any) { return .meetsPolicy }
      return .failsToMeetPolicy(reason: "the certificate is not for servers")
    } catch {
      return .failsToMeetPolicy(reason: "its purpose can't be read")
    }
  }
}

/// Authorities that are trusted.
package struct TrustedAuthorities: Sendable {
  let store: CertificateStore

  /// Those of the system, such as Debian's `ca-certificates`.
  package static let system = TrustedAuthorities(store: .systemTrustRoots)

  private init(store: CertificateStore) { self.store = store }

  /// The certificates of a PEM text; nil where it holds none, or one that can't be read.
  package init?(pem: String) {
    guard let documents = try? PEMDocument.parseMultiple(pemString: pem), !documents.isEmpty else {
      return nil
    }
    let certificates = documents.compactMap { try? Certificate(pemDocument: $0) }
    guard certificates.count == documents.count else { return nil }
    store = CertificateStore(certificates)
  }
}
