import Mail
import Relay
import SMTP
import TOML

extension GateSettings {
  /// Reads a settings file; all faults at once.
  package static func load(_ bytes: [UInt8]) throws(SettingsFaults) -> GateSettings {
    let table: TOMLTable
    do {
      table = try TOMLParser.parse(bytes)
    } catch {
      throw SettingsFaults(faults: [.init(position: error.position, message: error.message)])
    }
    var builder = SettingsBuilder(reader: SettingsReader(table))
    return try builder.build()
  }
}

/// Makes settings of the values that a file has.
struct SettingsBuilder {
  private var reader: SettingsReader
  private let start = TOMLPosition(line: 1, column: 1)

  init(reader: SettingsReader) { self.reader = reader }

  mutating func build() throws(SettingsFaults) -> GateSettings {
    let name = text(["hostname"]) ?? ""
    let hostname = Domain(name)
    if hostname == nil { fault(at: ["hostname"], "hostname = \"mx.example.org\" is needed") }
    let domains = names(of: "domain").compactMap { domain($0) }
    let networks = names(of: "network").compactMap { network($0) }
    let outbound = route(["outbound", "route"]) ?? .mx
    let listeners = listeners()
    guard let hostname, reader.faults.isEmpty else { throw SettingsFaults(faults: reader.faults) }
    let policy = RelayPolicy(
      hostname: hostname, domains: domains, networks: networks, foreignRoute: outbound)
    var settings = GateSettings(hostname: hostname.ascii, policy: policy)
    settings.listeners = listeners
    fill(&settings)
    return settings
  }

  private func fill(_ settings: inout GateSettings) {
    settings.dataDirectory = text(["data-directory"]) ?? settings.dataDirectory
    settings.limits.messageSize =
      node(["limits", "message-size"])?.value.size ?? settings.limits.messageSize
    settings.limits.recipients = number(["limits", "recipients"]) ?? settings.limits.recipients
    settings.limits.errors = number(["limits", "errors"]) ?? settings.limits.errors
    settings.commandSeconds = seconds(["limits", "command-time"]) ?? settings.commandSeconds
    settings.connections = number(["limits", "connections"]) ?? settings.connections
    settings.connectionsPerAddress =
      number(["limits", "connections-per-address"]) ?? settings.connectionsPerAddress
    settings.greetingDelayMilliseconds = number(["wire", "greeting-delay"]) ?? 0
    settings.wire.normalisesBareNewlines = text(["wire", "bare-newline"]) == "normalise"
    settings.retry.first = seconds(["retry", "first"]) ?? settings.retry.first
    settings.retry.longest = seconds(["retry", "longest"]) ?? settings.retry.longest
    settings.retry.expiry = seconds(["retry", "expiry"]) ?? settings.retry.expiry
  }

  // MARK: Groups

  private mutating func domain(_ name: String) -> OwnDomain? {
    let path = ["domain", name]
    guard let domain = Domain(name) else {
      fault(at: path, "\"\(name)\" is not a domain name")
      return nil
    }
    guard let route = route(path + ["route"]) else {
      if node(path + ["route"]) == nil { fault(at: path, "domain \(name) needs a route") }
      return nil
    }
    switch node(path + ["recipients"])?.value {
    case .array(let nodes):
      let names = Set(nodes.compactMap { $0.value.text?.lowercased() })
      return OwnDomain(domain: domain, recipients: .list(names), route: route)
    case .string("any"): return OwnDomain(domain: domain, recipients: .any, route: route)
    default:
      fault(
        at: path + ["recipients"], "domain \(name) needs recipients: a list of names, or \"any\"")
      return nil
    }
  }

  private mutating func network(_ name: String) -> NamedNetwork? {
    let path = ["network", name]
    var ranges: [Network] = []
    for text in node(path + ["addresses"])?.value.texts ?? [] {
      guard let range = Network(text) else {
        fault(at: path + ["addresses"], "\"\(text)\" is not an address range such as 10.0.0.16/28")
        return nil
      }
      ranges.append(range)
    }
    if ranges.isEmpty { fault(at: path, "network \(name) needs addresses") }
    var relays = false
    if case .boolean(true) = node(path + ["relays"])?.value { relays = true }
    return NamedNetwork(
      name: name, ranges: ranges, relays: relays, hosts: number(path + ["hosts"]))
  }

  private mutating func listeners() -> [ListenerSettings] {
    names(of: "listener").compactMap { index in
      let path = ["listener", index]
      guard let kind = text(path + ["kind"]).flatMap(ListenerKind.init),
        let (host, port) = text(path + ["address"]).flatMap(Self.hostAndPort),
        let address = IPAddress(host)
      else {
        fault(at: path, "a listener needs kind and address, such as \"mx\" and \"0.0.0.0:25\"")
        return nil
      }
      return ListenerSettings(kind: kind, address: address, port: port)
    }
  }

  /// `mx`, `discard`, `maildir:/path/{user}`, `smtp://host:port`, `lmtp://host:port`.
  private mutating func route(_ path: [String]) -> Route? {
    guard let text = text(path) else { return nil }
    if text == "mx" { return .mx }
    if text == "discard" { return .discard }
    if text.hasPrefix("maildir:") { return .maildir(String(text.dropFirst(8))) }
    for scheme in ["smtp://", "lmtp://"] where text.hasPrefix(scheme) {
      guard let (host, port) = Self.hostAndPort(String(text.dropFirst(scheme.utf8.count))) else {
        break
      }
      let target = RouteHost(name: host, port: port)
      return scheme == "lmtp://" ? .lmtp(target) : .hosts([target], tls: .opportunistic)
    }
    fault(
      at: path, "\"\(text)\" is not a route; write mx, smtp://host:port, maildir:/path or discard")
    return nil
  }

  /// `host:port` or `[address]:port`.
  static func hostAndPort(_ text: String) -> (String, UInt16)? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return host.isEmpty ? nil : (String(host), port)
  }

  // MARK: Values

  private func node(_ path: [String]) -> TOMLNode? {
    reader.values.first { $0.path == path }?.node
  }

  private func text(_ path: [String]) -> String? { node(path)?.value.text }

  private func number(_ path: [String]) -> Int? {
    if case .integer(let number) = node(path)?.value { Int(number) } else { nil }
  }

  private func seconds(_ path: [String]) -> Int? { node(path)?.value.seconds }

  /// The names that the file chose in a group, in its order.
  private func names(of group: String) -> [String] {
    var seen: [String] = []
    for value in reader.values where value.path.first == group && value.path.count > 2 {
      if !seen.contains(value.path[1]) { seen.append(value.path[1]) }
    }
    return seen
  }

  private mutating func fault(at path: [String], _ message: String) {
    let near = reader.values.first { $0.path.starts(with: path) }
    reader.fault(near?.node.position ?? start, message)
  }
}
