import Accounts
import Delivery
import Mail
import Relay
import SMTP
import Synchronization

// AUTH: the mechanisms are Accounts', the work is done off the event loops, the words are said here.
extension GateSession {
  func begin(
    _ mechanism: String, _ response: [UInt8]?, _ origin: Origin,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    guard let exchange = pipeline.authenticator?.begin(mechanism, client: origin.address) else {
      return answer(.refuse(Reply(504, .init(5, 5, 4), "Mechanism not offered")))
    }
    contents.withLock { $0.exchange = exchange }
    go(on: exchange, response, origin, answer)
  }

  func respond(
    _ response: [UInt8], _ origin: Origin, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    guard let exchange = contents.withLock({ $0.exchange }) else {
      return answer(.refuse(Reply(503, .init(5, 5, 1), "Say AUTH first")))
    }
    go(on: exchange, response, origin, answer)
  }

  func cancelAuthentication() -> Answer {
    contents.withLock { $0.exchange = nil }
    return .refuse(Reply(501, .init(5, 7, 0), "Authentication cancelled"))
  }

  private func go(
    on exchange: AuthenticationExchange, _ response: [UInt8]?, _ origin: Origin,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let isTaken = pipeline.logins.submit { [self] in
      switch exchange.respond(response) {
      case .challenge(let bytes): answer(.challenge(bytes))
      case .succeeded(let account):
        contents.withLock { ($0.exchange, $0.account) = (nil, account) }
        pipeline.log.write(
          "login", ["id": "\(id)", "client": "\(origin.address)", "account": account.name])
        answer(.authenticated(account: account.name))
      case .failed(let fault):
        contents.withLock { $0.exchange = nil }
        pipeline.counters.loginFailures.add(1, ordering: .relaxed)
        pipeline.log.write(
          "login-failed",
          [
            "id": "\(id)", "client": "\(origin.address)", "account": exchange.account ?? "",
            "why": "\(fault)",
          ])
        answer(.refuse(fault.reply))
      }
    }
    if !isTaken { answer(.refuse(AuthenticationFault.unavailable("too many logins").reply)) }
  }

  /// Who the client has proved to be, with the widest right of its groups.
  func identity(_ origin: Origin, _ policy: RelayPolicy) -> (Identity, Set<Mailbox>) {
    // A login that a proxy told us of by XCLIENT has no account here and opens nothing.
    guard let account = contents.withLock({ $0.account }), account.name == origin.account else {
      return (.anonymous, [])
    }
    let rights = policy.groups.filter { account.groups.contains($0.name) }.map(\.sends)
    let widest = [SenderRight.anything, .ownDomains].first { rights.contains($0) }
    return (.account(widest ?? .ownAddresses), Set(account.addresses))
  }
}

extension AuthenticationFault {
  /// RFC 4954 §6. An unknown account and a wrong password hear the same.
  fileprivate var reply: Reply {
    switch self {
    case .credentials: Reply(535, .init(5, 7, 8), "Authentication failed")
    case .malformed: Reply(501, .init(5, 5, 2), "Malformed response")
    case .throttled: Reply(454, .init(4, 7, 0), "Too many attempts, try again later")
    case .unavailable: Reply(454, .init(4, 7, 0), "Can't authenticate now, try again later")
    }
  }
}
