import Crypto
package import Mail
import Synchronization

/// Makes an exchange of every AUTH command; shared by all sessions.
package final class Authenticator: Sendable {
  /// The mechanisms, strongest first.
  package static let mechanisms = ["SCRAM-SHA-256", "PLAIN", "LOGIN"]

  private let store: AccountStore
  private let clock: any Clock
  let random: @Sendable (Int) -> [UInt8]
  private let throttle: Mutex<GuessThrottle>
  /// Judges passwords of accounts that are not there, in the same time.
  private let nobody: PasswordVerifier

  package init(
    store: AccountStore, clock: any Clock, limits: GuessLimits = GuessLimits(),
    random: @escaping @Sendable (Int) -> [UInt8] = AccountStore.random
  ) {
    self.store = store
    self.clock = clock
    self.random = random
    throttle = Mutex(GuessThrottle(limits: limits))
    let blank = [UInt8](repeating: 0, count: 32)
    nobody = PasswordVerifier(
      salt: Scram.mac(store.secret, Array("salt".utf8)), cost: .standard, hash: blank,
      scramSalt: blank, scramIterations: PasswordVerifier.scramIterationsStandard,
      storedKey: Scram.mac(store.secret, Array("stored".utf8)), serverKey: blank)
  }

  /// An exchange for a mechanism of `mechanisms`; nil for any other.
  package func begin(_ mechanism: String, client: IPAddress) -> AuthenticationExchange? {
    let kind: AuthenticationExchange.Mechanism? =
      switch mechanism {
      case "PLAIN": .plain
      case "LOGIN": .login
      case "SCRAM-SHA-256": .scram
      default: nil
      }
    return kind.map { AuthenticationExchange($0, authenticator: self, client: client) }
  }

  /// Whether this account may be tried from there now; what `judge` says later counts.
  func fault(_ name: String, _ client: IPAddress) -> AuthenticationFault? {
    let now = clock.now()
    let until = throttle.withLock { $0.blockedUntil(name, from: client, now: now) }
    return until.map { Self.throttled($0, now) }
  }

  /// What stands for a name: its verifier, or one that nothing fits but looks the same from outside.
  func verifier(_ name: String) throws(AccountFailure) -> (Account?, PasswordVerifier) {
    if Account.isName(name), let (account, verifier) = try store.find(name) {
      return (account.isDisabled ? nil : account, verifier)
    }
    var fake = nobody
    fake.scramSalt = Array(
      Scram.mac(store.secret, Array(name.lowercased().utf8)).prefix(PasswordVerifier.saltLength))
    return (nil, fake)
  }

  /// The name where there is such an account. What is no account may be a password in the wrong place, which
  /// no log must see.
  func known(_ name: String) -> String? {
    guard Account.isName(name), (try? store.find(name)) != nil else { return nil }
    return name
  }

  /// Judges one proof: every mechanism's last step comes through here, and only here is a password or its
  /// proof compared. The try is admitted and counted in one breath, so exchanges that were opened
  /// together are not judged together. A disabled account's right password is a failure like any other.
  func judge(
    _ name: String, _ client: IPAddress, _ isRight: (PasswordVerifier) -> Bool
  ) throws(AccountFailure) -> AuthenticationStep {
    let start = clock.now()
    if let until = throttle.withLock({ $0.admit(name, from: client, now: start) }) {
      return .failed(Self.throttled(until, start))
    }
    let account: Account?
    let verifier: PasswordVerifier
    do {
      (account, verifier) = try self.verifier(name)
    } catch {
      throttle.withLock { $0.withdrew(name, from: client) }
      throw error
    }
    let isProved = isRight(verifier)
    let now = clock.now()
    guard isProved, let account else {
      throttle.withLock { $0.failed(name, from: client, now: now) }
      return .failed(.credentials)
    }
    throttle.withLock { $0.succeeded(name, from: client, now: now) }
    return .succeeded(account)
  }

  private static func throttled(_ until: Timestamp, _ now: Timestamp) -> AuthenticationFault {
    .throttled(untilSeconds: Int(until.seconds - now.seconds) + 1)
  }
}

/// What an exchange says next.
package enum AuthenticationStep: Hashable, Sendable {
  case challenge([UInt8])
  case succeeded(Account)
  case failed(AuthenticationFault)
}

/// Why nobody was logged in. The client hears less than the log.
package enum AuthenticationFault: Error, Hashable, Sendable {
  case credentials
  case malformed
  case throttled(untilSeconds: Int)
  case unavailable(String)
}

extension AuthenticationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .credentials: "wrong name or password"
    case .malformed: "malformed response"
    case .throttled(let seconds): "throttled, \(seconds) s to wait"
    case .unavailable(let why): why
    }
  }
}
