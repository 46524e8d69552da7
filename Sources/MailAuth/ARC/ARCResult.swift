/// A chain's status, and `cv=` of a seal (RFC 8617 §4.4).
package enum ARCStatus: String, Codable, Hashable, Sendable {
  /// The message has no chain.
  case none
  case pass
  case fail
}

/// What came of a message's chain.
package struct ARCResult: Codable, Hashable, Sendable {
  /// One hop of a chain that is whole.
  package struct Hop: Codable, Hashable, Sendable {
    package var instance: Int
    /// `d=` of its seal: who vouches.
    package var sealer: String
    /// `d=` of its signature over the message.
    package var signer: String
    /// What it found, as it wrote it: `mx.example.jp; spf=pass …`. Believed only of sealers that
    /// are trusted, and only when the chain passed.
    package var results: String
  }

  package var status: ARCStatus
  /// Nil unless it failed.
  package var fault: SignatureFault.Kind?
  /// One sentence.
  package var reason: String
  /// The instance at which it failed, where one can be told.
  package var failedInstance: Int?
  /// From the first on.
  package var hops: [Hop] = []
  /// Whether the newest signature over the message signs From; RFC 6376 §5.4 wants it to, but chains
  /// without it pass in the published suite.
  package var signsFrom = false
  /// The lowest instance whose signature over the message still holds, 0 when all do (RFC 8617 §5.2
  /// step 5); nil when nobody looked.
  package var oldestPass: Int?

  /// The DNS did not answer. The chain has failed all the same (§5.2.1), but the message may be
  /// deferred.
  package var isTemporary: Bool { fault == .keyUnavailable }
}
