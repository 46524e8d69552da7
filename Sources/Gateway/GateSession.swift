import Accounts
import Delivery
import Journal
import Mail
import Relay
import SMTP
import Settings
import Spool
import Synchronization

/// The guard of one session: holds its transaction and asks the relay table and the spool.
final class GateSession: SessionGuard {
  struct Contents {
    var isCounted: IPAddress?
    var transaction: TraceID?
    var draft: Draft?
    var exchange: AuthenticationExchange?
    var account: Account?
    /// Why each recipient so far was taken.
    var reasons: [String] = []
    /// What blocklists say of the client and the names that it gave.
    var listings = ClientListings()
  }

  let pipeline: Pipeline
  /// Names the session in the log until a transaction has its own.
  let id: TraceID
  let contents = Mutex(Contents())

  init(pipeline: Pipeline, id: TraceID) {
    self.pipeline = pipeline
    self.id = id
  }

  func ask(
    _ question: Question, origin: Origin, envelope: Envelope?,
    answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch question {
    case .connection: answer(connection(origin))
    case .sender: answer(sender())
    case .recipient(let recipient): self.recipient(recipient, origin, envelope, answer)
    case .content: answer(content(origin, envelope))
    case .acceptance: accept(origin, envelope, answer)
    case .authentication(let mechanism, let response): begin(mechanism, response, origin, answer)
    case .authenticationResponse(let response): respond(response, origin, answer)
    case .authenticationCancelled: answer(cancelAuthentication())
    }
  }

  private func connection(_ origin: Origin) -> Answer {
    let limits = pipeline.settings.withLock {
      ConnectionLimits(
        all: $0.connections, address: $0.connectionsPerAddress, network: $0.connectionsPerNetwork)
    }
    leave()
    guard pipeline.connections.enter(origin.address, limits) else {
      return .dismiss(Reply(421, .init(4, 7, 0), "Too many connections, try again later"))
    }
    contents.withLock { $0.isCounted = origin.address }
    pipeline.counters.sessions.add(1, ordering: .relaxed)
    return .proceed
  }

  private func sender() -> Answer {
    // History is a promise too: mail waits while what came before can't be written down.
    guard pipeline.journal.hasRoom else {
      return .refuse(Reply(451, .init(4, 3, 0), "Can't take mail now, try again later"))
    }
    let name = pipeline.newID()
    contents.withLock { ($0.transaction, $0.reasons) = (name, []) }
    return .transaction(name)
  }

  private func content(_ origin: Origin, _ envelope: Envelope?) -> Answer {
    guard let envelope, let name = contents.withLock({ $0.transaction }) else {
      return .refuse(Reply(503, .init(5, 5, 1), "Say MAIL first"))
    }
    let hostname = pipeline.settings.withLock { $0.hostname }
    let received = ReceivedField(
      origin: origin, hostname: hostname, id: name, envelope: envelope, at: pipeline.clock.now())
    let draft = pipeline.spool.draft(id: name, prefix: received.bytes)
    contents.withLock { $0.draft = draft }
    return .sink(draft)
  }

  /// The content is here: looks at its header, keeps it, and answers only when it is on the disk.
  private func accept(
    _ origin: Origin, _ envelope: Envelope?, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let draft = contents.withLock { contents in
      defer { (contents.draft, contents.transaction) = (nil, nil) }
      return contents.draft
    }
    guard let draft, let envelope else {
      return answer(.refuse(Reply(451, .init(4, 3, 0), "Internal error, try again")))
    }
    let header = HeaderFields(draft.head)
    if let reply = refusal(of: header, draft) {
      draft.discard()
      return answer(.refuse(reply))
    }
    let (reasons, listings) = contents.withLock { ($0.reasons, $0.listings.hits) }
    let settings = pipeline.settings.withLock { $0 }
    let arrival = Arrival(
      pipeline: pipeline, settings: settings, draft: draft, origin: origin,
      envelope: tagged(named(envelope), header), standing: standing(origin, settings.policy),
      facts: HeaderFacts(header), listings: listings, reasons: reasons)
    arrival.accept(answer)
  }

  /// Whose mail it is.
  func standing(_ origin: Origin, _ policy: RelayPolicy) -> Standing {
    let (identity, addresses) = identity(origin, policy)
    let isRelaying = policy.network(of: origin.address)?.relays == true
    return Standing(identity, addresses: addresses, isInRelayingNetwork: isRelaying)
  }

  /// RFC 8689 §4.1: `TLS-Required: No` counts where MAIL did not say REQUIRETLS.
  private func tagged(_ envelope: Envelope, _ header: HeaderFields) -> Envelope {
    var tagged = envelope
    tagged.parameters.isTLSOptional =
      !envelope.parameters.requireTLS && TLSRequiredField.isNo(header)
    return tagged
  }

  /// The bare `<Postmaster>` becomes the mailbox that the settings name (RFC 5321 §4.5.1).
  private func named(_ envelope: Envelope) -> Envelope {
    guard envelope.recipients.contains(where: { $0.path.mailbox == nil }),
      let postmaster = pipeline.settings.withLock({ $0.postmaster })
    else { return envelope }
    var named = envelope
    for index in named.recipients.indices where named.recipients[index].path.mailbox == nil {
      named.recipients[index].path = ForwardPath(mailbox: postmaster)
    }
    return named
  }

  func transactionEnded() {
    let draft = contents.withLock { contents in
      defer { (contents.draft, contents.transaction) = (nil, nil) }
      return contents.draft
    }
    draft?.discard()
  }

  func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {
    leave()
    guard let fault = summary.fault else { return }
    pipeline.log.write(
      "session",
      [
        "id": "\(id)", "client": "\(origin.address)",
        "commands": "\(summary.commands)", "errors": "\(summary.errors)", "fault": fault,
      ])
  }

  private func leave() {
    let address = contents.withLock { contents in
      defer { contents.isCounted = nil }
      return contents.isCounted
    }
    if let address { pipeline.connections.leave(address) }
  }

  var currentID: TraceID { contents.withLock { $0.transaction } ?? id }
}

extension HeaderFacts {
  fileprivate init(_ header: HeaderFields) {
    self.init(
      messageID: header.first("Message-ID").map { String($0.prefix(998)) },
      from: header.first("From").map { String($0.prefix(998)) })
  }
}

extension Envelope {
  /// The sender for the log: `<>` for nobody.
  var senderWords: String { sender.mailbox.map { "\($0)" } ?? "<>" }
}

extension ForwardPath {
  /// The recipient for the log.
  var words: String { mailbox.map { "\($0)" } ?? "Postmaster" }
}

extension Pipeline {
  func logAccepted(_ message: StoredMessage) {
    log.write(
      "accepted",
      [
        "id": "\(message.id)", "client": "\(message.origin.address)",
        "listener": message.origin.listener.rawValue, "from": message.envelope.senderWords,
        "to": message.envelope.recipients.map(\.path.words).joined(separator: ","),
        "size": "\(message.size)", "message-id": message.facts.messageID ?? "",
      ])
  }
}
