import Mail
import SMTP

/// What two policies mean by the same words, compared part by part: our domains, the networks, whom the
/// listeners believe, the groups, the ways out.
enum PolicyWords {
  static func changes(from old: RelayPolicy, to new: RelayPolicy) -> [String] {
    var lines = domains(old, new) + networks(old, new) + listeners(old, new) + groups(old, new)
    func note(_ what: String, _ was: String, _ would: String) {
      if was != would { lines.append("\(what) · was \(was), would be \(would)") }
    }
    note("mail for everybody else", old.foreignRoute.words, new.foreignRoute.words)
    note("mail for the bare <Postmaster>", old.postmasterWords, new.postmasterWords)
    note("our own name", old.hostname.ascii, new.hostname.ascii)
    return lines
  }

  // MARK: Domains

  private static func domains(_ old: RelayPolicy, _ new: RelayPolicy) -> [String] {
    let gone = old.domains.filter { new.ownDomain($0.domain) == nil }.map {
      "mail for \($0.domain) · was ours: \($0.words); would be foreign, refused from strangers"
    }
    let fresh = new.domains.filter { old.ownDomain($0.domain) == nil }.map {
      "mail for \($0.domain) · was foreign, refused from strangers; would be ours: \($0.words)"
    }
    let changed = old.domains.flatMap { was -> [String] in
      new.ownDomain(was.domain).map { domain(was, $0) } ?? []
    }
    return gone + fresh + changed
  }

  private static func domain(_ was: OwnDomain, _ would: OwnDomain) -> [String] {
    var lines: [String] = []
    if was.route != would.route {
      lines.append(
        "mail for \(was.domain) · was delivered \(was.route.words), would be \(would.route.words)")
    }
    switch (was.recipients, would.recipients) {
    case (.list(let before), .list(let after)):
      let (fresh, gone) = (after.subtracting(before), before.subtracting(after))
      if !fresh.isEmpty {
        lines.append("mail for \(names(fresh)) of \(was.domain) · was refused, would be accepted")
      }
      if !gone.isEmpty {
        lines.append("mail for \(names(gone)) of \(was.domain) · was accepted, would be refused")
      }
    case (let before, let after) where before.words != after.words:
      lines.append(
        "users of \(was.domain) · were \(before.words), would be \(after.words)")
    default: break
    }
    return lines
  }

  /// Names that are printed; the rest is a number.
  private static let nameLimit = 10

  private static func names(_ names: Set<String>) -> String {
    let shown = names.sorted().prefix(nameLimit).joined(separator: ", ")
    return names.count > nameLimit ? shown + " and \(names.count - nameLimit) more" : shown
  }

  // MARK: Clients

  private static func networks(_ old: RelayPolicy, _ new: RelayPolicy) -> [String] {
    pairs(old.networks, new.networks, \.name).compactMap { name, was, would in
      let (before, after) = (was?.words ?? "not named", would?.words ?? "not named")
      return before == after
        ? nil : "clients of network \(name) · were \(before), would be \(after)"
    }
  }

  private static func groups(_ old: RelayPolicy, _ new: RelayPolicy) -> [String] {
    pairs(old.groups, new.groups, \.name).compactMap { name, was, would in
      let (before, after) = (was?.words ?? "no group", would?.words ?? "no group")
      return before == after ? nil : "accounts of group \(name) · were \(before), would be \(after)"
    }
  }

  private static func listeners(_ old: RelayPolicy, _ new: RelayPolicy) -> [String] {
    ListenerKind.allCases.flatMap { kind -> [String] in
      let (before, after) = (old.listeners(kind), new.listeners(kind))
      var lines: [String] = []
      func note(_ what: String, _ was: String, _ would: String) {
        if was != would {
          lines.append("\(kind.rawValue) · \(what) · was \(was), would be \(would)")
        }
      }
      note("listeners", "\(before.count)", "\(after.count)")
      note(
        "peers whose PROXY header is believed", words(before.flatMap(\.proxies)),
        words(after.flatMap(\.proxies)))
      note(
        "peers whose XCLIENT is believed", words(before.flatMap(\.clientAttributePeers)),
        words(after.flatMap(\.clientAttributePeers)))
      return lines
    }
  }

  static func words(_ ranges: [Network]) -> String {
    let count = ranges.addressCount
    return ranges.isEmpty
      ? "nobody"
      : ranges.map(\.description).joined(separator: " ")
        + " (\(count) address\(count == 1 ? "" : "es"))"
  }

  private static func pairs<Part>(
    _ old: [Part], _ new: [Part], _ name: (Part) -> String
  ) -> [(String, Part?, Part?)] {
    let names = old.map(name) + new.map(name).filter { !old.map(name).contains($0) }
    return names.map { word in
      (word, old.first { name($0) == word }, new.first { name($0) == word })
    }
  }
}

extension RelayPolicy {
  fileprivate func listeners(_ kind: ListenerKind) -> [RelayListener] {
    listeners.filter { $0.kind == kind }
  }

  fileprivate var postmasterWords: String {
    if let postmaster { return "for \(postmaster)" }
    return domains.first.map { "for the postmaster of \($0.domain)" } ?? "refused"
  }
}

extension OwnDomain {
  fileprivate var words: String { "delivered \(route.words), users \(recipients.words)" }
}

extension RecipientSource {
  fileprivate var words: String {
    switch self {
    case .list(let names): "those of a list of \(names.count)"
    case .ask(acceptsWhenUnreachable: false): "asked of the next hop"
    case .ask(acceptsWhenUnreachable: true): "asked of the next hop, all accepted while it is down"
    case .any: "any at all"
    }
  }
}

extension Route {
  fileprivate var words: String {
    switch self {
    case .mx(let tls): "by the DNS, TLS \(tls.words)"
    case .hosts(let hosts, let tls):
      "to " + hosts.map(\.words).joined(separator: ", then ") + ", TLS \(tls.words)"
    case .lmtp(let host): "by LMTP to \(host.words)"
    case .maildir(let path): "to the Maildir \(path)"
    case .discard: "nowhere: thrown away"
    }
  }
}

extension RouteHost {
  fileprivate var words: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
}

extension TLSRequirement {
  fileprivate var words: String {
    switch self {
    case .never: "never"
    case .opportunistic: "if offered"
    case .encrypted: "always"
    case .dane: "proven by DANE"
    case .verified: "verified"
    }
  }
}

extension NamedNetwork {
  fileprivate var words: String {
    let said = hosts.map { ", \($0) host\($0 == 1 ? "" : "s")" } ?? ""
    return PolicyWords.words(ranges) + said + (relays ? ", may relay" : ", may not relay")
  }
}

extension AccountGroup {
  fileprivate var words: String {
    switch sends {
    case .ownAddresses: "allowed their own addresses"
    case .ownDomains: "allowed any address of our domains"
    case .anything: "allowed any sender at all"
    }
  }
}
