package import SMTP

/// A row of the table set by hand. Nil matches everything.
package struct RelayRule: Hashable, Sendable {
  package var listener: ListenerKind?
  package var network: String?
  package var authenticated: Bool?
  package var sender: SenderClass?
  package var recipient: RecipientClass?
  package var accepts: Bool

  package init(
    listener: ListenerKind? = nil, network: String? = nil, authenticated: Bool? = nil,
    sender: SenderClass? = nil, recipient: RecipientClass? = nil, accepts: Bool
  ) {
    self.listener = listener
    self.network = network
    self.authenticated = authenticated
    self.sender = sender
    self.recipient = recipient
    self.accepts = accepts
  }

  func matches(_ situation: Situation) -> Bool {
    if let listener, listener != situation.listener { return false }
    if let network, situation.client != .named(network) { return false }
    if let authenticated, authenticated != (situation.identity != .anonymous) { return false }
    if let sender, sender != situation.sender { return false }
    if let recipient, recipient != situation.recipient { return false }
    return true
  }
}
