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

  private struct Contents: Sendable {
    var known: [Mailbox: Known] = [:]
    var asking = 0
  }

  private let connector: any Connector
  private let lookup: any AddressLookup
  private let clock: any Clock
  private let blocking: BlockingPool
  private let hostname: String
  private let contents = Mutex(Contents())

  /// Seconds that each word is believed: an account that is gone is noticed within the hour, one that
  /// was made within ten minutes.
  private static let existsSeconds = 3600
  private static let unknownSeconds = 600
  private static let unreachableSeconds = 10
  /// Recipients that are remembered. About 20 MB.
  private static let memory = 100_000
  /// Questions under way at once: a stranger with a list of names must not use up the next hop's
  /// connections. Who comes beyond hears that nobody could say.
  private static let askingLimit = 20
  /// Seconds for one question, however many hosts are tried: the client waits meanwhile.
  private static let patienceSeconds = 30

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

  /// No server of today tells the case of local parts apart.
  private static func key(_ mailbox: Mailbox) -> Mailbox {
    Mailbox(localPart: mailbox.localPart.lowercased(), host: mailbox.host)
  }

  /// What is remembered; nil when the next hop must be asked.
  package func remembered(_ mailbox: Mailbox) -> Word? {
    let now = clock.now()
    return contents.withLock { contents in
      guard let entry = contents.known[Self.key(mailbox)], entry.until > now else { return nil }
      return entry.word
    }
  }

  /// Asks the hosts of a route in their order.
  package func ask(_ mailbox: Mailbox, by route: Route) async -> Word {
    let isTaken = contents.withLock { contents in
      guard contents.asking < Self.askingLimit else { return false }
      contents.asking += 1
      return true
    }
    guard isTaken else { return .unreachable("too many recipients are being asked for") }
    let word = await answer(mailbox, route)
    let seconds =
      switch word {
      case .exists: Self.existsSeconds
      case .unknown: Self.unknownSeconds
      case .unreachable: Self.unreachableSeconds
      }
    let now = clock.now()
    contents.withLock { contents in
      contents.asking -= 1
      if contents.known.count >= Self.memory {
        contents.known = contents.known.filter { $0.value.until > now }
      }
      if contents.known.count >= Self.memory { contents.known.removeAll() }
      contents.known[Self.key(mailbox)] = Known(word: word, until: now + seconds)
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
    let end = clock.now() + Self.patienceSeconds
    var last = "no host has an address"
    for host in hosts {
      for address in await addresses(of: host.name).prefix(Self.addressLimit) {
        let left = end.seconds - clock.now().seconds
        guard left > 0 else { return .unreachable(last) }
        var request = ConnectionRequest(
          endpoint: .tcp(address: address, port: host.port, name: host.name), tls: tls,
          speaks: speaks, hello: hostname)
        request.patienceSeconds = Int(left)
        switch await ask(mailbox, request) {
        case .unreachable(let why): last = why
        case let word: return word
        }
      }
    }
    return .unreachable(last)
  }

  private func addresses(of name: String) async -> [IPAddress] {
    await blocking.run { [lookup] in (try? lookup.addresses(of: name)) ?? [] }
  }

  private func ask(_ mailbox: Mailbox, _ request: ConnectionRequest) async -> Word {
    switch await connector.connect(request) {
    case .failure(let failure): return .unreachable(failure.words)
    case .success(let connection):
      let reply = await connection.probe(mailbox)
      await connection.close()
      return switch reply {
      case .failure(let failure): .unreachable(failure.words)
      case .success(let reply): Self.word(reply)
      }
    }
  }

  /// Only what is said about the mailbox counts (RFC 3463 §3.2; without an enhanced code the replies that
  /// RFC 5321 §4.3.2 gives a mailbox): a next hop that refuses us as a client knows nothing of it.
  static func word(_ reply: Reply) -> Word {
    if reply.isPositive { return .exists }
    let isAboutMailbox =
      reply.status.map { $0.subject == 1 } ?? [550, 551, 553].contains(reply.code)
    if reply.isPermanent, isAboutMailbox { return .unknown(reply) }
    return .unreachable(reply.words)
  }

  /// Addresses of one host that are tried.
  private static let addressLimit = 4
}
