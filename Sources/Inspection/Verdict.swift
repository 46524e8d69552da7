/// What a message, or a file, is held to be. How certain it is stands in the findings.
package enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  case clean
  /// Something speaks against it, not enough to be sure.
  case suspicious
  /// Unwanted advertising.
  case spam
  /// Poses as somebody else to get at secrets or money.
  case phishing
  /// Carries what would harm.
  case malicious
  /// Hides something that can't be looked into, such as an encrypted archive or what lies behind a bound.
  case unanalysable
}
