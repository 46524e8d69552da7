/// What one listener offers and how much it bears: everything a session machine must know beforehand.
package struct ServerProfile: Hashable, Sendable {
  /// Our name in the greeting, in EHLO's answer and in Received.
  package var hostname: String
  package var listener: ListenerKind
  package var offersStartTLS = false
  /// Upper-case SASL mechanisms, empty for none.
  package var authMechanisms: [String] = []
  /// Offers AUTH before TLS; settings allow it on loopback only.
  package var offersAuthInClear = false
  /// MAIL is refused before AUTH has succeeded (RFC 6409 §4.3).
  package var requiresAuth = false
  package var limits = SessionLimits()
  package var wire = WireRules()

  package init(hostname: String, listener: ListenerKind) {
    self.hostname = hostname
    self.listener = listener
  }
}

/// Counts that end or bound a session. Times are Transport's (`StageTimes`).
package struct SessionLimits: Hashable, Sendable {
  /// Octets of content; announced by SIZE (RFC 1870).
  package var messageSize = 50 * 1024 * 1024
  /// RFC 5321 §4.5.3.1.8 wants at least 100.
  package var recipients = 1000
  /// Transactions in one connection; announced by LIMITS MAILMAX (RFC 9422).
  package var transactions = 1000
  /// Refused or unknown commands before 421; Postfix's hard error limit is 20, a mailing list with dead
  /// recipients reaches more.
  package var errors = 50
  /// NOOP, RSET, VRFY, EHLO and the like since the last accepted message before 421.
  package var idleCommands = 100
  /// AUTH exchanges that failed before 421.
  package var authFailures = 3

  package init() {}
}

/// How strict the wire is.
package struct WireRules: Hashable, Sendable {
  /// Bare CR or LF in content becomes CRLF instead of being refused. Never passed on either way.
  package var normalisesBareNewlines = false
  package var acceptsNUL = false
  /// Octets of a content line without CRLF. RFC 5321 §4.5.3.1.6 says 998; senders do exceed it, and a
  /// gateway that refuses what the next hop would take loses mail, so the default bound is higher.
  package var lineLength = 65_536

  package init() {}
}

/// Octets of a command line without CRLF. RFC 5321 §4.5.3.1.4 says 512 with CRLF, extensions add to it:
/// SIZE 26, BODY 17, ENVID 110, ORCPT 509, AUTH 504, SMTPUTF8 10 (RFC 3461 §4, RFC 4954 §3, RFC 6531 §3.4).
package let commandLineLimit = 2048

/// Octets of a line of an AUTH exchange, base64 and CRLF included (RFC 4954 §4.2).
package let authLineLimit = 12_288
