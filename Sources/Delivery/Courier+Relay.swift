import Mail
package import SMTP
import Spool

// Handing over by SMTP and LMTP.
extension Courier {
  /// Tries the hosts in their order until one takes the message or says a word about it.
  func relay(
    _ targets: [Target], _ tls: TLSRequirement, _ speaks: ClientProtocol, _ trip: inout Trip
  ) async {
    var last = "no host of the route has an address"
    var status = EnhancedStatus(4, 4, 4)
    for target in targets {
      for address in target.addresses {
        let request = ConnectionRequest(
          endpoint: .tcp(address: address, port: target.port, name: target.name), tls: tls,
          speaks: speaks, hello: hostname)
        let place = "\(target.name) [\(address)]:\(target.port)"
        switch await connectAndSend(request, place, &trip) {
        case nil: return
        case let failure?:
          last = "\(place): \(failure.words)"
          status = failure.status
        }
      }
    }
    trip.all(.later(nil, status, last))
    trip.trouble = last
  }

  /// One connection; nil when the recipients have their words. A kept connection that turns out to be
  /// gone is replaced once by a fresh one.
  private func connectAndSend(
    _ request: ConnectionRequest, _ place: String, _ trip: inout Trip
  ) async -> ClientFailure? {
    for isSecond in [false, true] {
      switch await pool.borrow(request, fresh: isSecond) {
      case .failure(let failure): return failure
      case .success(let borrowed):
        trip.remote = place
        trip.tls = borrowed.connection.tls
        trip.nextHopNotifies = borrowed.connection.extensions.dsn
        if await hand(borrowed, request, &trip) { return nil }
        // Nothing was sent that could have arrived, so trying again can't make a duplicate.
        if !borrowed.isReused { return .closed(during: "MAIL") }
      }
    }
    return .closed(during: "MAIL")
  }

  /// Recipients in one transaction; RFC 5321 §4.5.3.1.8 lets every server take a hundred.
  private static let recipientLimit = 100

  /// False when the connection was gone before anything was said.
  private func hand(
    _ borrowed: ConnectionPool.Borrowed, _ request: ConnectionRequest, _ trip: inout Trip
  ) async -> Bool {
    let message = trip.message
    let limit = min(
      Self.recipientLimit, borrowed.connection.extensions.maximumRecipients ?? .max)
    var words: [Word] = []
    var count = 0
    while words.count < trip.recipients.count {
      var envelope = message.envelope
      let part = trip.recipients.dropFirst(words.count).prefix(limit)
      envelope.recipients = part.map { message.envelope.recipients[$0] }
      let body = spool.warmBody(of: message.id).map(OutboundBody.bytes)
      let transaction = OutboundTransaction(
        envelope: envelope, size: message.size,
        body: body ?? .pieces { [spool] in spool.body(of: message.id) })
      switch await borrowed.connection.send(transaction) {
      case .lost(let failure, let afterContent):
        if count == 0, borrowed.isReused, !afterContent { return false }
        let note = afterContent ? " after the content, so it may arrive twice" : ""
        let rest = trip.recipients.count - words.count
        trip.words =
          words + (0..<rest).map { _ in .later(nil, failure.status, failure.words + note) }
        if case .unreadable(let why) = failure {
          trip.unreadable = why
        } else {
          trip.trouble = failure.words
        }
        return true
      case .answered(let outcomes): words += outcomes.map(Self.word)
      }
      count += 1
    }
    trip.words = words
    await pool.giveBack(borrowed, request, count: count)
    return true
  }

  private static func word(_ outcome: ClientOutcome) -> Word {
    switch outcome {
    case .accepted(let reply): .delivered(reply, "accepted")
    case .refused(let reply, let command) where reply.isPermanent:
      .never(reply, nil, "refused at \(command)")
    case .refused(let reply, let command): .later(reply, nil, "put off at \(command)")
    case .incapable(let why): .never(nil, EnhancedStatus(5, 6, 7), why)  // RFC 6531 §3.6
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
    case .rejected(let reply, let stage):
      "\(reply.code) at \(stage): \(reply.lines.joined(separator: " "))"
    case .nonsense(let why): why
    case .tlsNotOffered: "TLS is required and not offered"
    case .unreadable(let why): "can't read the content: \(why)"
    }
  }

  /// What a report says where no server said anything (RFC 3463 §3.5, §3.8).
  package var status: EnhancedStatus {
    switch self {
    case .refused, .unreachable: EnhancedStatus(4, 4, 1)
    case .timedOut, .closed, .nonsense: EnhancedStatus(4, 4, 2)
    case .tlsFailed, .tlsNotOffered: EnhancedStatus(4, 7, 0)
    case .rejected(let reply, _): reply.status ?? EnhancedStatus(4, 4, 2)
    case .unreadable: EnhancedStatus(4, 3, 0)
    }
  }
}
