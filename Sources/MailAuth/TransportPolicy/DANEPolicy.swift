package import DNS

/// What a host's TLSA records ask of a connection to it (RFC 7672 §2.2, §3).
package enum DANEPolicy: Hashable, Sendable {
  /// None, or none that DNSSEC proved: DANE asks nothing.
  case absent
  /// There are records, none of which SMTP can use: TLS is a must, whoever's it is (RFC 7672 §2.2).
  case encrypt
  /// TLS is a must, and the certificate must match one of these.
  case authenticate([CertificateAssociation])
  /// It can't be known: the delivery waits (RFC 7672 §2.1).
  case failure(DNSFailure)

  /// Records of one answer that are looked at.
  package static let recordLimit = 64

  package init(_ answer: Result<DNSAnswer<CertificateAssociation>, DNSFailure>) {
    switch answer {
    case .failure(let failure): self = failure.isTemporary ? .failure(failure) : .absent
    case .success(let answer) where !answer.isSecure || answer.records.isEmpty: self = .absent
    case .success(let answer):
      let usable = Self.strongest(answer.records.prefix(Self.recordLimit).filter(\.isUsable))
      self = usable.isEmpty ? .encrypt : .authenticate(usable)
    }
  }

  /// RFC 7671 §9: where both digests stand for one usage and selector, only SHA-512 counts. The
  /// octets themselves always do.
  private static func strongest(
    _ records: [CertificateAssociation]
  ) -> [CertificateAssociation] {
    records.filter { record in
      record.matchingType != 1
        || !records.contains {
          $0.matchingType == 2 && $0.usage == record.usage && $0.selector == record.selector
        }
    }
  }

  /// How a certificate chain stands to the records.
  package enum Match: Hashable, Sendable {
    /// The host's own certificate is named: proven, whatever names and dates it has (RFC 7672
    /// §3.1.1).
    case endEntity
    /// This certificate of the chain is an anchor. Proven only if the chain leads to it, is in
    /// date, and the host's certificate has one of the names of RFC 7672 §3.1.2.
    case anchor(Int)
    case nothing
  }

  /// Certificates of one chain that are looked at.
  package static let chainLimit = 16

  /// Compares a chain (DER, the host's own certificate first) with the records.
  package static func match(
    _ chain: [[UInt8]], _ records: [CertificateAssociation]
  ) -> Match {
    guard let own = chain.first else { return .nothing }
    if records.contains(where: { $0.usage == 3 && $0.matches(own) }) { return .endEntity }
    for (index, certificate) in chain.prefix(chainLimit).enumerated()
    where records.contains(where: { $0.usage == 2 && $0.matches(certificate) }) {
      return .anchor(index)
    }
    return .nothing
  }
}
