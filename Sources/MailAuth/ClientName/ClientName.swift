package import DNS
package import Mail

/// Which name a client's address bears: forward-confirmed reverse DNS, called `iprev` in RFC 8601 §3.
///
/// Evidence, not a verdict: many honest hosts have no name, and whoever has an address can name it.
package enum ClientName: Hashable, Sendable {
  /// Names whose addresses contain the client's, in the order of the answer; never none.
  case confirmed([DNSName])
  /// Names that lead elsewhere: they may be anybody's.
  case unconfirmed([DNSName])
  case none
  /// The DNS failed on the way, so that nothing is known.
  case unknown(DNSFailure)

  /// RFC 8601 §2.7.3.
  package var result: SPFResult {
    switch self {
    case .confirmed: .pass
    case .unconfirmed: .fail
    case .none: .permerror
    case .unknown: .temperror
    }
  }

  /// One sentence for people.
  package func sentence(of client: IPAddress) -> String {
    switch self {
    case .confirmed(let names): "\(client) is \(names[0])."
    case .unconfirmed(let names):
      "\(client) calls itself \(names[0]), which is not at this address."
    case .none: "\(client) has no name."
    case .unknown(let failure): "The name of \(client) can't be had: \(failure.words)."
    }
  }
}

/// Finds out which name a client bears.
package struct ClientNameVerifier: Sendable {
  private let resolver: any Resolver
  private let clock: any Clock

  /// Names that are looked at; the owner of an address can give it thousands.
  package static let nameLimit = 10
  /// For all look-ups together.
  package static let seconds = 20

  package init(resolver: any Resolver, clock: any Clock) {
    self.resolver = resolver
    self.clock = clock
  }

  package func verify(_ client: IPAddress) async -> ClientName {
    let deadline = clock.now() + Self.seconds
    let names: [DNSName]
    switch await resolver.names(of: client, within: .seconds(Self.seconds)) {
    case .success(let answer): names = Array(answer.records.prefix(Self.nameLimit))
    case .failure(let failure): return failure.isTemporary ? .unknown(failure) : .none
    }
    var confirmed: [DNSName] = []
    var trouble: DNSFailure?
    for name in names {
      let left = deadline.microseconds - clock.now().microseconds
      guard left > 0 else {
        trouble = .timedOut
        break
      }
      switch await resolver.addresses(
        of: name, family: AddressFamily(of: client), within: .microseconds(left))
      {
      case .success(let answer): if answer.records.contains(client) { confirmed.append(name) }
      case .failure(let failure): if failure.isTemporary { trouble = failure }
      }
    }
    if !confirmed.isEmpty { return .confirmed(confirmed) }
    return trouble.map { .unknown($0) } ?? .unconfirmed(names)
  }
}
