package import Mail
package import SMTP

/// Names to addresses. The validating resolver comes with the DNS room; until then a route names
/// hosts that the system can look up.
package protocol AddressLookup: Sendable {
  /// Blocks; empty when the name has no address or can't be looked up now. Throws `.ours` where we had no
  /// file to ask with.
  func addresses(of name: String) throws(ClientFailure) -> [IPAddress]
}
