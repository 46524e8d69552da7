package import SMTP

/// One recipient of one message, reduced to what the relay table asks about. Finite in every
/// dimension, so that all situations can be enumerated.
package struct Situation: Hashable, Sendable {
  package var listener: ListenerKind
  package var client: ClientClass
  package var usesTLS: Bool
  package var identity: Identity
  package var sender: SenderClass
  package var recipient: RecipientClass

  package init(
    listener: ListenerKind, client: ClientClass, usesTLS: Bool, identity: Identity,
    sender: SenderClass, recipient: RecipientClass
  ) {
    self.listener = listener
    self.client = client
    self.usesTLS = usesTLS
    self.identity = identity
    self.sender = sender
    self.recipient = recipient
  }
}

/// From where a client connects.
package enum ClientClass: Hashable, Sendable {
  case named(String)
  case loopback
  /// A private address that no named network has.
  case unnamedPrivate
  case `public`
}

/// Who the client has proved to be.
package enum Identity: Hashable, Sendable {
  case anonymous
  /// An account and the widest right of its groups.
  case account(SenderRight)
}

/// Whom the message claims to be from.
package enum SenderClass: Hashable, Sendable, CaseIterable {
  case null
  /// An address of the authenticated account.
  case accountAddress
  case ownDomain
  case foreign
}

/// Whom it goes to.
package enum RecipientClass: Hashable, Sendable, CaseIterable {
  case ownUser
  case unknownUser
  /// The bare `<Postmaster>` (RFC 5321 §4.5.1).
  case barePostmaster
  case foreign
  /// An address literal, `user@[192.0.2.1]`.
  case literal
  /// One of our domains in front, another place behind it: `a%b@us`, `b!a@us`, `@us:a@b`, `"a@b"@us`.
  case disguised
}
