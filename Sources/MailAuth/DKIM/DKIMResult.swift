package import Mail

/// What came of a signature or a message, as Authentication-Results says it (RFC 8601 §2.7.1).
package enum DKIMStatus: String, Codable, Hashable, Sendable {
  /// No signature.
  case none
  case pass
  /// The signature was made for something else than what came.
  case fail
  /// It failed, and its domain says that it only tests (RFC 6376 §3.6.1, `t=y`).
  case neutral
  /// It may be right, but is not one that we accept: our limits, old algorithms, small keys, dates.
  case policy
  case temperror
  /// PERMFAIL of RFC 6376 §6.1.1 and §6.1.2: the field or its key can't be used, now or ever.
  case permerror

  init(_ kind: SignatureFault.Kind) {
    self =
      switch kind {
      case .bodyHash, .bodyTooShort, .signature: .fail
      case .keyUnavailable: .temperror
      case .historicAlgorithm, .expired, .fromTheFuture, .tooManySignatures, .signatureTooLarge,
        .tooManyNames, .headerTooLarge, .keyTooSmall, .keyTooLarge,
        .unsignedRest:
        .policy
      default: .permerror
      }
  }
}

/// What came of one signature.
package struct DKIMResult: Codable, Hashable, Sendable {
  package var status: DKIMStatus
  /// Nil when it passed.
  package var fault: SignatureFault.Kind?
  /// One sentence.
  package var reason: String
  /// `d=`, `s=`, `i=` and `a=` as far as they could be read; a name is lower-case ASCII.
  package var domain: String?
  package var selector: String?
  package var identity: String?
  package var algorithm: SignatureAlgorithm?
  package var keyBits: Int?
  package var signedFields: [String] = []
  /// Octets at the end of the canonical body that nobody signed (`l=`); to be trusted by nobody.
  package var unsignedOctets = 0
  /// The key's record says that the domain only tests.
  package var isTesting = false
  /// DNSSEC proved the key's record.
  package var isKeySecure = false
  package var signedAt: Int64?
  package var expiresAt: Int64?
  /// The front of `b=`, which tells signatures of one domain apart (RFC 6008).
  package var signatureStart: String?

  /// `d=`, to align with; nil unless it passed. A signature that leaves out a part of the body
  /// vouches for nobody: whoever holds one such message can add what he likes, and the reader sees
  /// only that (RFC 6376 §8.2).
  package var passedDomain: Domain? {
    status == .pass && unsignedOctets == 0 ? domain.flatMap { Domain($0) } : nil
  }

  /// What others are told: of a signature that leaves out a part of the body no pass, since who reads
  /// it looks at the whole (RFC 8601 §2.7.1, `policy`).
  package var toldStatus: DKIMStatus {
    status == .pass && unsignedOctets > 0 ? .policy : status
  }

  init(_ fault: SignatureFault) {
    status = DKIMStatus(fault.kind)
    self.fault = fault.kind
    reason = "A signature does not count: \(fault.words)."
  }

  init(_ signature: DKIMSignature) {
    status = .pass
    let terms = signature.terms
    reason = "\(terms.domain) signed this message."
    domain = terms.domain.ascii
    selector = terms.selector.ascii
    identity = signature.identity
    algorithm = terms.algorithm
    signedFields = signature.scope.names
    signedAt = terms.signedAt
    expiresAt = signature.scope.expiresAt
    signatureStart = String(Base64.encode(terms.signature.prefix(6)))
  }

  mutating func fail(_ fault: SignatureFault) {
    status = DKIMStatus(fault.kind)
    self.fault = fault.kind
    reason = "The signature of \(domain ?? "nobody") does not count: \(fault.words)."
    if status == .fail, isTesting {
      status = .neutral
      reason = "The signature of \(domain ?? "nobody"), which only tests, fails: \(fault.words)."
    }
  }
}

/// What came of all signatures of a message.
package struct DKIMReport: Codable, Hashable, Sendable {
  /// The message's: that of its best signature.
  package let status: DKIMStatus
  /// In the order in which they stand, topmost first.
  package let signatures: [DKIMResult]
  /// Signatures beyond the limit, at which nobody looked.
  package let unjudged: Int

  package init(_ signatures: [DKIMResult], unjudged: Int = 0) {
    let order: [DKIMStatus] = [.pass, .temperror, .fail, .neutral, .policy, .permerror]
    status = order.first { status in signatures.contains { $0.status == status } } ?? .none
    self.signatures = signatures
    self.unjudged = unjudged
  }

  /// The domains that signed it.
  package var passedDomains: [Domain] { signatures.compactMap(\.passedDomain) }
}
