import SMTP

/// Why one host did not take a message that was not even offered to it, or could not be.
struct HostFailure: Sendable {
  let words: String
  let status: EnhancedStatus
  /// Whether another time can't help: the message asks for more TLS than the host has.
  let isFinal: Bool
  /// Whether only the message's own wish is in the way: others may well be taken.
  let isWish: Bool
  /// What a TLS report calls it.
  let report: TLSSessionFailure?
  /// Nothing of the host's doing.
  let isOurs: Bool

  init(
    _ words: String, _ status: EnhancedStatus, isFinal: Bool = false, isWish: Bool = false,
    report: TLSSessionFailure? = nil, isOurs: Bool = false
  ) {
    self.words = words
    self.status = status
    self.isFinal = isFinal
    self.isWish = isWish || isFinal
    self.report = report
    self.isOurs = isOurs
  }
}
