package import Mail

/// The three kinds of listener; the relay table is asked by kind.
package enum ListenerKind: String, Hashable, Sendable, CaseIterable {
  /// Port 25: strangers bring mail for our domains.
  case mx
  /// Ports 587 and 465: our people, proved by AUTH, bring mail for anyone.
  case submission
  /// Named hosts of ours that can't authenticate.
  case `internal`
}

/// The TLS of a connection, as the log shows it.
package struct TLSFacts: Hashable, Sendable {
  /// `TLSv1.3`.
  package let version: String
  /// How the peer proved who it is; nil where it did not, or was not asked to.
  package let proof: PeerProof?

  package init(version: String, proof: PeerProof? = nil) {
    self.version = version
    self.proof = proof
  }

  /// `TLSv1.3, verified by dane-ee`.
  package var words: String { "\(version), verified by \(proof?.rawValue ?? "none")" }
}

/// Where a message (or a session) came from: what is known besides the envelope.
package struct Origin: Hashable, Sendable {
  package var listener: ListenerKind
  package var address: IPAddress
  package var port: UInt16
  /// Nil before HELO.
  package var hello: HelloName?
  /// Whether the client said EHLO.
  package var isExtended: Bool
  package var tls: TLSFacts?
  /// The authenticated account's name.
  package var account: String?

  package init(
    listener: ListenerKind, address: IPAddress, port: UInt16, hello: HelloName? = nil,
    isExtended: Bool = false, tls: TLSFacts? = nil, account: String? = nil
  ) {
    self.listener = listener
    self.address = address
    self.port = port
    self.hello = hello
    self.isExtended = isExtended
    self.tls = tls
    self.account = account
  }

  /// The `with` word of Received (RFC 3848, RFC 6531 §3.7.3): `ESMTPSA`, `UTF8SMTPS`, …
  package func protocolName(utf8: Bool) -> String {
    let base = utf8 ? "UTF8SMTP" : isExtended ? "ESMTP" : "SMTP"
    guard isExtended || utf8 else { return base }
    return base + (tls == nil ? "" : "S") + (account == nil ? "" : "A")
  }
}
