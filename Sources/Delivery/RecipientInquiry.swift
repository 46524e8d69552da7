package import Mail
package import Relay
package import SMTP
import Synchronization

/// Asks the next hop whether a recipient exists (callforward), and remembers what it said.
package final class RecipientInquiry: Sendable {
  /// What is known of a recipient.
  package enum Word: Hashable, Sendable {
    case exists
    /// Refused for good, with the next hop's reply.
    case unknown(Reply)
    /// Nobody could say.
    case unreachable(String)
  }

  private struct Known: Sendable {
    let word: Word
    let until: Timestamp
  }

  private let connector: any Connector
  private let lookup: any AddressLookup
  private let clock: any Clock
  private let blocking: BlockingPool
  private let hostname: String
  private let known = Mutex<[Mailbox: Known]>([:])

  /// Seconds that each word is believed: an account that is gone is noticed within the hour, one that
  /// was made within ten minutes.
  private static let existsSeconds = 3600
  private static let unknownSeconds = 600
  private static let unreachableSeconds = 10
  /// Recipients that are remembered. About 20 MB.
  private static let memory = 100_000

  package init(
    hostname: String, connector: any Connector, lookup: any AddressLookup, clock: any Clock,
    blocking: BlockingPool
  ) {
    self.hostname = hostname
    self.connector = connector
    self.lookup = lookup
    self.clock = clock
    self.blocking = blocking
  }

  /// What is remembered; nil when the next hop must be asked.
  package func remembered(_ mailbox: Mailbox) -> Word? {
    let now = clock.now()
    return known.withLock { known in
      guard let entry = known[mailbox], entry.until > now else { return nil }
      return entry.word
    }
  }

  /// Asks the hosts of a route in their order.
  package func ask(_ mailbox: Mailbox, by route: Route) async -> Word {
    let word = await answer(mailbox, route)
    let seconds =
      switch word {
      case .exists: Self.existsSeconds
      case .unknown: Self.unknownSeconds
      case .unreachable: Self.unreachableSeconds
      }
    let now = clock.now()
    known.withLock { known in
      if known.count >= Self.memory { known = known.filter { $0.value.until > now } }
      if known.count >= Self.memory { known.removeAll() }
      known[mailbox] = Known(word: word, until: now + seconds)
    }
    return word
  }

  private func answer(_ mailbox: Mailbox, _ route: Route) async -> Word {
    let hosts: [RouteHost]
    let tls: TLSRequirement
    let speaks: ClientProtocol
    switch route {
    case .hosts(let list, let requirement): (hosts, tls, speaks) = (list, requirement, .smtp)
    case .lmtp(let host): (hosts, tls, speaks) = ([host], .never, .lmtp)
    case .mx, .maildir, .discard: return .unreachable("this route can't be asked")
    }
    var last = "no host has an address"
    for host in hosts {
      let addresses = await blocking.run { [lookup] in lookup.addresses(of: host.name) }
      for address in addresses.prefix(Self.addressLimit) {
        let request = ConnectionRequest(
          endpoint: .tcp(address: address, port: host.port, name: host.name), tls: tls,
          speaks: speaks, hello: hostname)
        switch await connector.connect(request) {
        case .failure(let failure): last = failure.words
        case .success(let connection):
          let reply = await connection.probe(mailbox)
          await connection.close()
          switch reply {
          case .failure(let failure): last = failure.words
          case .success(let reply) where reply.isPositive: return .exists
          case .success(let reply) where reply.isPermanent: return .unknown(reply)
          case .success(let reply): last = "\(reply.code) \(reply.lines.joined(separator: " "))"
          }
        }
      }
    }
    return .unreachable(last)
  }

  /// Addresses of one host that are tried.
  private static let addressLimit = 4
}
