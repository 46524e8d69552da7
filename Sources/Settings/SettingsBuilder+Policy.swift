import Mail
import Relay
import SMTP
import TOML

// Who may send what to whom.
extension SettingsBuilder {
  mutating func domain(_ name: String, _ file: (String) -> [UInt8]?) -> OwnDomain? {
    let path = ["domain", name]
    guard let domain = Domain(name) else {
      fault(at: path, "\"\(name)\" is not a domain name")
      return nil
    }
    guard let route = route(path + ["route"], tls: tls(path + ["tls"])) else {
      if node(path + ["route"]) == nil {
        fault(at: path, "domain \(name) needs a route, such as \"smtp://10.0.0.5:25\"")
      }
      return nil
    }
    guard let recipients = recipients(path + ["recipients"], file) else { return nil }
    if case .ask = recipients {
      switch route {
      case .hosts, .lmtp: break
      case .mx, .maildir, .discard:
        fault(
          at: path + ["recipients"], "\"ask\" needs a route smtp://host:port or lmtp://host:port")
        return nil
      }
    }
    return OwnDomain(domain: domain, recipients: recipients, route: route)
  }

  private mutating func recipients(
    _ path: [String], _ file: (String) -> [UInt8]?
  ) -> RecipientSource? {
    switch node(path)?.value {
    case .array(let nodes): return .list(Set(nodes.compactMap { localPart($0, of: path[1]) }))
    case .string("any"): return .any
    case .string("ask"):
      let whenDown = text(path.dropLast() + ["when-unreachable"])
      return .ask(acceptsWhenUnreachable: whenDown == "accept")
    case .string(let text) where text.hasPrefix("file:"):
      let name = String(text.dropFirst(5))
      if let bytes = file(name) { return .list(Self.names(in: bytes)) }
      fault(at: path, "can't read the recipient list \(name)")
    default:
      fault(
        at: path,
        "domain \(path[1]) needs recipients: a list of names, \"file:/path\", \"ask\" or \"any\"")
    }
    return nil
  }

  /// A name of a list: a local part, or a whole address of the domain.
  private mutating func localPart(_ node: TOMLNode, of domain: String) -> String? {
    guard let text = node.value.text else { return nil }
    guard let at = text.lastIndex(of: "@") else { return text.lowercased() }
    if Domain(String(text[text.index(after: at)...])) == Domain(domain) {
      return text[..<at].lowercased()
    }
    fault(at: node.position, "\"\(text)\" is no user of \(domain)")
    return nil
  }

  /// One local part, or whole address, a line; `#` begins a comment.
  private static func names(in bytes: [UInt8]) -> Set<String> {
    var names: Set<String> = []
    for line in bytes.split(separator: 0x0A) {
      let text = String(decoding: line.prefix { $0 != 0x23 && $0 != 0x0D }, as: UTF8.self)
      let word = text.split(separator: " ").first.map { $0.lowercased() } ?? ""
      let local = word.lastIndex(of: "@").map { String(word[..<$0]) } ?? word
      if !local.isEmpty { names.insert(local) }
    }
    return names
  }

  mutating func network(_ name: String) -> NamedNetwork? {
    let path = ["network", name]
    let ranges = ranges(path + ["addresses"])
    if ranges.isEmpty { fault(at: path, "network \(name) needs addresses") }
    return NamedNetwork(
      name: name, ranges: ranges, relays: flag(path + ["relays"]) ?? false,
      hosts: number(path + ["hosts"]))
  }

  func group(_ name: String) -> AccountGroup {
    let sends = text(["group", name, "sends"]).flatMap(SenderRight.init) ?? .ownAddresses
    return AccountGroup(name: name, sends: sends)
  }

  mutating func rule(_ index: String, _ networks: [NamedNetwork]) -> RelayRule? {
    let path = ["rule", index]
    guard let action = text(path + ["action"]) else {
      fault(at: path, "a rule needs action = \"accept\" or \"refuse\"")
      return nil
    }
    let network = text(path + ["network"])
    if let network, !networks.contains(where: { $0.name == network }) {
      fault(at: path + ["network"], "there is no [network.\(network)]")
    }
    return RelayRule(
      listener: text(path + ["listener"]).flatMap(ListenerKind.init), network: network,
      authenticated: flag(path + ["authenticated"]),
      sender: text(path + ["sender"]).flatMap { Self.senders[$0] },
      recipient: text(path + ["recipient"]).flatMap { Self.recipients[$0] },
      accepts: action == "accept")
  }

  private static let senders: [String: SenderClass] = [
    "null": .null, "account": .accountAddress, "own-domain": .ownDomain, "foreign": .foreign,
  ]

  private static let recipients: [String: RecipientClass] = [
    "own-user": .ownUser, "unknown-user": .unknownUser, "postmaster": .barePostmaster,
    "foreign": .foreign, "literal": .literal, "disguised": .disguised,
  ]
}
