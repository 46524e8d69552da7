import Mail
package import SMTP
import Spool

// Handing over by SMTP and LMTP.
extension Courier {
  /// Tries the hosts in their order until one takes the message or says a word about it.
  func relay(_ targets: [Target], _ way: Way, _ trip: inout Trip) async {
    var failures: [HostFailure] = []
    for target in targets {
      let demand = await demand(of: target, way, trip.wish)
      if case .avoid(let failure) = demand.way {
        note(nil, failure.report, failure.words, demand, target, way)
        failures.append(failure)
        continue
      }
      for address in target.addresses {
        let place = Place(target: target, address: address, way: way, demand: demand)
        guard let failure = await connectAndSend(place, &trip) else { return }
        if failure.isOurs {
          trip.ourTrouble = failure.words
          return trip.all(.later(nil, failure.status, failure.words))
        }
        failures.append(failure)
      }
    }
    giveUp(failures, &trip)
  }

  /// No host took it. A message that asks for proven TLS goes back when that is all that was in the way
  /// (RFC 8689 §4.2.1); everything else waits.
  private func giveUp(_ failures: [HostFailure], _ trip: inout Trip) {
    let last =
      failures.last
      ?? HostFailure("no host of the route has an address", EnhancedStatus(4, 4, 4))
    if trip.wish == .required, !failures.isEmpty, failures.allSatisfy(\.isFinal) {
      // That a host has TLS and does not promise it says more than that another has none.
      let worst = failures.first { $0.status == Self.extensionNeeded } ?? last
      return trip.all(.never(nil, worst.status, worst.words))
    }
    trip.all(.later(nil, last.status, last.words))
    // One message's own wish is no trouble of the destination.
    trip.trouble = last.isWish ? nil : last.words
  }

  /// One address of one host, and how it may be met.
  private struct Place {
    let target: Target
    let address: IPAddress
    let way: Way
    let demand: HostDemand

    var words: String { "\(target.name) [\(address)]:\(target.port)" }
  }

  private func request(_ place: Place) -> ConnectionRequest {
    let endpoint = Endpoint.tcp(
      address: place.address, port: place.target.port, name: place.target.name)
    var request = ConnectionRequest(
      endpoint: endpoint, tls: place.way.tls, speaks: place.way.speaks, hello: hostname)
    if case .meet(let tls, let judge, let name) = place.demand.way {
      (request.tls, request.judge, request.serverName) = (tls, judge, name)
    }
    return request
  }

  /// One connection; nil when the recipients have their words. A kept connection that turns out to be
  /// gone is replaced once by a fresh one.
  private func connectAndSend(_ place: Place, _ trip: inout Trip) async -> HostFailure? {
    let request = request(place)
    for isSecond in [false, true] {
      let borrowed = await pool.borrow(request, fresh: isSecond)
      note(borrowed, place.address, place.demand, place.target, place.way)
      switch borrowed {
      case .failure(let failure): return hostFailure(failure, place, trip.wish)
      case .success(let borrowed):
        trip.remote = place.words
        trip.tls = borrowed.connection.tls
        trip.nextHopNotifies = borrowed.connection.extensions.dsn
        if let lack = lack(of: borrowed, place, trip.wish) {
          await borrowed.connection.close()
          return lack
        }
        if await hand(borrowed, request, &trip) { return nil }
        // Nothing was sent that could have arrived, so trying again can't make a duplicate.
        if !borrowed.isReused { break }
      }
    }
    return hostFailure(.closed(during: "MAIL"), place, trip.wish)
  }

  private func hostFailure(
    _ failure: ClientFailure, _ place: Place, _ wish: TLSWish
  ) -> HostFailure {
    let words = "\(place.words): \(failure.words)"
    if case .ours = failure { return HostFailure(words, failure.status, isOurs: true) }
    // RFC 8689 §4.2.1: a host that can't be met by proven TLS is as good as none.
    guard wish == .required, TLSSessionFailure(failure) != nil else {
      return HostFailure(words, failure.status)
    }
    return HostFailure(words, HostFacts.encryptionNeeded, isFinal: true)
  }

  /// RFC 8689 §4.2.1: who does not promise to require TLS further on does not get such a message. LMTP is
  /// the last step, within our own house.
  private func lack(
    of borrowed: ConnectionPool.Borrowed, _ place: Place, _ wish: TLSWish
  ) -> HostFailure? {
    guard wish == .required, place.way.speaks == .smtp,
      !borrowed.connection.extensions.requireTLS
    else { return nil }
    return HostFailure(
      "\(place.words): REQUIRETLS is not offered", Self.extensionNeeded, isFinal: true)
  }

  private static let extensionNeeded = EnhancedStatus(5, 7, 30)

  /// Recipients in one transaction; RFC 5321 §4.5.3.1.8 lets every server take a hundred.
  private static let recipientLimit = 100

  /// False when the connection was gone before anything was said.
  private func hand(
    _ borrowed: ConnectionPool.Borrowed, _ request: ConnectionRequest, _ trip: inout Trip
  ) async -> Bool {
    let message = trip.message
    if message.envelope.parameters.utf8, !borrowed.connection.extensions.utf8,
      await hasInternationalHeader(message)
    {
      trip.words = trip.recipients.map { _ in
        .never(nil, EnhancedStatus(5, 6, 7), "the header needs SMTPUTF8, which is not offered")
      }
      await pool.giveBack(borrowed, request, count: 0)
      return true
    }
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
      case .lost(let failure, let afterContent, let answers):
        if count == 0, borrowed.isReused, !afterContent, answers.isEmpty { return false }
        let note = afterContent ? " after the content, so it may arrive twice" : ""
        words += answers.map { answer in
          answer.map(Self.word) ?? .later(nil, failure.status, failure.words + note)
        }
        let rest = trip.recipients.count - words.count
        trip.words =
          words + (0..<rest).map { _ in .later(nil, failure.status, failure.words + note) }
        switch failure {
        case .unreadable(let why): trip.unreadable = why
        case .ours(let why): trip.ourTrouble = why
        default: trip.trouble = failure.words
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

  /// RFC 6531 §3.2: a header section beyond ASCII goes only where SMTPUTF8 is offered. It is read as it leaves:
  /// the fields that the gate puts in front name senders and recipients, too. The headers of parts are not
  /// looked at, and mail that came without SMTPUTF8 goes as it came.
  private func hasInternationalHeader(_ message: StoredMessage) async -> Bool {
    let body = spool.body(of: message.id)
    var lineLength = 0
    // What can't be read is found by who sends it.
    while let piece = try? await body.next() {
      for byte in piece {
        switch byte {
        case 0x80...: return true
        case 0x0A where lineLength == 0: return false
        case 0x0A: lineLength = 0
        case 0x0D: break
        default: lineLength += 1
        }
      }
    }
    return false
  }

  private static func word(_ outcome: ClientOutcome) -> Word {
    switch outcome {
    case .accepted(let reply): .delivered(reply, "accepted")
    case .refused(let reply, let command) where reply.isPermanent:
      .never(reply, nil, "refused at \(command)")
    case .refused(let reply, let command): .later(reply, nil, "put off at \(command)")
    case .incapable(let why, let status): .never(nil, status, why)
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
    case .untrusted(let fault): "the certificate proves nothing: \(fault.words)"
    case .rejected(let reply, let stage):
      "\(reply.code) at \(stage): \(reply.lines.joined(separator: " "))"
    case .nonsense(let why): why
    case .tlsNotOffered: "TLS is required and not offered"
    case .unreadable(let why): "can't read the content: \(why)"
    case .ours(let why): "trouble of our own: \(why)"
    }
  }

  /// What a report says where no server said anything (RFC 3463 §3.5, §3.8).
  package var status: EnhancedStatus {
    switch self {
    case .refused, .unreachable: EnhancedStatus(4, 4, 1)
    case .timedOut, .closed, .nonsense: EnhancedStatus(4, 4, 2)
    case .tlsFailed, .untrusted: EnhancedStatus(4, 7, 5)  // RFC 3463 §3.8: cryptographic failure
    case .tlsNotOffered: EnhancedStatus(4, 7, 10)  // encryption needed (RFC 8689 §4.2.1)
    case .rejected(let reply, _): reply.status ?? EnhancedStatus(4, 4, 2)
    case .unreadable, .ours: EnhancedStatus(4, 3, 0)
    }
  }
}
