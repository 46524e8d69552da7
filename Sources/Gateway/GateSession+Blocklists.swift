import Mail
import Relay
import SMTP
import Synchronization

/// What blocklists say of one client and the names that it gave; kept for the session's next recipients.
struct ClientListings: Sendable {
  /// Whom they were asked about; nil before the first time.
  var client: IPAddress?
  var domains: Set<Domain> = []
  var hits: [BlocklistHit] = []
}

// Blocklists, asked once a client is about to be given a recipient: most strangers ask for somebody who
// does not exist, and cost no look-up. A list that does not answer in time says nothing.
extension GateSession {
  func unlessListed(
    _ recipient: Recipient, _ origin: Origin, _ envelope: Envelope?, _ kind: RecipientClass,
    _ answer: @escaping @Sendable (Answer) -> Void, proceed: @escaping @Sendable () -> Void
  ) {
    guard !pipeline.blocklists.isEmpty, standing(origin, pipeline.policy) == .stranger else {
      // XCLIENT, or a login, may have made another client of the one that was asked about.
      contents.withLock { $0.listings = ClientListings() }
      return proceed()
    }
    let domains = Self.names(origin, envelope)
    let isKnown = contents.withLock {
      $0.listings.client == origin.address && $0.listings.domains == domains
    }
    let decide: @Sendable ([BlocklistHit]) -> Void = { hits in
      guard let hit = hits.first(where: \.refuses), !Self.isPostmaster(recipient, kind) else {
        return proceed()
      }
      self.refuse(
        recipient, origin, envelope, Reply(550, .init(5, 7, 1), "Client not welcome"),
        hit.words, answer)
    }
    if isKnown { return decide(contents.withLock { $0.listings.hits }) }
    Task(executorPreference: pipeline.questions) {
      let hits = await self.pipeline.blocklists.check(origin.address, domains)
      self.contents.withLock {
        $0.listings = ClientListings(client: origin.address, domains: domains, hits: hits)
      }
      decide(hits)
    }
  }

  private static func names(_ origin: Origin, _ envelope: Envelope?) -> Set<Domain> {
    var names = Set<Domain>()
    if case .host(.domain(let domain)) = origin.hello { names.insert(domain) }
    if let domain = envelope?.sender.mailbox?.domain { names.insert(domain) }
    return names
  }

  /// RFC 5321 §4.5.1: a postmaster must be reachable, above all for who is listed by mistake.
  private static func isPostmaster(_ recipient: Recipient, _ kind: RecipientClass) -> Bool {
    kind == .barePostmaster || recipient.path.mailbox?.localPart.lowercased() == "postmaster"
  }
}
