package import Mail
package import Policy
package import Relay
package import SMTP

/// The settings of one gate, checked. Made only from a file without faults.
package struct GateSettings: Sendable {
  package var hostname: String
  /// Whom mail for the bare `<Postmaster>` reaches, and whom notices come from.
  package var postmaster: Mailbox?
  package var dataDirectory = "/var/lib/kadomori"
  package var listeners: [ListenerSettings] = []
  package var tls = TLSSettings()
  /// AUTH without TLS on listeners that are bound to loopback.
  package var offersClearAuthOnLoopback = false
  package var policy: RelayPolicy
  package var inspection = InspectionSettings()
  /// What is done with mail that was judged.
  package var decisions = DecisionPolicy()
  /// In front of the subject of marked mail.
  package var subjectTag: String?
  /// How long mail that the gate held is kept. Seconds.
  package var holdSeconds = 30 * 86_400
  package var limits = SessionLimits()
  package var wire = WireRules()
  package var commandSeconds = 300
  /// For every kind of listener; nil leaves each kind its own.
  package var greetingDelayMilliseconds: Int?
  /// For the whole content of one message.
  package var contentSeconds = 3600
  /// For the TLS handshake and the PROXY header.
  package var handshakeSeconds = 30
  /// For a whole session, however busy.
  package var sessionSeconds = 6 * 3600
  package var connections = 20_000
  package var connectionsPerAddress = 50
  /// From one IPv4 /24 or IPv6 /56.
  package var connectionsPerNetwork = 200
  package var retry = RetrySettings()
  package var dns = DNSSettings()
  package var identity = IdentitySettings()
  package var blocklists: [BlocklistSettings] = []
  package var reports = ReportSettings()
  /// Connections to one destination at once.
  package var destinationConnections = 20
  /// Where the hosts of `mx` routes listen.
  package var mxPort: UInt16 = 25
  package var transport = TransportSettings()
  /// Where `/health` and `/metrics` are served.
  package var status: SocketPlace?
  package var logsJSON = false
  /// How long the journal keeps finished messages. Seconds.
  package var journalSeconds = 90 * 86_400
}

/// One listener.
package struct ListenerSettings: Sendable {
  package var kind: ListenerKind
  package var address: IPAddress
  package var port: UInt16
  package var tls = ListenerTLS.startTLS
  /// Peers that must speak the PROXY protocol first.
  package var proxies: [Network] = []
  /// Peers that may say XCLIENT.
  package var clientAttributePeers: [Network] = []
}

extension ListenerSettings {
  package var place: SocketPlace { SocketPlace(address: address, port: port) }
}

/// When TLS begins on a listener.
package enum ListenerTLS: String, Hashable, Sendable {
  case startTLS = "starttls"
  /// With the first octet (RFC 8314 §3.3).
  case implicit
  case none
}

/// How mail is looked into.
package struct InspectionSettings: Hashable, Sendable {
  package var isOn = true
  /// Nil for one a core.
  package var processes: Int?
  /// For one message.
  package var seconds = 15
  /// Octets for one process.
  package var memory = 256 << 20
  /// Folders of rules beside the shipped ones.
  package var folders = RuleFolders()
  /// A socket's path, or `host:port`; nil where ClamAV is not asked.
  package var clamd: String?
  /// For mail with active content while a scanner can't be asked.
  package var whenScannerIsDown = Action.hold

  package init() {}
}

/// Where rules of one's own stand; nil where there are none.
package struct RuleFolders: Hashable, Sendable {
  /// TOML.
  package var rules: String?
  package var yara: String?

  package init(rules: String? = nil, yara: String? = nil) {
    self.rules = rules
    self.yara = yara
  }
}

/// The certificate to serve; nil files mean the gate's own.
package struct TLSSettings: Hashable, Sendable {
  package var certificate: String?
  package var key: String?
  package var isTLS13Only = false

  package init(certificate: String? = nil, key: String? = nil, isTLS13Only: Bool = false) {
    self.certificate = certificate
    self.key = key
    self.isTLS13Only = isTLS13Only
  }
}

/// How names are looked up.
package struct DNSSettings: Hashable, Sendable {
  /// `192.0.2.53` or `127.0.0.1@5353`; empty for the system's.
  package var servers: [String] = []
  /// The root's key.
  package var trustAnchor = TrustAnchor.standard
  package var timeoutSeconds = 20
}

/// Where the root's DNSSEC key is.
package enum TrustAnchor: Hashable, Sendable {
  /// The system's, where the system's servers are asked.
  case standard
  case file(String)
  /// Nothing is proven.
  case none
}

/// How mail travels to others.
package struct TransportSettings: Sendable {
  package var followsDANE = true
  package var followsSTS = true
  /// PEM file; the system's authorities without it.
  package var authorities: String?
  /// Where policy hosts listen.
  package var policyPort: UInt16 = 443
  /// Single foreign domains, where it is not as `outbound.tls` says.
  package var tlsByDomain: [Domain: TLSRequirement] = [:]
}

/// An address with a port.
package struct SocketPlace: Hashable, Sendable, CustomStringConvertible {
  package var address: IPAddress
  package var port: UInt16

  package init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// `127.0.0.1:25`, `[::1]:25`.
  package var description: String {
    address.octets.count == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}

/// When delivery is tried again. Seconds.
package struct RetrySettings: Hashable, Sendable {
  package var first = 300
  package var longest = 3600
  package var expiry = 5 * 86_400
  /// When the sender is told of a delay.
  package var warning = 4 * 3600

  package init() {}
}
