import Mail
import Relay
import SMTP
import TOML

extension GateSettings {
  /// Reads a settings file; all faults at once.
  package static func load(_ bytes: [UInt8]) throws(SettingsFaults) -> GateSettings {
    try load(bytes) { _ in nil }
  }

  /// The same, with a way to read the files that it names (recipient lists): nil when unreadable.
  package static func load(
    _ bytes: [UInt8], file: (_ path: String) -> [UInt8]?
  ) throws(SettingsFaults) -> GateSettings {
    let table: TOMLTable
    do {
      table = try TOMLParser.parse(bytes)
    } catch {
      throw SettingsFaults(faults: [.init(position: error.position, message: error.message)])
    }
    var builder = SettingsBuilder(reader: SettingsReader(table))
    return try builder.build(file: file)
  }
}

/// Makes settings of the values that a file has.
struct SettingsBuilder {
  private(set) var reader: SettingsReader
  private let start = TOMLPosition(line: 1, column: 1)

  init(reader: SettingsReader) { self.reader = reader }

  mutating func build(file: (String) -> [UInt8]?) throws(SettingsFaults) -> GateSettings {
    let name = text(["hostname"]) ?? ""
    let hostname = Domain(name)
    if hostname == nil { fault(at: ["hostname"], "hostname = \"mx.example.org\" is needed") }
    let domains = names(of: "domain").compactMap { domain($0, file) }
    let networks = names(of: "network").compactMap { network($0) }
    let groups = names(of: "group").map { group($0) }
    let rules = names(of: "rule").compactMap { rule($0, networks) }
    let outbound = route(["outbound", "route"], tls: tls(["outbound", "tls"]))
    let listeners = names(of: "listener").compactMap { listener($0) }
    let postmaster = mailbox(["postmaster"])
    let status = place(["status", "address"])
    checkCertificate()
    guard let hostname, reader.faults.isEmpty else { throw SettingsFaults(faults: reader.faults) }
    let policy = RelayPolicy(
      hostname: hostname, domains: domains, networks: networks, groups: groups, rules: rules,
      foreignRoute: outbound ?? .mx(tls: tls(["outbound", "tls"])))
    var settings = GateSettings(hostname: hostname.ascii, policy: policy)
    settings.listeners = listeners
    settings.postmaster = postmaster
    settings.status = status
    fill(&settings)
    fillLimits(&settings)
    return settings
  }

  private func fill(_ settings: inout GateSettings) {
    settings.dataDirectory = text(["data-directory"]) ?? settings.dataDirectory
    settings.tls.certificate = text(["tls", "certificate"])
    settings.tls.key = text(["tls", "key"])
    settings.tls.isTLS13Only = text(["tls", "minimum"]) == "1.3"
    settings.offersClearAuthOnLoopback = flag(["auth", "clear-on-loopback"]) ?? false
    settings.dns.servers = node(["dns", "servers"])?.value.texts ?? []
    settings.dns.trustAnchorFile = text(["dns", "trust-anchor"])
    settings.dns.timeoutSeconds = seconds(["dns", "timeout"]) ?? settings.dns.timeoutSeconds
    settings.destinationConnections =
      number(["outbound", "connections"]) ?? settings.destinationConnections
    settings.mxPort = UInt16(clamping: number(["outbound", "mx-port"]) ?? 25)
    settings.logsJSON = text(["log", "format"]) == "json"
    settings.journalSeconds = seconds(["journal", "keep"]) ?? settings.journalSeconds
    settings.retry.first = seconds(["retry", "first"]) ?? settings.retry.first
    settings.retry.longest = seconds(["retry", "longest"]) ?? settings.retry.longest
    settings.retry.expiry = seconds(["retry", "expiry"]) ?? settings.retry.expiry
    settings.retry.warning = seconds(["retry", "warning"]) ?? settings.retry.warning
  }

  private func fillLimits(_ settings: inout GateSettings) {
    settings.limits.messageSize =
      node(["limits", "message-size"])?.value.size ?? settings.limits.messageSize
    settings.limits.recipients = number(["limits", "recipients"]) ?? settings.limits.recipients
    settings.limits.errors = number(["limits", "errors"]) ?? settings.limits.errors
    settings.commandSeconds = seconds(["limits", "command-time"]) ?? settings.commandSeconds
    settings.connections = number(["limits", "connections"]) ?? settings.connections
    settings.connectionsPerAddress =
      number(["limits", "connections-per-address"]) ?? settings.connectionsPerAddress
    settings.greetingDelayMilliseconds = number(["wire", "greeting-delay"])
    settings.wire.normalisesBareNewlines = text(["wire", "bare-newline"]) == "normalise"
  }

  private mutating func checkCertificate() {
    let certificate = node(["tls", "certificate"])
    let key = node(["tls", "key"])
    if (certificate == nil) != (key == nil) {
      fault(at: ["tls"], "tls.certificate and tls.key go together")
    }
  }

  // MARK: Values

  func node(_ path: [String]) -> TOMLNode? { reader.values.first { $0.path == path }?.node }

  func text(_ path: [String]) -> String? { node(path)?.value.text }

  func number(_ path: [String]) -> Int? {
    if case .integer(let number) = node(path)?.value { Int(number) } else { nil }
  }

  func flag(_ path: [String]) -> Bool? {
    if case .boolean(let flag) = node(path)?.value { flag } else { nil }
  }

  func seconds(_ path: [String]) -> Int? { node(path)?.value.seconds }

  /// The names that the file chose in a group, in its order.
  private func names(of group: String) -> [String] {
    var seen: [String] = []
    for value in reader.values where value.path.first == group && value.path.count > 2 {
      if !seen.contains(value.path[1]) { seen.append(value.path[1]) }
    }
    return seen
  }

  mutating func fault(at path: [String], _ message: String) {
    let near = reader.values.first { $0.path.starts(with: path) }
    reader.fault(near?.node.position ?? start, message)
  }
}
