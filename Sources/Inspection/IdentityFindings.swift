import Mail
package import MailAuth

/// What the proofs of who sent a message come to. They need the DNS, so they are made at the gate, outside
/// the jail.
package enum IdentityFindings {
  /// What says who a message is from, and has nothing to go on without envelope or DNS.
  private static let proofs = "SPF, DKIM, ARC, DMARC, client name, blocklists"

  /// There was no envelope to go on.
  package static let noEnvelope = Remark(
    "identity.no-envelope", .identity, 0,
    ja: "接続元やエンベロープの情報がないため、差出人の認証({})は評価していません。",
    en: "Nothing is known of how the message came, so who it is from is not judged ({})."
  ).finding(proofs)
  package static let noDNS = Remark(
    "identity.no-dns", .identity, 0,
    ja: "DNSの情報がないため、差出人の認証({})は評価していません。",
    en: "There is no DNS to ask, so who the message is from is not judged ({})."
  ).finding(proofs)

  package static func findings(of identity: Identity) -> [Finding] {
    [dmarc(identity), spf(identity), clientName(identity)].compactMap { $0 }
  }

  private static func dmarc(_ identity: Identity) -> Finding? {
    let result = identity.dmarc
    let domain = result.authorDomain?.ascii ?? ""
    switch result.outcome {
    case .pass: return passed.finding(domain)
    case .fail:
      switch result.requestedPolicy?.rawValue {
      case "reject", "quarantine": return forged.finding(domain)
      default: return unproven.finding(domain)
      }
    case .temperror: return unknown.finding(domain)
    case .none, .permerror: return nil
    }
  }

  private static func spf(_ identity: Identity) -> Finding? {
    guard identity.spf.result == .fail, identity.dmarc.outcome != .pass else { return nil }
    return notAllowed.finding(identity.spf.domain)
  }

  private static func clientName(_ identity: Identity) -> Finding? {
    identity.clientName.result == .pass ? nil : nameless.finding("\(identity.client)")
  }

  private static let passed = Remark(
    "identity.dmarc-pass", .identity, 0,
    ja: "差出人のドメイン {} から送られたことが確認できました。",
    en: "It is proven to come from {}, the domain of From.")
  private static let forged = Remark(
    "identity.dmarc-fail", .identity, 5,
    ja: "差出人 {} から送られたと確認できず、そのドメインはそうしたメールを受け取らないよう求めています。",
    en: "It can't be proven to come from {}, and that domain asks not to accept such mail.")
  private static let unproven = Remark(
    "identity.dmarc-unproven", .identity, 2,
    ja: "差出人 {} から送られたと確認できません。",
    en: "It can't be proven to come from {}, the domain of From.")
  private static let unknown = Remark(
    "identity.dmarc-unknown", .identity, 0,
    ja: "DNSの一時的な障害のため、差出人 {} を確認できませんでした。",
    en: "The DNS did not answer for a while, so {} could not be checked.")
  private static let notAllowed = Remark(
    "identity.spf-fail", .identity, 3,
    ja: "{} は、この接続元からの送信を認めていません。",
    en: "{} does not allow this client to send its mail.")
  private static let nameless = Remark(
    "identity.client-nameless", .identity, 1,
    ja: "接続元 {} のDNS上の名前が確認できません。",
    en: "The client {} has no name in the DNS that leads back to it.")
}
