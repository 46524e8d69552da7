package import Mail
package import SMTP

/// What is done with mail whose sender is, or is not, proven, and as whom we sign.
package struct IdentitySettings: Hashable, Sendable {
  /// What follows from a proof that fails. In the order of harshness.
  package enum Action: String, Hashable, Sendable, Comparable, CaseIterable {
    /// Accepted; Authentication-Results says what was found.
    case mark
    case hold
    case refuse

    package static func < (left: Action, right: Action) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .mark: 0
      case .hold: 1
      case .refuse: 2
      }
    }

    static let words = allCases.map(\.rawValue)
  }

  /// Listeners at which strangers' mail is judged.
  package var judged: Set<ListenerKind> = [.mx, .internal]
  /// Our name in Authentication-Results; the host's without it.
  package var name: String?
  /// For all look-ups of one message.
  package var timeoutSeconds = 20
  /// For mail that fails DMARC under `p=reject`, under `p=quarantine`, and whatever fails SPF.
  package var onReject = Action.refuse
  package var onQuarantine = Action.hold
  package var onSPFFail = Action.mark
  /// For mail whose author two readers may name differently.
  package var onUnclearFrom = Action.hold
  /// Who may hand on what no longer proves its sender.
  package var trustedNetworks: [Network] = []
  package var trustedNames: [Domain] = []
  /// Whose ARC seals are believed.
  package var trustedSealers: Set<Domain> = []
  /// As whom chains are sealed; never without it.
  package var sealer: Domain?
  /// Own domains that are not as by default.
  package var domains: [Domain: DomainIdentity] = [:]

  package init() {}

  package func domain(_ domain: Domain) -> DomainIdentity { domains[domain] ?? DomainIdentity() }
}

/// How one own domain's mail is signed and sealed.
package struct DomainIdentity: Hashable, Sendable {
  /// Whether what is sent from the domain is signed.
  package enum Signing: String, Hashable, Sendable, CaseIterable {
    /// With the keys that there are; without any it goes unsigned.
    case sign
    /// Put off until there is a key.
    case require
    case off

    static let words = allCases.map(\.rawValue)
  }

  package var signing = Signing.sign
  /// Whether what is handed on to the domain's hosts gets an ARC set.
  package var seals = false

  package init() {}
}

/// One DNS blocklist.
package struct BlocklistSettings: Hashable, Sendable {
  /// What a list lists.
  package enum Subject: String, Hashable, Sendable, CaseIterable {
    case ipv4
    case ipv6
    case domain
  }

  /// The zone: `zen.spamhaus.org`.
  package var zone: Domain
  /// Refuse or mark; a list of strangers' opinions holds nothing.
  package var refuses = false
  package var subjects: Set<Subject> = []
  /// Answers that count; any, or for known lists their own, without.
  package var codes: [IPAddress] = []
}

/// Reports in and out.
package struct ReportSettings: Hashable, Sendable {
  /// The daily reports that we can send.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case dmarc
    case tls
  }

  /// Where others' reports of our mail arrive.
  package var mailbox: Mailbox?
  /// Whom our reports come from; none are sent without it.
  package var sender: Mailbox?
  package var kinds = Set(Kind.allCases)
  /// Octets of a packed report that we send.
  package var sizeLimit = 10 << 20

  package init() {}
}
