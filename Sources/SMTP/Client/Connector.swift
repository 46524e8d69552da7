package import Mail

/// Where to connect to.
package enum Endpoint: Hashable, Sendable {
  /// `name` is what the certificate must say and what the log shows.
  case tcp(address: IPAddress, port: UInt16, name: String)
  case unix(path: String)
}

/// How much TLS a connection must have.
package enum TLSRequirement: Hashable, Sendable {
  case never
  /// Used where offered; the certificate is not judged (RFC 7435).
  case opportunistic
  /// No STARTTLS, no delivery; the certificate is not judged.
  case encrypted
  /// A TLSA record must prove the certificate, and the request says how to judge that.
  case dane
  /// The certificate must be valid: as the request's judge says, or for the endpoint's name.
  case verified
}

/// What we speak once connected.
package enum ClientProtocol: Hashable, Sendable {
  case smtp
  case lmtp
}

/// Everything a connection needs to know beforehand.
package struct ConnectionRequest: Hashable, Sendable {
  package var endpoint: Endpoint
  package var tls: TLSRequirement
  package var speaks: ClientProtocol
  /// Says whether the server's certificate proves enough.
  package var judge: ChainJudge?
  /// The name for SNI and the certificate, where it is not the endpoint's (RFC 7672 §2.2).
  package var serverName: String?
  /// Our name for EHLO.
  package var hello: String
  /// Seconds for connecting, greeting and each reply to a question, where somebody waits for it; nil for
  /// the time limits of RFC 5321 §4.5.3.2.
  package var patienceSeconds: Int?

  package init(
    endpoint: Endpoint, tls: TLSRequirement, speaks: ClientProtocol = .smtp, hello: String
  ) {
    self.endpoint = endpoint
    self.tls = tls
    self.speaks = speaks
    self.hello = hello
  }
}

/// Opens connections to other servers. Transport's is made of sockets, the tests' of scripts.
package protocol Connector: Sendable {
  /// Connects, greets and does STARTTLS as `request` asks. Never takes longer than the time limits of
  /// RFC 5321 §4.5.3.2.
  func connect(_ request: ConnectionRequest) async -> Result<any ClientConnection, ClientFailure>
}

/// A connection that has said EHLO and may carry any number of transactions, one after the other.
package protocol ClientConnection: Sendable {
  var tls: TLSFacts? { get }
  /// What the judge had against the certificate, where mail goes on all the same.
  var certificateFault: CertificateFault? { get }
  /// The extensions of the server's last EHLO answer.
  var extensions: ServerExtensions { get }
  /// One transaction: MAIL, RCPTs, DATA or BDAT. After a `.lost` result the connection is gone.
  func send(_ transaction: OutboundTransaction) async -> TransactionResult
  /// What the server says to RCPT for a mailbox, with a null sender and without sending anything.
  func probe(_ mailbox: Mailbox) async -> Result<Reply, ClientFailure>
  /// QUIT and close, without waiting long.
  func close() async
}

extension ClientConnection {
  package var certificateFault: CertificateFault? { nil }
}

/// What a server offers in its answer to EHLO.
package struct ServerExtensions: Hashable, Sendable {
  package var size: Int?
  /// Whether SIZE was offered at all (it may come without a limit, RFC 1870 §4).
  package var hasSize = false
  package var pipelining = false
  package var eightBitMIME = false
  package var utf8 = false
  package var chunking = false
  package var binaryMIME = false
  package var dsn = false
  package var enhancedStatusCodes = false
  package var startTLS = false
  package var requireTLS = false
  package var authMechanisms: [String] = []
  /// LIMITS RCPTMAX (RFC 9422), nil when unlimited or unsaid.
  package var maximumRecipients: Int?
  /// LIMITS MAILMAX.
  package var maximumTransactions: Int?

  package init() {}
}

/// One message for some recipients of one destination.
package struct OutboundTransaction: Sendable {
  /// Only the recipients of this destination.
  package var envelope: Envelope
  package var size: Int
  package var body: OutboundBody

  package init(envelope: Envelope, size: Int, body: OutboundBody) {
    self.envelope = envelope
    self.size = size
    self.body = body
  }
}

/// The bytes as stored (CRLF lines, no dot stuffing).
package enum OutboundBody: Sendable {
  /// All of them: what was in memory, or read without waiting.
  case bytes([UInt8])
  /// In pieces until nil; a new reader begins anew.
  case pieces(@Sendable () -> any BodyReader)
}

/// Reads a stored message piece by piece.
package protocol BodyReader: Sendable {
  /// The next piece, at most 64 KiB; nil at the end. Throws `UnreadableBody` where the bytes are
  /// damaged or gone, and whatever else may pass.
  func next() async throws -> [UInt8]?
}

/// The stored bytes of a message are damaged or gone: reading them again can't help. Every other error of a
/// reader may pass.
package struct UnreadableBody: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What became of a transaction, recipient by recipient.
package enum TransactionResult: Hashable, Sendable {
  /// One outcome a recipient, in the envelope's order.
  case answered([ClientOutcome])
  /// The connection broke. `afterContent` says that all content was sent, so that the message may have
  /// arrived: a retry may then make a duplicate (RFC 1047). `answers` has an outcome for each recipient
  /// that LMTP had answered for by then, and is empty where there was none.
  case lost(ClientFailure, afterContent: Bool, answers: [ClientOutcome?] = [])
}

/// The last word about one recipient.
package enum ClientOutcome: Hashable, Sendable {
  /// The content was accepted for this recipient with this reply.
  case accepted(Reply)
  /// The reply that refused it, to which command.
  case refused(Reply, to: String)
  /// Not sent, since the server lacks what the message needs (SMTPUTF8, BINARYMIME): permanent.
  case incapable(String, EnhancedStatus)
}

/// A fault below SMTP's replies. All are temporary but `tlsNotOffered` and `unreadable`.
package enum ClientFailure: Error, Hashable, Sendable {
  case refused
  case unreachable(String)
  case timedOut(during: String)
  case closed(during: String)
  case tlsFailed(String)
  /// TLS would do, but the certificate does not prove what it must.
  case untrusted(CertificateFault)
  /// The server said 421, or 4yz/5yz to the connection, EHLO or HELO.
  case rejected(Reply, during: String)
  /// The server does not speak SMTP.
  case nonsense(String)
  /// TLS was required and is not offered.
  case tlsNotOffered
  /// The stored bytes can't be read: nothing of the server's doing.
  case unreadable(String)
  /// We have no file or no memory left, or can't read the stored bytes for now: nothing of the server's
  /// doing, and it passes.
  case ours(String)
}
