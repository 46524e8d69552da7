import Foundation
import Mail
import Synchronization
import Testing

@testable import Accounts

/// A clock whose hands the test turns.
final class TurnedClock: Clock {
  private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
  func now() -> Timestamp { time.withLock { $0 } }
  func turn(seconds: Int) { time.withLock { $0 = $0 + seconds } }
}

@Suite struct AccountsTests {
  private static func folder() throws -> String {
    let path = NSTemporaryDirectory() + "kadomori-accounts-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private let path: String
  private let store: AccountStore
  private let clock = TurnedClock()
  private let here: IPAddress
  private let elsewhere: IPAddress

  init() throws {
    path = try Self.folder() + "/accounts.sqlite"
    store = try AccountStore.open(path: path)
    let mailbox: Mailbox = try #require(Mailbox("user@example.test"))
    here = try #require(IPAddress("192.0.2.1"))
    elsewhere = try #require(IPAddress("198.51.100.7"))
    try store.add(
      Account(name: "User", addresses: [mailbox], groups: ["staff"]), password: "pencil-1")
  }

  private func plain(
    _ authenticator: Authenticator, _ name: String, _ password: String, from: IPAddress
  ) -> AuthenticationStep? {
    authenticator.begin("PLAIN", client: from)?.respond(Array("\0\(name)\0\(password)".utf8))
  }

  private func isIn(_ step: AuthenticationStep?) -> Bool {
    if case .succeeded(let account) = step { account.name == "user" } else { false }
  }

  @Test func `the right password logs in by PLAIN and LOGIN, a wrong one does not`() {
    let authenticator = Authenticator(store: store, clock: clock)
    #expect(isIn(plain(authenticator, "user", "pencil-1", from: here)))
    #expect(isIn(plain(authenticator, "USER", "pencil-1", from: here)))
    #expect(plain(authenticator, "user", "pencil-2", from: here) == .failed(.credentials))
    #expect(plain(authenticator, "nobody", "pencil-1", from: here) == .failed(.credentials))
    let login = authenticator.begin("LOGIN", client: here)
    #expect(login?.respond(nil) == .challenge(Array("Username:".utf8)))
    #expect(login?.respond(Array("user".utf8)) == .challenge(Array("Password:".utf8)))
    #expect(isIn(login?.respond(Array("pencil-1".utf8))))
    #expect(authenticator.begin("CRAM-MD5", client: here) == nil)
  }

  @Test func `the log hears which account is tried, and no name that is none`() {
    let authenticator = Authenticator(store: store, clock: clock)
    for (message, account) in [("\0USER\0x", "user"), ("\0my secret\0x", nil), ("", nil)] {
      let exchange = authenticator.begin("PLAIN", client: here)
      _ = exchange?.respond(Array(message.utf8))
      #expect(exchange?.account == account)
    }
    let scram = authenticator.begin("SCRAM-SHA-256", client: here)
    _ = scram?.respond(Array("n,,n=user,r=abc".utf8))
    #expect(scram?.account == "user")
    #expect("\(AuthenticationFault.throttled(untilSeconds: 3))" == "throttled, 3 s to wait")
  }

  @Test(arguments: ["", "\0", "user\0pencil", "\0user\0", "\0\0x", "\0user\0a\0b"])
  func `a malformed PLAIN message is named so`(message: String) {
    let authenticator = Authenticator(store: store, clock: clock)
    let step = authenticator.begin("PLAIN", client: here)?.respond(Array(message.utf8))
    #expect(step == .failed(.malformed))
  }

  @Test func `nobody acts for another account`() {
    let authenticator = Authenticator(store: store, clock: clock)
    let message = Array("boss\0user\0pencil-1".utf8)
    #expect(authenticator.begin("PLAIN", client: here)?.respond(message) == .failed(.credentials))
  }

  @Test func `a disabled or removed account is like a wrong password`() throws {
    let authenticator = Authenticator(store: store, clock: clock)
    try store.setDisabled(true, for: "user")
    #expect(plain(authenticator, "user", "pencil-1", from: here) == .failed(.credentials))
    try store.setDisabled(false, for: "user")
    #expect(isIn(plain(authenticator, "user", "pencil-1", from: here)))
    try store.setPassword("another-one", for: "user")
    #expect(isIn(plain(authenticator, "user", "another-one", from: here)))
    try store.remove("user")
    #expect(plain(authenticator, "user", "another-one", from: here) == .failed(.credentials))
    #expect(throws: AccountFailure.unknown("user")) { try store.remove("user") }
  }

  @Test func `guessing is slowed down and the owner is not locked out`() {
    let authenticator = Authenticator(store: store, clock: clock)
    #expect(isIn(plain(authenticator, "user", "pencil-1", from: here)))
    for _ in 0..<5 {
      #expect(plain(authenticator, "user", "guess", from: elsewhere) == .failed(.credentials))
    }
    #expect(
      plain(authenticator, "user", "pencil-1", from: elsewhere)
        == .failed(.throttled(untilSeconds: 5)))
    #expect(isIn(plain(authenticator, "user", "pencil-1", from: here)))
    clock.turn(seconds: 5)
    #expect(isIn(plain(authenticator, "user", "pencil-1", from: elsewhere)))
  }

  @Test func `slow guessing from many networks is throttled by the account`() throws {
    var throttle = GuessThrottle(limits: GuessLimits())
    for index in 0..<50 {
      let address = try #require(IPAddress("203.\(index).113.1"))
      #expect(throttle.blockedUntil("user", from: address, now: clock.now()) == nil)
      throttle.failed("user", from: address, now: clock.now())
      clock.turn(seconds: 600)
    }
    throttle.failed("user", from: elsewhere, now: clock.now())
    let fresh = try #require(IPAddress("203.99.113.1"))
    #expect(throttle.blockedUntil("user", from: fresh, now: clock.now()) != nil)
    #expect(throttle.blockedUntil("other", from: fresh, now: clock.now()) == nil)
    clock.turn(seconds: 86_400)
    #expect(throttle.blockedUntil("user", from: fresh, now: clock.now()) == nil)
  }

  @Test func `accounts survive, in a file that only we may read`() throws {
    let again = try AccountStore.open(path: path)
    #expect(try again.accounts().map(\.name) == ["user"])
    #expect(try again.accounts().first?.groups == ["staff"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `wrong input is refused in words`() throws {
    let account = Account(name: "user", addresses: [])
    #expect(throws: AccountFailure.exists("user")) {
      try store.add(account, password: "long enough")
    }
    #expect(throws: AccountFailure.badPassword) {
      try store.add(Account(name: "other", addresses: []), password: "short")
    }
    #expect(throws: AccountFailure.badName("a b")) {
      try store.add(Account(name: "a b", addresses: []), password: "long enough")
    }
    let damaged = try Self.folder() + "/damaged.sqlite"
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: damaged))
    #expect(throws: AccountFailure.unreadable(path: damaged, why: "the file is damaged")) {
      _ = try AccountStore.open(path: damaged)
    }
  }
}
