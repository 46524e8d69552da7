package import Mail

/// Who a message says it comes from in MAIL: nobody (`<>`, a notification) or a mailbox.
package enum ReversePath: Hashable, Sendable {
  case null
  case mailbox(Mailbox)

  package var mailbox: Mailbox? {
    if case .mailbox(let mailbox) = self { mailbox } else { nil }
  }
}

/// Who a message goes to in RCPT (RFC 5321 §4.1.1.3).
package struct ForwardPath: Hashable, Sendable {
  /// Nil for the bare `<Postmaster>` that needs no domain (RFC 5321 §4.5.1).
  package let mailbox: Mailbox?
  /// The hosts of an old source route, `@a,@b:` before the mailbox; nearly always empty.
  /// It is never followed (RFC 5321 §3.3, appendix C), but the relay policy must see it.
  package let sourceRoute: [Domain]

  package init(mailbox: Mailbox?, sourceRoute: [Domain] = []) {
    self.mailbox = mailbox
    self.sourceRoute = sourceRoute
  }
}

/// The body's declared kind (RFC 6152, RFC 3030).
package enum BodyKind: String, Hashable, Sendable {
  case sevenBit = "7BIT"
  case eightBitMIME = "8BITMIME"
  case binaryMIME = "BINARYMIME"
}

/// How much of the message a failure notice returns (RFC 3461 §4.3).
package enum ReturnContent: String, Hashable, Sendable {
  case full = "FULL"
  case headers = "HDRS"
}

/// When a recipient's fate is to be reported (RFC 3461 §4.1). Empty is `NEVER`.
package struct NotifyConditions: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let success = NotifyConditions(rawValue: 1)
  package static let failure = NotifyConditions(rawValue: 2)
  package static let delay = NotifyConditions(rawValue: 4)
  package static let never: NotifyConditions = []
}

/// The original recipient as the sender knew it, `rfc822;user@example` (RFC 3461 §4.2), xtext decoded.
package struct OriginalRecipient: Hashable, Sendable {
  package let addressType: String
  package let address: String

  package init(addressType: String, address: String) {
    self.addressType = addressType
    self.address = address
  }
}

/// What MAIL said besides the address.
package struct MailParameters: Hashable, Sendable {
  /// Octets the client announced (RFC 1870), nil when it did not.
  package var size: Int?
  package var body: BodyKind?
  package var utf8 = false
  package var returnContent: ReturnContent?
  /// RFC 3461 §4.4, xtext decoded, at most 100 characters.
  package var envelopeID: String?
  /// RFC 8689 §2.
  package var requireTLS = false
  /// What the message's header said, `TLS-Required: No` (RFC 8689 §3): what the recipient's domain wants
  /// of TLS is wished for, not demanded. Never beside `requireTLS`.
  package var isTLSOptional = false
  /// RFC 4954 §5, `AUTH=<>` or an xtext mailbox; kept for the log, never believed.
  package var authenticated: String?

  package init() {}
}

/// One accepted recipient.
package struct Recipient: Hashable, Sendable {
  package var path: ForwardPath
  /// Nil when the client did not ask: failure and delay are then reported (RFC 3461 §4.1).
  package var notify: NotifyConditions?
  package var original: OriginalRecipient?

  package init(
    path: ForwardPath, notify: NotifyConditions? = nil, original: OriginalRecipient? = nil
  ) {
    self.path = path
    self.notify = notify
    self.original = original
  }
}

/// What SMTP knows of a message besides its bytes (RFC 5321 §2.3.1).
package struct Envelope: Hashable, Sendable {
  package var sender: ReversePath
  package var parameters: MailParameters
  package var recipients: [Recipient]

  package init(
    sender: ReversePath, parameters: MailParameters = .init(), recipients: [Recipient] = []
  ) {
    self.sender = sender
    self.parameters = parameters
    self.recipients = recipients
  }
}
