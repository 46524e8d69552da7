import Mail
import Relay
import SMTP
import TOML

// Where mail comes in and where it goes.
extension SettingsBuilder {
  mutating func listener(_ index: String) -> ListenerSettings? {
    let path = ["listener", index]
    // What is given and wrong has been told by its reader.
    for key in ["kind", "address"] where !isGiven(path + [key]) {
      fault(at: path, "a listener needs kind and address, such as \"mx\" and \"0.0.0.0:25\"")
      return nil
    }
    guard let kind = text(path + ["kind"]).flatMap(ListenerKind.init),
      let place = place(path + ["address"])
    else { return nil }
    var listener = ListenerSettings(kind: kind, address: place.address, port: place.port)
    listener.tls = text(path + ["tls"]).flatMap(ListenerTLS.init) ?? .startTLS
    listener.proxies = ranges(path + ["proxies"])
    listener.clientAttributePeers = ranges(path + ["xclient"])
    return listener
  }

  /// Address ranges, each fault reported where it stands.
  mutating func ranges(_ path: [String]) -> [Network] {
    var ranges: [Network] = []
    for text in node(path)?.value.texts ?? [] {
      if let range = Network(text) {
        ranges.append(range)
      } else {
        fault(at: path, "\"\(text)\" is not an address range such as \(Self.range(near: text))")
      }
    }
    return ranges
  }

  /// `10.0.0.0/24` for `10.0.0.1/24`: the range that was meant, where one can be seen.
  private static func range(near text: String) -> String {
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let address = IPAddress(parts[0]), let length = Int(parts[1]),
      (0...address.octets.count * 8).contains(length)
    else { return "10.0.0.16/28" }
    return "\(Network(around: address, v4Length: length, v6Length: length))"
  }

  /// `127.0.0.1:25` or `[::1]:25`.
  mutating func place(_ path: [String]) -> SocketPlace? {
    guard let text = text(path) else { return nil }
    guard let (host, port) = Self.hostAndPort(text), let address = IPAddress(host) else {
      fault(at: path, "\"\(text)\" is not an address with a port, such as \"127.0.0.1:25\"")
      return nil
    }
    return SocketPlace(address: address, port: port)
  }

  mutating func mailbox(_ path: [String]) -> Mailbox? {
    guard let text = text(path) else { return nil }
    if let mailbox = Mailbox(text) { return mailbox }
    fault(at: path, "\"\(text)\" is not a mail address")
    return nil
  }

  func tls(_ path: [String]) -> TLSRequirement {
    switch text(path) {
    case "encrypted": .encrypted
    case "dane": .dane
    case "verified": .verified
    default: .opportunistic
    }
  }

  mutating func transport(_ names: [String]) -> TransportSettings {
    var transport = TransportSettings()
    transport.followsDANE = flag(["outbound", "dane"]) ?? transport.followsDANE
    transport.followsSTS = flag(["outbound", "mta-sts"]) ?? transport.followsSTS
    transport.authorities = text(["outbound", "authorities"])
    transport.policyPort = UInt16(clamping: number(["outbound", "policy-port"]) ?? 443)
    for name in names {
      guard let domain = Domain(name) else {
        fault(at: ["transport", name], "\"\(name)\" is not a domain name")
        continue
      }
      if isGiven(["transport", name, "tls"]) {
        transport.tlsByDomain[domain] = tls(["transport", name, "tls"])
      }
    }
    return transport
  }

  /// `mx`, `discard`, `maildir:/path/{user}`, `smtp://host:port`, `lmtp://host:port`; several hosts of
  /// `smtp://` are written with commas and tried in that order.
  mutating func route(_ path: [String], tls: TLSRequirement) -> Route? {
    guard let text = text(path) else { return nil }
    if text == "mx" { return .mx(tls: tls) }
    if text == "discard" { return .discard }
    if text.hasPrefix("maildir:/") { return .maildir(String(text.dropFirst(8))) }
    for scheme in ["smtp://", "lmtp://"] where text.hasPrefix(scheme) {
      let hosts = text.dropFirst(scheme.utf8.count).split(separator: ",").map {
        Self.hostAndPort(String($0)).map { RouteHost(name: $0, port: $1) }
      }
      let known = hosts.compactMap(\.self).filter { $0.port > 0 }
      guard !known.isEmpty, known.count == hosts.count else { break }
      if scheme == "smtp://" { return .hosts(known, tls: tls) }
      if known.count == 1 { return .lmtp(known[0]) }
    }
    fault(
      at: path,
      "\"\(text)\" is not a route; write mx, smtp://host:port, lmtp://host:port, maildir:/path "
        + "or discard")
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
}
