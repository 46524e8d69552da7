import Mail
import SMTP
import TOML

// Who really sent it, and as whom we sign.
extension SettingsBuilder {
  mutating func identity(_ domains: [OwnDomainName]) -> IdentitySettings {
    var identity = IdentitySettings()
    if let kinds = node(["identity", "check"])?.value.texts {
      identity.judged = Set(kinds.compactMap { listenerKind($0) })
    }
    identity.name = serverName(["identity", "name"])
    identity.timeoutSeconds = seconds(["identity", "timeout"]) ?? identity.timeoutSeconds
    identity.onReject = action("dmarc-reject") ?? identity.onReject
    identity.onQuarantine = action("dmarc-quarantine") ?? identity.onQuarantine
    identity.onSPFFail = action("spf-fail") ?? identity.onSPFFail
    identity.onUnclearFrom = action("unclear-from") ?? identity.onUnclearFrom
    for text in node(["identity", "trusted-forwarders"])?.value.texts ?? [] {
      trust(text, &identity)
    }
    identity.trustedSealers = Set(domainNames(["identity", "trusted-sealers"]))
    identity.sealer = text(["identity", "seal-as"]).flatMap {
      domainName($0, ["identity", "seal-as"])
    }
    for (name, domain) in domains { identity.domains[domain] = self.domain(name, identity) }
    return identity
  }

  /// An own domain as the file spells it, and as it is.
  typealias OwnDomainName = (name: String, domain: Domain)

  private func action(_ name: String) -> IdentitySettings.Action? {
    text(["identity", name]).flatMap(IdentitySettings.Action.init)
  }

  private mutating func listenerKind(_ text: String) -> ListenerKind? {
    if let kind = ListenerKind(rawValue: text) { return kind }
    fault(
      at: ["identity", "check"],
      "\"\(text)\" is no kind of listener; write mx, submission or internal")
    return nil
  }

  /// A token of RFC 8601 §2.2, so that every reader reads the same.
  private mutating func serverName(_ path: [String]) -> String? {
    guard let text = text(path) else { return nil }
    return domainName(text, path)?.ascii
  }

  private mutating func trust(_ text: String, _ identity: inout IdentitySettings) {
    if let network = Network(text) {
      identity.trustedNetworks.append(network)
    } else if let name = domainName(text, ["identity", "trusted-forwarders"]) {
      identity.trustedNames.append(name)
    }
  }

  private mutating func domainNames(_ path: [String]) -> [Domain] {
    (node(path)?.value.texts ?? []).compactMap { domainName($0, path) }
  }

  private mutating func domainName(_ text: String, _ path: [String]) -> Domain? {
    if IPAddress(text) == nil, let domain = Domain(text) { return domain }
    fault(at: path, "\"\(text)\" is not a domain name")
    return nil
  }

  private mutating func domain(_ name: String, _ identity: IdentitySettings) -> DomainIdentity {
    var domain = DomainIdentity()
    let path = ["domain", name]
    domain.signing = text(path + ["dkim"]).flatMap(DomainIdentity.Signing.init) ?? .sign
    domain.seals = flag(path + ["seal"]) ?? false
    if domain.seals, identity.sealer == nil {
      fault(at: path + ["seal"], "seal needs identity.seal-as, the domain that seals")
    }
    return domain
  }

  // MARK: Blocklists and reports

  mutating func blocklist(_ name: String) -> BlocklistSettings? {
    let path = ["blocklist", name]
    guard let zone = domainName(name, path) else { return nil }
    var list = BlocklistSettings(zone: zone)
    list.refuses = text(path + ["action"]) == "refuse"
    for word in node(path + ["lists"])?.value.texts ?? [] {
      if let subject = BlocklistSettings.Subject(rawValue: word) {
        list.subjects.insert(subject)
      } else {
        fault(at: path + ["lists"], "\"\(word)\" must be one of ipv4, ipv6, domain")
      }
    }
    for code in node(path + ["codes"])?.value.texts ?? [] {
      if let address = IPAddress(code), address.octets.count == 4, address.octets[0] == 127 {
        list.codes.append(address)
      } else {
        fault(at: path + ["codes"], "\"\(code)\" is no answer of a blocklist, such as 127.0.0.2")
      }
    }
    return list
  }

  mutating func reports() -> ReportSettings {
    var reports = ReportSettings()
    reports.mailbox = mailbox(["reports", "mailbox"])
    reports.sender = mailbox(["reports", "from"])
    if let words = node(["reports", "kinds"])?.value.texts {
      reports.kinds = Set(words.compactMap { reportKind($0) })
    }
    reports.sizeLimit = node(["reports", "size"])?.value.size ?? reports.sizeLimit
    return reports
  }

  private mutating func reportKind(_ word: String) -> ReportSettings.Kind? {
    if let kind = ReportSettings.Kind(rawValue: word) { return kind }
    fault(at: ["reports", "kinds"], "\"\(word)\" must be one of dmarc, tls")
    return nil
  }
}
