import Mail
import Policy
import Relay
import SMTP
import TOML

extension GateSettings {
  /// Reads a settings file; all faults at once.
  package static func load(_ bytes: [UInt8]) throws(SettingsFaults) -> GateSettings {
    try load(bytes) { _ in nil }
  }

  /// The same, with a way to read the files that it names (recipient lists): nil when unreadable; and one
  /// to judge a certificate with its key: what is wrong with them, nil when nothing is.
  package static func load(
    _ bytes: [UInt8], file: (_ path: String) -> [UInt8]?,
    certificateFault: (_ tls: TLSSettings) -> String? = { _ in nil }
  ) throws(SettingsFaults) -> GateSettings {
    let table: TOMLTable
    do {
      table = try TOMLParser.parse(bytes)
    } catch {
      throw SettingsFaults(faults: [.init(position: error.position, message: error.message)])
    }
    var builder = SettingsBuilder(reader: SettingsReader(table))
    return try builder.build(file: file, certificateFault: certificateFault)
  }
}

/// Makes settings of the values that a file has.
struct SettingsBuilder {
  private(set) var reader: SettingsReader
  private let start = TOMLPosition(line: 1, column: 1)

  init(reader: SettingsReader) { self.reader = reader }

  mutating func build(
    file: (String) -> [UInt8]?, certificateFault: (TLSSettings) -> String?
  ) throws(SettingsFaults) -> GateSettings {
    let hostname = hostname()
    let domains = names(of: "domain").compactMap { domain($0, file) }
    let networks = names(of: "network").compactMap { network($0) }
    let groups = names(of: "group").map { group($0) }
    let rules = names(of: "rule").compactMap { rule($0, networks) }
    let decisions = names(of: "decision").compactMap { decision($0) }
    let attachments = names(of: "attachment").compactMap { attachment($0) }
    let outbound = route(["outbound", "route"], tls: tls(["outbound", "tls"]))
    let listeners = names(of: "listener").map { ($0, listener($0)) }
    let postmaster = mailbox(["postmaster"])
    let identity = identity(
      names(of: "domain").compactMap { name in Domain(name).map { (name, $0) } })
    let blocklists = names(of: "blocklist").compactMap { blocklist($0) }
    let reports = reports()
    let status = place(["status", "address"])
    let transport = transport(names(of: "transport"))
    checkPlaces(listeners, status)
    checkDomains(names(of: "domain"))
    checkResolvers()
    checkDataDirectory()
    checkCertificate(certificateFault)
    guard let hostname, reader.faults.isEmpty else { throw SettingsFaults(faults: reader.faults) }
    let open = listeners.compactMap(\.1)
    let policy = RelayPolicy(
      hostname: hostname, domains: domains, networks: networks, groups: groups, rules: rules,
      foreignRoute: outbound ?? .mx(tls: tls(["outbound", "tls"])), postmaster: postmaster,
      listeners: open.map {
        RelayListener(
          kind: $0.kind, proxies: $0.proxies, clientAttributePeers: $0.clientAttributePeers)
      })
    var settings = GateSettings(hostname: hostname.ascii, policy: policy)
    settings.listeners = open
    settings.postmaster = postmaster
    settings.status = status
    settings.decisions = DecisionPolicy(
      rules: decisions, attachments: attachments + ppap, actions: actions())
    settings.transport = transport
    (settings.identity, settings.blocklists, settings.reports) = (identity, blocklists, reports)
    fill(&settings)
    fillLimits(&settings)
    return settings
  }

  private func fill(_ settings: inout GateSettings) {
    settings.dataDirectory = text(["data-directory"]) ?? settings.dataDirectory
    settings.tls = tlsSettings
    settings.offersClearAuthOnLoopback = flag(["auth", "clear-on-loopback"]) ?? false
    settings.dns.servers = node(["dns", "servers"])?.value.texts ?? []
    if let anchor = text(["dns", "trust-anchor"]) {
      settings.dns.trustAnchor = anchor == "none" ? .none : .file(anchor)
    }
    settings.dns.timeoutSeconds = seconds(["dns", "timeout"]) ?? settings.dns.timeoutSeconds
    settings.destinationConnections =
      number(["outbound", "connections"]) ?? settings.destinationConnections
    settings.mxPort = UInt16(clamping: number(["outbound", "mx-port"]) ?? 25)
    settings.logsJSON = text(["log", "format"]) == "json"
    settings.journalSeconds = seconds(["journal", "keep"]) ?? settings.journalSeconds
    settings.inspection = inspection
    settings.subjectTag = text(["verdict", "subject-tag"])
    settings.holdSeconds = seconds(["hold", "keep"]) ?? settings.holdSeconds
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
    settings.limits.idleCommands = number(["limits", "commands"]) ?? settings.limits.idleCommands
    settings.handshakeSeconds =
      seconds(["limits", "handshake-time"]) ?? settings.handshakeSeconds
    settings.contentSeconds = seconds(["limits", "content-time"]) ?? settings.contentSeconds
    settings.sessionSeconds = seconds(["limits", "session-time"]) ?? settings.sessionSeconds
    settings.commandSeconds = seconds(["limits", "command-time"]) ?? settings.commandSeconds
    settings.connections = number(["limits", "connections"]) ?? settings.connections
    settings.connectionsPerAddress =
      number(["limits", "connections-per-address"]) ?? settings.connectionsPerAddress
    settings.greetingDelayMilliseconds = number(["wire", "greeting-delay"])
    settings.connectionsPerNetwork =
      number(["limits", "connections-per-network"]) ?? settings.connectionsPerNetwork
    settings.wire.normalisesBareNewlines = text(["wire", "bare-newline"]) == "normalise"
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

  var tlsSettings: TLSSettings {
    TLSSettings(
      certificate: text(["tls", "certificate"]), key: text(["tls", "key"]),
      isTLS13Only: text(["tls", "minimum"]) == "1.3")
  }

  func seconds(_ path: [String]) -> Int? { node(path)?.value.seconds }

  /// The names that the file chose in a group, in its order.
  func names(of group: String) -> [String] {
    reader.tables.filter { $0.path.first == group }.map { $0.path[1] }
  }

  /// Whether the file has it at all, right or wrong.
  func isGiven(_ path: [String]) -> Bool { reader.given.contains(path) }

  mutating func fault(at position: TOMLPosition, _ message: String) {
    reader.fault(position, message)
  }

  mutating func fault(at path: [String], _ message: String) {
    let value = reader.values.first { $0.path.starts(with: path) }?.node.position
    let table = reader.tables.first { path.starts(with: $0.path) }?.position
    reader.fault(value ?? table ?? start, message)
  }
}
