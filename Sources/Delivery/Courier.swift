import DNS
import Mail
import MailAuth
import Relay
import SMTP
import Spool

/// Makes one attempt for the recipients of a message that share a destination, and says what became of
/// each.
struct Courier: Sendable {
  let hostname: String
  let spool: Spool
  let pool: ConnectionPool
  let lookup: any AddressLookup
  let mailHosts: MailHosts
  /// What those who receive mail want of TLS.
  let policies: TransportPolicies
  /// Told of every connection to the host of an `mx` route, for TLS reports.
  let sessions: @Sendable (TLSSession) -> Void
  /// Where the hosts of `mx` routes listen: 25, but for tests.
  let mxPort: UInt16
  let clock: any Clock
  var schedule: RetrySchedule
  let blocking: BlockingPool
  let folders: DurableFolders
  let random: @Sendable () -> UInt64

  /// What one recipient came to, before the schedule turns it into a state.
  enum Word: Sendable {
    case delivered(Reply?, String)
    case later(Reply?, EnhancedStatus?, String)
    case never(Reply?, EnhancedStatus?, String)
  }

  func attempt(
    _ message: StoredMessage, _ recipients: [Int], at destination: Destination
  ) async -> CourierOutcome {
    let startedAt = clock.now()
    var trip = Trip(message: message, recipients: recipients)
    switch destination {
    case .discard:
      trip.all(.delivered(nil, "discarded as the route says"))
      trip.isFinalDelivery = true
    case .nowhere(let why): trip.all(.never(nil, EnhancedStatus(5, 1, 2), why))
    case .maildir(let template):
      await maildir(template, &trip)
    case .mx(let domain, let tls): await byMX(domain, tls, &trip)
    case .hosts(let hosts, let tls):
      await relay(to: hosts, Way(tls: tls, speaks: .smtp), &trip)
    case .lmtp(let host):
      await relay(to: [host], Way(tls: .never, speaks: .lmtp), &trip)
      trip.isFinalDelivery = true
    }
    return outcome(of: trip, destination, startedAt)
  }

  /// What is learnt on the way.
  struct Trip: Sendable {
    let message: StoredMessage
    let recipients: [Int]
    var words: [Word] = []
    var remote: String?
    var tls: TLSFacts?
    var trouble: String?
    /// What we lacked ourselves.
    var ourTrouble: String?
    /// The stored content is damaged: trying again can't help.
    var unreadable: String?
    var isFinalDelivery = false
    var nextHopNotifies = false
    let wish: TLSWish

    init(message: StoredMessage, recipients: [Int]) {
      self.message = message
      self.recipients = recipients
      wish = TLSWish(message.envelope)
    }

    mutating func all(_ word: Word) { words = recipients.map { _ in word } }
  }

  /// Nobody is connected to: the destination had trouble a moment ago.
  func avoided(
    _ message: StoredMessage, _ recipients: [Int], _ destination: Destination, why: String
  ) -> CourierOutcome {
    var trip = Trip(message: message, recipients: recipients)
    trip.all(.later(nil, EnhancedStatus(4, 4, 1), "not tried: \(why)"))
    return outcome(of: trip, destination, clock.now())
  }

  private func outcome(
    of trip: Trip, _ destination: Destination, _ startedAt: Timestamp
  ) -> CourierOutcome {
    let now = clock.now()
    var statuses: [Int: EnhancedStatus] = [:]
    let results = zip(trip.recipients, trip.words).map { index, word in
      result(of: word, for: index, trip.message, now, &statuses)
    }
    return CourierOutcome(
      attempt: Attempt(
        startedAt: startedAt, endedAt: now, destination: destination.words, remote: trip.remote,
        tls: trip.tls, results: results),
      statuses: statuses, isFinalDelivery: trip.isFinalDelivery,
      nextHopNotifies: trip.nextHopNotifies, trouble: trip.trouble, ourTrouble: trip.ourTrouble,
      unreadable: trip.unreadable)
  }

  private func result(
    of word: Word, for index: Int, _ message: StoredMessage, _ now: Timestamp,
    _ statuses: inout [Int: EnhancedStatus]
  ) -> RecipientResult {
    switch word {
    case .delivered(let reply, let text):
      return .init(recipient: index, state: .delivered, reply: reply, text: text)
    case .never(let reply, let status, let text):
      statuses[index] = status
      return .init(recipient: index, state: .failed, reply: reply, text: text)
    case .later(let reply, let status, let text):
      statuses[index] = status
      var attempts = 1
      if case .queued(let before, _) = message.recipients[index] { attempts = before + 1 }
      guard let next = schedule.next(after: attempts, acceptedAt: message.acceptedAt, now: now)
      else {
        statuses[index] = EnhancedStatus(5, 4, 7)  // RFC 3463 §3.5: delivery time expired
        return .init(
          recipient: index, state: .failed, reply: reply, text: "given up, time is over: \(text)")
      }
      return .init(
        recipient: index, state: .queued(attempts: attempts, next: next), reply: reply, text: text)
    }
  }

  // MARK: Where to

  /// A host to connect to, one address at a time.
  struct Target: Sendable {
    let name: String
    let addresses: [IPAddress]
    let port: UInt16
    /// Where the DNS named it.
    var host: MailHost?
  }

  /// What the hosts of one destination have in common.
  struct Way: Sendable {
    let tls: TLSRequirement
    let speaks: ClientProtocol
    /// Whose mail it is, where the DNS named the hosts.
    var domain: Domain?
    /// What was found of that domain's MTA-STS policy.
    var sts: STSPolicies.Finding?
  }

  /// Addresses of one host that are tried.
  private static let addressLimit = 8

  private func relay(to hosts: [RouteHost], _ way: Way, _ trip: inout Trip) async {
    switch await targets(hosts) {
    case .success(let targets): await relay(targets, way, &trip)
    case .failure(let failure):
      trip.ourTrouble = failure.words
      trip.all(.later(nil, failure.status, failure.words))
    }
  }

  private func targets(_ hosts: [RouteHost]) async -> Result<[Target], ClientFailure> {
    // An address need not be looked up: no other thread, no wait.
    let known = hosts.compactMap { host in
      IPAddress(host.name).map { Target(name: host.name, addresses: [$0], port: host.port) }
    }
    if known.count == hosts.count { return .success(known) }
    return await blocking.run { [lookup] in
      Result { () throws(ClientFailure) in
        try hosts.map { (host) throws(ClientFailure) in
          let addresses = try lookup.addresses(of: host.name).prefix(Self.addressLimit)
          return Target(name: host.name, addresses: Array(addresses), port: host.port)
        }
      }
    }
  }

  private func byMX(_ domain: Domain, _ tls: TLSRequirement, _ trip: inout Trip) async {
    var generator = NumberSource(random: random)
    switch await mailHosts.find(domain, using: &generator) {
    case .success(let hosts):
      let targets = hosts.map {
        Target(name: $0.name.ascii, addresses: $0.addresses, port: mxPort, host: $0)
      }
      let sts = await policy(of: domain)
      await relay(targets, Way(tls: tls, speaks: .smtp, domain: domain, sts: sts), &trip)
    case .failure(.temporary(let why)):
      trip.all(.later(nil, EnhancedStatus(4, 4, 3), why))
      trip.trouble = why
    case .failure(.noSuchDomain):
      trip.all(.never(nil, EnhancedStatus(5, 1, 2), "there is no domain \(domain)"))
    case .failure(.acceptsNoMail):  // RFC 7505 §4.2
      trip.all(.never(nil, EnhancedStatus(5, 1, 10), "\(domain) takes no mail (null MX)"))
    case .failure(.noMailHost):
      trip.all(.never(nil, EnhancedStatus(5, 4, 4), "\(domain) has neither MX nor address"))
    case .failure(.loopsToSelf):
      let why = "the best mail host of \(domain) is this one, which has no route for it"
      trip.all(.never(nil, EnhancedStatus(5, 4, 6), why))
    }
  }
}
