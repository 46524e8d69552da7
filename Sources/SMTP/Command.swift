package import Mail

/// How a client names itself in HELO or EHLO (RFC 5321 §4.1.1.1).
///
/// Only the syntax is judged here; whether the name is true is evidence for later.
package enum HelloName: Hashable, Sendable {
  case host(Host)
  /// Neither a domain nor a literal, though free of control characters: `_host`, `PC01 `, `[bad`.
  /// Half the world's printers say such things, so it is kept as it came (at most 255 bytes).
  case other(String)
}

/// One command line of a client, parsed (RFC 5321 §4.1.1 and the extensions of `docs/rfc.md`).
package enum Command: Hashable, Sendable {
  case hello(HelloName)
  case extendedHello(HelloName)
  /// LHLO, of LMTP (RFC 2033); a server of SMTP answers 500.
  case localHello(HelloName)
  case mail(ReversePath, MailParameters)
  case recipient(ForwardPath, notify: NotifyConditions?, original: OriginalRecipient?)
  case data
  /// RFC 3030 §2: that many octets follow the CRLF.
  case chunk(size: Int, last: Bool)
  case reset
  case noop
  case quit
  case verify(String)
  case expand(String)
  case help
  case startTLS
  /// RFC 4954 §4. `initialResponse` is base64-decoded; `[]` stands for the `=` of an empty one.
  case authenticate(mechanism: String, initialResponse: [UInt8]?)
  /// Postfix's XCLIENT: attribute names upper-cased, values xtext-decoded.
  case clientAttributes([ClientAttribute])
  /// ETRN, TURN, SEND … : known to the RFCs, not offered here.
  case unsupported(String)
  /// A verb that no RFC knows.
  case unknown(String)
}

/// One `NAME=value` of XCLIENT; nil for `[UNAVAILABLE]` and `[TEMPUNAVAIL]`.
package struct ClientAttribute: Hashable, Sendable {
  package let name: String
  package let value: String?

  package init(name: String, value: String?) {
    self.name = name
    self.value = value
  }
}

/// Why a command line could not be read, with the reply that says so.
package struct CommandError: Error, Hashable, Sendable {
  package let reply: Reply
  package init(_ reply: Reply) { self.reply = reply }
}
