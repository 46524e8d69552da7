import DNS
import Mail
import MailAuth
import SMTP
import Settings

/// What follows from the proofs, by the settings: the domain asks, we decide (RFC 9989 §5.4, RFC 7489
/// §6.6.2).
struct IdentityRules: Sendable {
  /// One ruling and why, as the log and the domain's report tell it.
  struct Ruling: Hashable, Sendable {
    let action: IdentitySettings.Action
    /// One sentence.
    let reason: String
    /// Why we do something else than the domain asks (RFC 9990 §3.1.1.4): `trusted_forwarder`.
    var override: String?
    /// RFC 7372 §3: of several checks that failed 7.26, of one its own, else 7.1.
    var status = EnhancedStatus(5, 7, 1)
  }

  let settings: IdentitySettings

  /// Nil where nothing is against the message. `sample` is drawn for it, 0...99 (RFC 7489 §6.6.4).
  func ruling(on identity: MailAuth.Identity, sample: Int) -> Ruling? {
    switch identity.dmarc.outcome {
    case .fail: unproven(identity, sample)
    case .pass, .temperror: nil
    case .none, .permerror:
      harsher(
        unclear(identity), identity.spf.result == .fail ? unauthorized(identity) : nil)
    }
  }

  private func harsher(_ one: Ruling?, _ other: Ruling?) -> Ruling? {
    guard let one, let other else { return one ?? other }
    return other.action > one.action ? other : one
  }

  /// RFC 9989 §5.3.1 judges no mail of several authors' domains, and RFC 5322 forbids what else is unclear:
  /// without an answer of our own either would be a way round everybody's policy.
  private func unclear(_ identity: MailAuth.Identity) -> Ruling? {
    switch identity.dmarc.reason {
    case .severalAuthors, .unreadableAuthor:
      excused(
        Ruling(
          action: settings.onUnclearFrom,
          reason: "\(identity.dmarc.reason.words), so no domain's policy covers what is shown."),
        identity)
    default: nil
    }
  }

  private func unproven(_ identity: MailAuth.Identity, _ sample: Int) -> Ruling {
    let result = identity.dmarc
    let domain = result.policyDomain ?? result.authorDomain
    let asked = result.disposition(sample: sample)
    let name = domain?.ascii ?? "the domain of From"
    let why = "\(name) asks for \(asked.rawValue) of what fails DMARC, and \(result.reason.words)"
    let action = action(asked)
    if action == .mark {
      let isMilder = asked != .none
      return Ruling(
        action: .mark, reason: why,
        override: isMilder ? "local_policy" : Self.spared(result, sample))
    }
    if let forwarder = trustedForwarder(identity) {
      return Ruling(
        action: .mark, reason: "\(why); but \(forwarder) is a trusted forwarder",
        override: "trusted_forwarder")
    }
    if let sealer = trustedSealer(identity) {
      return Ruling(
        action: .mark, reason: "\(why); but \(sealer), a trusted sealer, found it proven",
        override: "local_policy")
    }
    return Ruling(
      action: action, reason: why, override: Self.differs(action, asked) ? "local_policy" : nil,
      status: status(identity))
  }

  private func action(_ asked: DMARCRecord.Policy) -> IdentitySettings.Action {
    switch asked {
    case .none: .mark
    case .quarantine: settings.onQuarantine
    case .reject: settings.onReject
    }
  }

  private static func differs(
    _ action: IdentitySettings.Action, _ asked: DMARCRecord.Policy
  ) -> Bool {
    (action == .refuse) != (asked == .reject)
  }

  /// Why the domain's own record spares this message.
  private static func spared(_ result: DMARCResult, _ sample: Int) -> String? {
    if result.record?.isTesting == true { return "policy_test_mode" }
    return result.isSampledOut(sample: sample) ? "sampled_out" : nil
  }

  private func unauthorized(_ identity: MailAuth.Identity) -> Ruling {
    excused(
      Ruling(
        action: settings.onSPFFail,
        reason: "SPF fails, and DMARC says nothing: \(identity.spf.reason.sentence)",
        status: EnhancedStatus(5, 7, 23)), identity)
  }

  /// Only marked, where a trusted forwarder hands it on.
  private func excused(_ ruling: Ruling, _ identity: MailAuth.Identity) -> Ruling {
    guard ruling.action != .mark, let forwarder = trustedForwarder(identity) else { return ruling }
    return Ruling(
      action: .mark, reason: "\(ruling.reason) But \(forwarder) is a trusted forwarder.")
  }

  private func status(_ identity: MailAuth.Identity) -> EnhancedStatus {
    let isNothingProven = identity.spf.result != .pass && identity.dkim.status != .pass
    return isNothingProven ? EnhancedStatus(5, 7, 26) : EnhancedStatus(5, 7, 1)
  }

  // MARK: Whom we trust

  /// The client, where it is one of those that may hand on; its name counts when it leads back.
  private func trustedForwarder(_ identity: MailAuth.Identity) -> String? {
    if settings.trustedNetworks.contains(where: { $0.contains(identity.client) }) {
      return "\(identity.client)"
    }
    guard case .confirmed(let names) = identity.clientName else { return nil }
    let domains = names.compactMap(\.domain)
    return domains.first { name in
      settings.trustedNames.contains { name.isWithin($0) }
    }?.ascii
  }

  /// Who of the last sealers found the message proven. Only those behind whom nobody unknown had it are
  /// believed: the search ends at the first who is not trusted, whatever stood below him. What nobody
  /// signed together with From may be anybody's.
  private func trustedSealer(_ identity: MailAuth.Identity) -> String? {
    guard identity.arc.status == .pass, identity.arc.signsFrom else { return nil }
    for hop in identity.arc.hops.reversed() {
      guard let sealer = Domain(hop.sealer), settings.trustedSealers.contains(sealer) else { break }
      guard let found = try? AuthenticationResultsField(parsing: Array(hop.results.utf8)[...])
      else {
        continue
      }
      let isProven = found.statements.contains { statement in
        guard statement.method == "dmarc", statement.result == "pass" else { return false }
        let from = statement.value("header", "from").flatMap { Domain($0) }
        return from == nil || from == identity.dmarc.authorDomain
      }
      if isProven { return sealer.ascii }
    }
    return nil
  }
}
