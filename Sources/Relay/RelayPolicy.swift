package import Mail
package import SMTP

/// Who may send what to whom: everything the relay table is made from. Immutable; a reload makes
/// another one, which must prove itself before it is used.
package struct RelayPolicy: Sendable {
  package var hostname: Domain
  package var domains: [OwnDomain]
  package var networks: [NamedNetwork]
  /// Groups of accounts and what their members may say they are.
  package var groups: [AccountGroup]
  /// Rows set by hand, asked before all others, first match wins; the proof judges them too.
  package var rules: [RelayRule]
  /// How mail for everybody else travels.
  package var foreignRoute: Route
  /// Who gets mail for the bare `<Postmaster>`; nil leaves it to our first domain.
  package var postmaster: Mailbox?
  /// The listeners, with who may say there which address a client has.
  package var listeners: [RelayListener]

  private let domainIndex: [Domain: Int]

  package init(
    hostname: Domain, domains: [OwnDomain], networks: [NamedNetwork] = [],
    groups: [AccountGroup] = [], rules: [RelayRule] = [],
    foreignRoute: Route = .mx(tls: .opportunistic), postmaster: Mailbox? = nil,
    listeners: [RelayListener] = []
  ) {
    self.hostname = hostname
    self.domains = domains
    self.networks = networks
    self.groups = groups
    self.rules = rules
    self.foreignRoute = foreignRoute
    self.postmaster = postmaster
    self.listeners = listeners
    domainIndex = Dictionary(
      domains.indices.map { (domains[$0].domain, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The domain we receive mail for, nil for a foreign one.
  package func ownDomain(_ domain: Domain) -> OwnDomain? { domainIndex[domain].map { domains[$0] } }

  /// The first named network that has this address.
  package func network(of address: IPAddress) -> NamedNetwork? {
    networks.first { $0.ranges.contains { $0.contains(address) } }
  }

  /// Whether mail for the bare `<Postmaster>` has somewhere of ours to go; without it the smart host
  /// would get what any stranger sends.
  package var hasPostmaster: Bool { postmaster != nil || !domains.isEmpty }

  /// The route to a recipient's host.
  package func route(to mailbox: Mailbox?) -> Route {
    guard let mailbox else { return domains.first?.route ?? foreignRoute }
    return mailbox.domain.flatMap(ownDomain)?.route ?? foreignRoute
  }
}

/// What the proof must know of one listener: its kind, and the peers that are believed when they say
/// who a client is. Such a peer is as trusted as every network that it may name.
package struct RelayListener: Hashable, Sendable {
  package let kind: ListenerKind
  /// Peers that speak the PROXY protocol.
  package let proxies: [Network]
  /// Peers that may say XCLIENT.
  package let clientAttributePeers: [Network]

  package init(kind: ListenerKind, proxies: [Network] = [], clientAttributePeers: [Network] = []) {
    self.kind = kind
    self.proxies = proxies
    self.clientAttributePeers = clientAttributePeers
  }
}

/// A domain we receive mail for.
package struct OwnDomain: Sendable {
  package let domain: Domain
  package let recipients: RecipientSource
  package let route: Route

  package init(domain: Domain, recipients: RecipientSource, route: Route) {
    self.domain = domain
    self.recipients = recipients
    self.route = route
  }
}

/// How we know which recipients exist.
package enum RecipientSource: Sendable {
  /// Local parts, lower case; an address extension behind `+` is ignored.
  case list(Set<String>)
  /// The next hop knows, and is asked at RCPT; what a sender hears while it is down is said here.
  case ask(acceptsWhenUnreachable: Bool)
  /// Every local part is accepted here and perhaps refused behind us: a source of backscatter.
  case any
}

/// Where mail for a domain goes.
package enum Route: Hashable, Sendable {
  /// By the DNS (RFC 5321 §5).
  case mx(tls: TLSRequirement)
  /// These hosts, in this order.
  case hosts([RouteHost], tls: TLSRequirement)
  case lmtp(RouteHost)
  /// A Maildir for each recipient; `{user}` and `{domain}` stand for the address's parts.
  case maildir(String)
  case discard
}

/// A host of a fixed route.
package struct RouteHost: Hashable, Sendable {
  /// A name or an address, as the settings give it.
  package let name: String
  package let port: UInt16

  package init(name: String, port: UInt16) {
    self.name = name
    self.port = port
  }
}

/// Client addresses that settings give a name to.
package struct NamedNetwork: Hashable, Sendable {
  package let name: String
  package let ranges: [Network]
  /// Whether its hosts may send to foreign recipients without authenticating.
  package let relays: Bool
  /// How many hosts it has, said by the administrator; needed where it relays.
  package let hosts: Int?

  package init(name: String, ranges: [Network], relays: Bool, hosts: Int?) {
    self.name = name
    self.ranges = ranges
    self.relays = relays
    self.hosts = hosts
  }
}

/// A group of accounts.
package struct AccountGroup: Hashable, Sendable {
  package let name: String
  package let sends: SenderRight

  package init(name: String, sends: SenderRight) {
    self.name = name
    self.sends = sends
  }
}

/// As whom an authenticated account may send.
package enum SenderRight: String, Hashable, Sendable, CaseIterable {
  /// Its own addresses only.
  case ownAddresses = "own"
  /// Any address of our domains.
  case ownDomains = "domains"
  /// Anything: forwarding servers.
  case anything = "any"
}
