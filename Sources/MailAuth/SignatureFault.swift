/// Why a signature does not pass: a kind that machines compare and words for people.
package struct SignatureFault: Error, Hashable, Sendable {
  /// Kinds by the paragraph that rules them; RFC 6376 §6.1 unless another stands beside.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case syntax
    case missingTag = "missing-tag"
    case version
    case algorithm
    /// RFC 8301 §3.1: recognised, never valid.
    case historicAlgorithm = "historic-algorithm"
    case identity
    case fromUnsigned = "from-unsigned"
    case queryMethod = "query-method"
    case expired
    /// RFC 6376 §3.5, `t=`.
    case fromTheFuture = "from-the-future"
    /// Our limits: signatures a message, octets and names a signature, octets of header.
    case tooManySignatures = "too-many-signatures"
    case signatureTooLarge = "signature-too-large"
    case tooManyNames = "too-many-names"
    case headerTooLarge = "header-too-large"
    case keyUnavailable = "key-unavailable"
    case noKey = "no-key"
    case keySyntax = "key-syntax"
    case keyRevoked = "key-revoked"
    case keyAlgorithm = "key-algorithm"
    case keyHash = "key-hash"
    case keyService = "key-service"
    /// RFC 8301 §3.2.
    case keyTooSmall = "key-too-small"
    case keyTooLarge = "key-too-large"
    case bodyTooShort = "body-too-short"
    /// RFC 8460 §3: a report is signed to its last octet.
    case unsignedRest = "unsigned-rest"
    case bodyHash = "body-hash"
    case signature
    /// RFC 8617 §5.2: sets, instances and `cv=` of a chain.
    case chain
  }

  package let kind: Kind
  /// Follows "the signature of example.jp does not count: ".
  package let words: String

  package init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = words
  }
}
