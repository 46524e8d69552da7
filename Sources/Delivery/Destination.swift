import Mail
import Relay
import SMTP

/// Where recipients that share a connection go: a route, and for `mx` the domain asked for.
enum Destination: Hashable, Sendable {
  case mx(Domain, tls: TLSRequirement)
  case hosts([RouteHost], tls: TLSRequirement)
  case lmtp(RouteHost)
  case maildir(String)
  case discard
  /// An address that no route leads to: a literal where only names are delivered.
  case nowhere(String)

  init(_ route: Route, for mailbox: Mailbox?) {
    switch route {
    case .mx(let tls):
      if let domain = mailbox?.domain {
        self = .mx(domain, tls: tls)
      } else {
        self = .nowhere("address literals are not delivered to")
      }
    case .hosts(let hosts, let tls): self = .hosts(hosts, tls: tls)
    case .lmtp(let host): self = .lmtp(host)
    case .maildir(let template): self = .maildir(template)
    case .discard: self = .discard
    }
  }

  /// Whether connections are made for it.
  var isRemote: Bool {
    switch self {
    case .mx, .hosts, .lmtp: true
    case .maildir, .discard, .nowhere: false
    }
  }

  /// In words, for the log and the journal; the first word is the kind.
  var words: String {
    switch self {
    case .mx(let domain, _): "mx \(domain.ascii)"
    case .hosts(let hosts, _):
      "smtp " + hosts.map { "\($0.name):\($0.port)" }.joined(separator: " ")
    case .lmtp(let host): "lmtp \(host.name):\(host.port)"
    case .maildir: "maildir"
    case .discard: "discard"
    case .nowhere: "nowhere"
    }
  }
}
