package import Mail

/// A host that takes a domain's mail, with where to connect.
package struct MailHost: Hashable, Sendable {
  package let name: Domain
  package let addresses: [IPAddress]
  /// Whether DNSSEC proved that it takes the domain's mail.
  package let isNamedSecurely: Bool
  /// Whether DNSSEC proved the way to it: the MX and its addresses, through every alias.
  package let isSecure: Bool
  /// Where its addresses really stand, when its name is an alias.
  package let canonicalName: DNSName?
  /// Where the MX that names it really stands, when the domain is an alias.
  package let exchangeName: DNSName?

  package init(
    name: Domain, addresses: [IPAddress], isNamedSecurely: Bool = false, isSecure: Bool = false,
    canonicalName: DNSName? = nil, exchangeName: DNSName? = nil
  ) {
    self.name = name
    self.addresses = addresses
    self.isNamedSecurely = isNamedSecurely
    self.isSecure = isSecure
    self.canonicalName = canonicalName
    self.exchangeName = exchangeName
  }
}

/// Why no host takes a domain's mail.
package enum MailHostFailure: Error, Hashable, Sendable {
  case noSuchDomain
  /// A null MX (RFC 7505).
  case acceptsNoMail
  /// Neither MX nor address.
  case noMailHost
  /// The best host is ourselves, and nobody told us to keep this mail (RFC 5321 §5.1).
  case loopsToSelf
  case temporary(String)
}

/// Finds the hosts for a domain (RFC 5321 §5.1).
package struct MailHosts: Sendable {
  private let resolver: any Resolver
  private let ownName: Domain
  private let ownAddresses: Set<IPAddress>

  /// Exchangers that are looked at; a domain with more has the best of them tried.
  private static let exchangerLimit = 20
  /// Addresses of one exchanger that are tried.
  private static let addressLimit = 8

  /// `ownAddresses` are those we listen on: a host there is ourselves under another name.
  package init(resolver: any Resolver, ownName: Domain, ownAddresses: Set<IPAddress>) {
    self.resolver = resolver
    self.ownName = ownName
    self.ownAddresses = ownAddresses
  }

  /// In the order in which they are to be tried; those of equal preference shuffled (RFC 5321 §5.1).
  package func find(
    _ domain: Domain, using generator: inout some RandomNumberGenerator
  ) async -> Result<[MailHost], MailHostFailure> {
    switch await resolver.mailExchangers(of: domain) {
    case .success(let answer):
      var sorted = answer
      sorted.records.shuffle(using: &generator)
      sorted.records.sort { $0.preference < $1.preference }
      return await hosts(sorted)
    case .failure(.noRecords): return await implicit(domain)
    case .failure(.noSuchName): return .failure(.noSuchDomain)
    case .failure(let failure): return .failure(.temporary("\(domain) MX: \(failure.words)"))
    }
  }

  /// A domain without MX is its own exchanger of preference 0.
  private func implicit(_ domain: Domain) async -> Result<[MailHost], MailHostFailure> {
    if domain == ownName { return .failure(.loopsToSelf) }
    switch await resolver.addresses(of: domain) {
    case .success(let answer):
      if answer.records.contains(where: ownAddresses.contains) { return .failure(.loopsToSelf) }
      // A denial of MX that DNSSEC can't prove is bogus wherever the addresses are proven.
      return .success([host(domain, answer, isNamedSecurely: true, exchangeName: nil)])
    case .failure(.noSuchName): return .failure(.noSuchDomain)
    case .failure(.noRecords): return .failure(.noMailHost)
    case .failure(let failure): return .failure(.temporary("\(domain): \(failure.words)"))
    }
  }

  private func hosts(
    _ exchange: DNSAnswer<MailExchanger>
  ) async -> Result<[MailHost], MailHostFailure> {
    let exchangers = exchange.records
    // RFC 7505 §3: a null MX stands alone; beside others it is a mistake and is passed over.
    if exchangers.allSatisfy({ $0.host == nil }) { return .failure(.acceptsNoMail) }
    let named = exchangers.filter { $0.host?.domain != nil }
    var found: [(preference: UInt16, host: MailHost)] = []
    var own = UInt16.max
    var isSelf = false
    var trouble: String?
    for exchanger in named.prefix(Self.exchangerLimit) {
      guard let name = exchanger.host?.domain else { continue }
      switch name == ownName ? .success(DNSAnswer([])) : await resolver.addresses(of: name) {
      case .success(let answer):
        if name == ownName || answer.records.contains(where: ownAddresses.contains) {
          (isSelf, own) = (true, min(own, exchanger.preference))
        } else {
          let host = host(
            name, answer, isNamedSecurely: exchange.isSecure, exchangeName: exchange.canonicalName)
          found.append((exchanger.preference, host))
        }
      case .failure(let failure):
        if failure.isTemporary { trouble = "\(name): \(failure.words)" }
      }
    }
    // Hosts not better than ourselves would only send it back.
    let better = isSelf ? found.filter { $0.preference < own } : found
    if !better.isEmpty { return .success(better.map(\.host)) }
    if let trouble { return .failure(.temporary(trouble)) }
    return .failure(isSelf ? .loopsToSelf : .noMailHost)
  }

  private func host(
    _ name: Domain, _ answer: DNSAnswer<IPAddress>, isNamedSecurely: Bool, exchangeName: DNSName?
  ) -> MailHost {
    MailHost(
      name: name, addresses: Array(answer.records.prefix(Self.addressLimit)),
      isNamedSecurely: isNamedSecurely, isSecure: isNamedSecurely && answer.isSecure,
      canonicalName: answer.canonicalName, exchangeName: exchangeName)
  }
}
