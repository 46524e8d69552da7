package import Mail
package import SMTP

/// One listener as the settings want it.
package struct ListenerPlan: Sendable {
  /// The address to bind; port 0 asks the system for a free one.
  package var address: IPAddress
  package var port: UInt16
  package var profile: ServerProfile
  /// TLS from the first octet on (port 465, RFC 8314 §3.3).
  package var implicitTLS = false
  /// Serves STARTTLS or implicit TLS; nil where TLS is not offered.
  package var identity: ServedIdentity?
  /// Peers that must speak the PROXY protocol first.
  package var proxies: [Network] = []
  /// Peers that may say XCLIENT.
  package var clientAttributePeers: [Network] = []
  package var times: StageTimes

  package init(address: IPAddress, port: UInt16, profile: ServerProfile) {
    self.address = address
    self.port = port
    self.profile = profile
    times = StageTimes(for: profile.listener)
  }
}

/// How long a client may take, stage by stage.
package struct StageTimes: Hashable, Sendable {
  /// How long we listen before we greet; who talks meanwhile is refused. Milliseconds.
  package var greetingDelayMilliseconds: Int
  /// From the end of one command to the end of the next (RFC 5321 §4.5.3.2.7: at least five minutes).
  package var commandSeconds = 300
  /// Between two pieces of content (RFC 5321 §4.5.3.2.5: three minutes for the client).
  package var contentPieceSeconds = 180
  /// For the whole content of one message: one octet a minute is no mail.
  package var contentSeconds = 3600
  /// TLS handshake and PROXY header.
  package var handshakeSeconds = 30
  /// The whole session, however busy.
  package var sessionSeconds = 6 * 3600

  package init(for listener: ListenerKind) {
    greetingDelayMilliseconds = listener == .mx ? strangersWaitMilliseconds : 0
  }
}

/// How long strangers wait for our greeting. A mail server listens first; a spam program writes its whole
/// conversation at once, and without a wait its octets come just after the greeting went out. A tenth of
/// a second is several round trips of most of them and nothing to a mail queue.
private let strangersWaitMilliseconds = 100

/// Makes the guard of each new connection.
package protocol Gatekeeper: Sendable {
  /// Called on an event loop: it must not wait.
  func guardSession(from origin: Origin) -> any SessionGuard
}
