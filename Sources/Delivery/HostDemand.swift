import DNS
import Mail
import MailAuth
import SMTP

/// What a message says about TLS on its way (RFC 8689).
enum TLSWish: Hashable, Sendable {
  /// Nothing: settings and the recipient's domain decide.
  case none
  /// REQUIRETLS: proven TLS to a host that promises the same, or not at all.
  case required
  /// `TLS-Required: No`: what the recipient's domain wants is tried and not insisted upon.
  case optional

  init(_ envelope: Envelope) {
    if envelope.parameters.isTLSOptional {
      self = .optional
    } else if envelope.parameters.requireTLS, envelope.sender != .null {
      self = .required
    } else {
      // RFC 8689 §5: a notice without a return path is not to be lost for it.
      self = .none
    }
  }
}

/// How one mail host may be met: the settings, the message and the domain's policies in one word.
///
/// The order of RFC 8461 §2: DANE where DNSSEC proves records, else MTA-STS where the domain has a policy,
/// else what the settings say. No later one makes an earlier one weaker.
struct HostDemand: Sendable {
  /// What follows for the connection.
  enum Way: Sendable {
    case meet(TLSRequirement, ChainJudge?, serverName: String?)
    /// No connection: the host could not be trusted with this message.
    case avoid(HostFailure)
  }

  let way: Way
  /// Whose wish it follows, for reports.
  let policy: FollowedPolicy
  /// What is wrong with the host by that policy, though it is met all the same.
  let tolerated: TLSSessionFailure?

  init(way: Way, policy: FollowedPolicy = .none, tolerated: TLSSessionFailure? = nil) {
    self.way = way
    self.policy = policy
    self.tolerated = tolerated
  }

  /// A host that the settings name: nothing is asked of the DNS.
  init(named name: String, _ tls: TLSRequirement, _ wish: TLSWish) {
    self.init(way: .meet(wish == .required ? .verified : tls, nil, serverName: nil))
  }
}

/// What is known about a host of a domain when its demand is made.
struct HostFacts: Sendable {
  let host: MailHost
  let dane: DANEFinding
  /// The domain's policy, where one holds.
  let sts: STSPolicy?
  /// Whether it may have one that could not be had now.
  let mayHavePolicy: Bool
  let authorities: TrustedAuthorities

  func demand(_ setting: TLSRequirement, _ wish: TLSWish) -> HostDemand {
    switch dane.policy {
    case .failure(let failure) where wish != .optional || setting == .dane:
      let failed = HostFailure(
        "the TLSA records of \(host.name) can't be known: \(failure.words)",
        EnhancedStatus(4, 7, 5), report: .dnssecInvalid)
      return HostDemand(way: .avoid(failed), policy: .tlsa([], host: host.name))
    case .authenticate(let records):
      let isAdvisory = wish == .optional && (setting == .opportunistic || setting == .encrypted)
      let judge = ChainJudge.dane(records, names: dane.names, isAdvisory: isAdvisory)
      return HostDemand(
        way: .meet(isAdvisory ? setting : .dane, judge, serverName: dane.base?.ascii),
        policy: .tlsa(records.map(\.words), host: host.name))
    case .encrypt, .absent, .failure: return withoutDANE(setting, wish)
    }
  }

  private func withoutDANE(_ setting: TLSRequirement, _ wish: TLSWish) -> HostDemand {
    if setting == .dane {
      let why = "\(host.name) has no TLSA record that DNSSEC proves and SMTP can use"
      return HostDemand(
        way: .avoid(HostFailure(why, EnhancedStatus(4, 7, 5), report: .daneRequired)))
    }
    let policy = sts.map(FollowedPolicy.sts) ?? .none
    if let sts, !sts.allows(host.name), wish != .optional {
      guard sts.mode == .testing else {
        let why = "\(host.name) is no host of the domain's MTA-STS policy"
        return HostDemand(
          way: .avoid(HostFailure(why, EnhancedStatus(4, 7, 5), report: .hostMismatch)),
          policy: policy)
      }
    }
    if wish == .required, !isNamed {
      let why = "nothing proves that \(host.name) takes this domain's mail (REQUIRETLS)"
      // What a policy host that is down, or the DNS, can't say now may be said at the next attempt.
      let status = mayHavePolicy ? EnhancedStatus(4, 7, 10) : Self.encryptionNeeded
      return HostDemand(
        way: .avoid(HostFailure(why, status, isFinal: !mayHavePolicy, isWish: true)))
    }
    let way = byAuthorities(setting, wish)
    if dane.policy == .encrypt {
      return HostDemand(way: way, policy: .tlsa([], host: host.name), tolerated: .tlsaInvalid)
    }
    let isStranger = sts.map { !$0.allows(host.name) } ?? false
    return HostDemand(way: way, policy: policy, tolerated: isStranger ? .hostMismatch : nil)
  }

  /// RFC 8689 §4.2.1: by DNSSEC, or by the domain's MTA-STS policy, whatever its mode.
  private var isNamed: Bool { host.isNamedSecurely || sts?.allows(host.name) == true }

  /// RFC 8689 §4.2.1.
  static let encryptionNeeded = EnhancedStatus(5, 7, 10)

  private func byAuthorities(_ setting: TLSRequirement, _ wish: TLSWish) -> HostDemand.Way {
    let isEnforced = sts?.mode == .enforce && wish != .optional
    let isDemanded = isEnforced || setting == .verified || wish == .required
    let isTested = sts?.allows(host.name) == true
    // RFC 7672 §2.2: records that nobody can use still say that there is TLS.
    let encrypts = dane.policy == .encrypt && wish != .optional && setting == .opportunistic
    let least = encrypts ? .encrypted : setting
    guard isDemanded || isTested else { return .meet(least, nil, serverName: nil) }
    let judge = ChainJudge.authorities(
      authorities, name: host.name, proof: isTested ? .mtaSTS : .pkix, isAdvisory: !isDemanded)
    return .meet(isDemanded ? .verified : least, judge, serverName: nil)
  }
}
