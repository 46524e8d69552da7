import Mail
import MailAuth
import Relay
import Settings

/// Whose mail it is: our own people's, who may use our names, or a stranger's, who must prove his.
enum Standing: Hashable, Sendable {
  case stranger
  /// Of the domains given; nil for all of ours.
  case own(domains: Set<Domain>?)

  /// An account may sign for the domains that it may send as; a network that relays for all.
  init(_ identity: Relay.Identity, addresses: Set<Mailbox>, isInRelayingNetwork: Bool) {
    switch identity {
    case .account(.ownAddresses): self = .own(domains: Set(addresses.compactMap(\.domain)))
    case .account: self = .own(domains: nil)
    case .anonymous: self = isInRelayingNetwork ? .own(domains: nil) : .stranger
    }
  }

  /// The domain that signs: of our people's mail the nearest above From that is ours, where they may send
  /// as it and the settings do not say otherwise.
  func signingDomain(of header: SignatureHeader, _ settings: GateSettings) -> Domain? {
    guard self != .stranger, case .one(let author) = AuthorDomain(of: header) else { return nil }
    var next: Domain? = author
    while let domain = next {
      if settings.policy.ownDomain(domain) != nil {
        let isWanted = settings.identity.domain(domain).signing != .off
        return isWanted && maySign(as: domain) ? domain : nil
      }
      next = domain.parent
    }
    return nil
  }

  /// Whether we may sign as this domain for whoever it is.
  func maySign(as domain: Domain) -> Bool {
    switch self {
    case .stranger: false
    case .own(let domains): domains?.contains(domain) ?? true
    }
  }
}
