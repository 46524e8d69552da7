import DNS
import Delivery
import Mail
import MailAuth
import SMTP
import Settings
import Transport

// What those who receive mail want of TLS: where it is looked up, and where it is kept over a restart.
extension GateParts {
  /// Debian's `dns-root-data` keeps the root's key there.
  private static let rootKey = "/usr/share/dns/root.key"

  /// As the settings say; without a word of theirs the system's key is used for the system's resolvers.
  static func resolver(_ settings: DNSSettings) throws -> UnboundResolver {
    var asking = ResolverSettings()
    asking.servers = settings.servers
    asking.timeoutSeconds = settings.timeoutSeconds
    switch settings.trustAnchor {
    case .file(let path): asking.trustAnchorFile = path
    case .standard where asking.servers.isEmpty:
      if case .success = PrivateFile.read(rootKey) { asking.trustAnchorFile = rootKey }
    case .standard, .none: break
    }
    return try UnboundResolver(asking)
  }

  static func policies(
    _ settings: GateSettings, _ resolver: any Resolver, _ web: HTTPSClient, _ log: EventLog,
    _ clock: any Clock, _ blocking: BlockingPool
  ) throws -> TransportPolicies {
    let path = settings.dataDirectory + "/sts-policies"
    let store = (try? PrivateFile.read(path).get()) ?? []
    let sts = STSPolicies(
      resolver: resolver,
      fetcher: STSFetcher(resolver: resolver, web: web, port: settings.transport.policyPort),
      clock: clock, store: store
    ) { text in
      let fault = await blocking.run { PrivateFile.replace(path, text) }
      if let fault { log.write("policies-not-kept", ["why": "\(fault)"]) }
    }
    return TransportPolicies(
      dane: DANELookup(resolver), sts: sts,
      authorities: try authorities(settings.transport.authorities))
  }

  /// Those of a PEM file, else the system's.
  private static func authorities(_ path: String?) throws -> TrustedAuthorities {
    guard let path else { return .system }
    let text = String(decoding: try PrivateFile.read(path).get(), as: UTF8.self)
    guard let authorities = TrustedAuthorities(pem: text) else {
      throw UnreadableAuthorities(path: path)
    }
    return authorities
  }
}

/// A file that should hold the certificates of authorities.
struct UnreadableAuthorities: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "outbound.authorities: \(path) holds no PEM certificates, or one that can't be read"
  }
}
