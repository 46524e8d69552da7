/// By what a server proved that it is the one that mail should go to.
package enum PeerProof: String, Hashable, Sendable, CaseIterable {
  /// Its certificate is named by a TLSA record (RFC 7672 §3.1.1).
  case daneEE = "dane-ee"
  /// A TLSA record names an authority that certified it for its name (RFC 7672 §3.1.2).
  case daneTA = "dane-ta"
  /// An authority that the system trusts certified it, as the domain's MTA-STS policy wants
  /// (RFC 8461 §4.2).
  case mtaSTS = "mta-sts"
  /// An authority that the system trusts certified it for the name that we asked for.
  case pkix
}

/// Why a certificate chain proves nothing.
package struct CertificateFault: Error, Hashable, Sendable {
  /// The kinds that TLS reports tell apart (RFC 8460 §4.3.1).
  package enum Kind: String, Hashable, Sendable {
    case hostMismatch = "certificate-host-mismatch"
    case expired = "certificate-expired"
    case notTrusted = "certificate-not-trusted"
    /// Whatever else is wrong; what no TLSA record matches, too.
    case invalid = "validation-failure"
  }

  package let kind: Kind
  package let words: String

  package init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = words
  }
}

/// Judges the certificate chain that a server shows. Whoever knows the policy makes it, the connection
/// asks it during the handshake and knows nothing of policies.
package struct ChainJudge: Sendable {
  /// What is demanded, in words: two judges that demand the same are equal, and their connections may be
  /// shared.
  package let demand: String
  /// Whether mail goes on when nothing is proven; the fault is noted then (RFC 8461 §5 testing,
  /// RFC 8689 §3).
  package var isAdvisory: Bool
  private let verdict: @Sendable ([[UInt8]]) async -> Result<PeerProof, CertificateFault>

  package init(
    demand: String, isAdvisory: Bool = false,
    verdict: @escaping @Sendable ([[UInt8]]) async -> Result<PeerProof, CertificateFault>
  ) {
    self.demand = demand
    self.isAdvisory = isAdvisory
    self.verdict = verdict
  }

  /// `chain` is DER, the server's own certificate first.
  package func judge(_ chain: [[UInt8]]) async -> Result<PeerProof, CertificateFault> {
    await verdict(chain)
  }
}

extension ChainJudge: Hashable {
  package static func == (one: ChainJudge, other: ChainJudge) -> Bool {
    one.demand == other.demand && one.isAdvisory == other.isAdvisory
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(demand)
    hasher.combine(isAdvisory)
  }
}
