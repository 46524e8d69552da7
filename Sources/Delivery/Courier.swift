import Mail
import Relay
import SMTP
import Spool

/// Makes one attempt for the recipients of a message that share a route, and says what became of each.
struct Courier: Sendable {
  let hostname: String
  let spool: Spool
  let connector: any Connector
  let lookup: any AddressLookup
  let clock: any Clock
  let schedule: RetrySchedule
  let blocking: BlockingPool

  /// Begins the text of a result after which nothing more is tried.
  static let givenUp = "given up: "

  /// What one recipient came to, before the schedule turns it into a state.
  enum Word {
    case delivered(Reply?, String)
    case later(Reply?, String)
    case never(Reply?, String)
  }

  func attempt(_ message: StoredMessage, _ recipients: [Int], by route: Route) async -> Attempt {
    let startedAt = clock.now()
    var remote: String?
    var tls: TLSFacts?
    let words: [Word]
    switch route {
    case .discard: words = recipients.map { _ in .delivered(nil, "discarded as the route says") }
    case .maildir(let template): words = await maildir(message, recipients, template)
    case .mx:
      words = recipients.map { _ in
        .later(nil, "mx routes need the DNS resolver, which this version does not have yet")
      }
    case .hosts(let hosts, let requirement):
      words = await relay(message, recipients, hosts, requirement, .smtp, &remote, &tls)
    case .lmtp(let host):
      words = await relay(message, recipients, [host], .never, .lmtp, &remote, &tls)
    }
    let now = clock.now()
    let results = zip(recipients, words).map { index, word in
      result(of: word, for: index, message, now: now)
    }
    return Attempt(
      startedAt: startedAt, endedAt: now, destination: route.words, remote: remote, tls: tls,
      results: results)
  }

  private func result(
    of word: Word, for index: Int, _ message: StoredMessage, now: Timestamp
  ) -> RecipientResult {
    var attempts = 1
    if case .queued(let before, _) = message.recipients[index] { attempts = before + 1 }
    switch word {
    case .delivered(let reply, let text):
      return .init(recipient: index, state: .delivered, reply: reply, text: text)
    case .never(let reply, let text):
      // No bounce can be sent yet, so nobody would learn of it: the recipient stays, and the caller
      // holds the message.
      let state = RecipientState.queued(attempts: attempts, next: now)
      return .init(recipient: index, state: state, reply: reply, text: Self.givenUp + text)
    case .later(let reply, let text):
      let next = schedule.next(after: attempts, acceptedAt: message.acceptedAt, now: now)
      let state = RecipientState.queued(attempts: attempts, next: next ?? now)
      let words = next == nil ? Self.givenUp + text : text
      return .init(recipient: index, state: state, reply: reply, text: words)
    }
  }

  // MARK: Maildir

  private func maildir(
    _ message: StoredMessage, _ recipients: [Int], _ template: String
  ) async -> [Word] {
    var bytes: [UInt8] = []
    do {
      let body = spool.body(of: message.id)
      while let piece = try await body.next() { bytes += piece }
    } catch {
      return recipients.map { _ in .later(nil, "\(error)") }
    }
    let maildir = Maildir(template: template, hostname: hostname)
    let content = bytes
    return await blocking.run {
      recipients.map { index in
        let mailbox = message.envelope.recipients[index].path.mailbox
        let text = Maildir.content(content, sender: message.envelope.sender, recipient: mailbox)
        let name = "\(message.acceptedAt.seconds).\(message.id)_\(index)"
        return switch maildir.deliver(text, to: mailbox, name: name) {
        case .delivered: .delivered(nil, "into \(maildir.path(for: mailbox))")
        case .failed(let why): .later(nil, why)
        }
      }
    }
  }

  // MARK: SMTP and LMTP

  private func relay(
    _ message: StoredMessage, _ recipients: [Int], _ hosts: [RouteHost],
    _ requirement: TLSRequirement, _ speaks: ClientProtocol, _ remote: inout String?,
    _ tls: inout TLSFacts?
  ) async -> [Word] {
    var last = "no host of the route has an address"
    for host in hosts {
      let addresses = await blocking.run { [lookup] in lookup.addresses(of: host.name) }
      for address in addresses.prefix(Self.addressLimit) {
        let endpoint = Endpoint.tcp(address: address, port: host.port, name: host.name)
        let request = ConnectionRequest(
          endpoint: endpoint, tls: requirement, speaks: speaks, hello: hostname)
        switch await connect(request) {
        case .failure(let failure):
          last = "\(host.name) [\(address)]:\(host.port): \(failure.words)"
        case .success(let connection):
          remote = "\(host.name) [\(address)]:\(host.port)"
          tls = connection.tls
          return await hand(message, recipients, to: connection)
        }
      }
    }
    return recipients.map { _ in .later(nil, last) }
  }

  /// Addresses of one host that are tried.
  private static let addressLimit = 8

  /// Where TLS is only wished for and fails, once more in clear (RFC 7435 §4).
  private func connect(
    _ request: ConnectionRequest
  ) async -> Result<any ClientConnection, ClientFailure> {
    let first = await connector.connect(request)
    guard case .failure(.tlsFailed) = first, request.tls == .opportunistic else { return first }
    var inClear = request
    inClear.tls = .never
    return await connector.connect(inClear)
  }

  private func hand(
    _ message: StoredMessage, _ recipients: [Int], to connection: any ClientConnection
  ) async -> [Word] {
    var envelope = message.envelope
    envelope.recipients = recipients.map { message.envelope.recipients[$0] }
    let transaction = OutboundTransaction(envelope: envelope, size: message.size) {
      [spool] in spool.body(of: message.id)
    }
    let result = await connection.send(transaction)
    await connection.close()
    switch result {
    case .lost(let failure, let afterContent):
      let note = afterContent ? " after the content, so it may arrive twice" : ""
      return recipients.map { _ in .later(nil, failure.words + note) }
    case .answered(let outcomes):
      return outcomes.map { outcome in
        switch outcome {
        case .accepted(let reply): .delivered(reply, "accepted")
        case .refused(let reply, let command) where reply.isPermanent:
          .never(reply, "refused at \(command)")
        case .refused(let reply, let command): .later(reply, "put off at \(command)")
        case .incapable(let why): .never(nil, why)
        }
      }
    }
  }
}

extension Route {
  /// In words, for the log.
  var words: String {
    switch self {
    case .mx: "mx"
    case .hosts(let hosts, _):
      "smtp " + hosts.map { "\($0.name):\($0.port)" }.joined(separator: " ")
    case .lmtp(let host): "lmtp \(host.name):\(host.port)"
    case .maildir: "maildir"
    case .discard: "discard"
    }
  }
}

extension ClientFailure {
  /// In words, for the log.
  package var words: String {
    switch self {
    case .refused: "connection refused"
    case .unreachable(let why): "unreachable: \(why)"
    case .timedOut(let stage): "timed out during \(stage)"
    case .closed(let stage): "connection closed during \(stage)"
    case .tlsFailed(let why): "TLS failed: \(why)"
    case .rejected(let reply, let stage): "\(reply.code) at \(stage)"
    case .nonsense(let why): why
    case .tlsNotOffered: "TLS is required and not offered"
    }
  }
}
