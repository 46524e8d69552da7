import Crypto
import Foundation
import Mail
import Synchronization
import Testing

@testable import Accounts

/// However a guess comes, by whichever mechanism and however many at once, it is counted.
@Suite struct GuessThrottleTests {
  private let store: AccountStore
  private let clock = TurnedClock()
  private let home: IPAddress
  private let elsewhere: IPAddress
  private let password = "pencil-1"

  init() throws {
    store = try AccountStore.open(
      path: NSTemporaryDirectory() + "kadomori-throttle-" + UUID().uuidString)
    home = try #require(IPAddress("192.0.2.1"))
    elsewhere = try #require(IPAddress("198.51.100.7"))
    let mailbox: Mailbox = try #require(Mailbox("user@example.test"))
    try store.add(Account(name: "user", addresses: [mailbox]), password: password)
  }

  /// An exchange before its last step, with the message that a client who knows `password` would send.
  private func opened(
    _ authenticator: Authenticator, _ password: String, from client: IPAddress
  ) throws -> (AuthenticationExchange, [UInt8]) {
    let exchange = try #require(authenticator.begin("SCRAM-SHA-256", client: client))
    let bare = "n=user,r=abcdef"
    guard case .challenge(let bytes) = exchange.respond(Array("n,,\(bare)".utf8)) else {
      throw AccountFailure.unknown("user")
    }
    let serverFirst = String(decoding: bytes, as: UTF8.self)
    let parts = serverFirst.split(separator: ",").map { String($0.dropFirst(2)) }
    let salt = Array(try #require(Data(base64Encoded: parts[1])))
    let salted = try PasswordVerifier.saltedPassword(
      Array(password.utf8), salt: salt, iterations: try #require(Int(parts[2])))
    let clientKey = Scram.mac(salted, Array("Client Key".utf8))
    let without = "c=biws,r=\(parts[0])"
    let signature = Scram.mac(
      Array(SHA256.hash(data: clientKey)), Array("\(bare),\(serverFirst),\(without)".utf8))
    let proof = Data(zip(clientKey, signature).map { $0 ^ $1 }).base64EncodedString()
    return (exchange, Array("\(without),p=\(proof)".utf8))
  }

  private func isChallenge(_ step: AuthenticationStep) -> Bool {
    if case .challenge = step { true } else { false }
  }

  @Test func `sixty exchanges opened to the last step are five guesses`() throws {
    let authenticator = Authenticator(store: store, clock: clock)
    let open = try (0..<60).map { _ in try opened(authenticator, "wrong", from: elsewhere) }
    let steps = open.map { $0.0.respond($0.1) }
    #expect(steps.count { $0 == .failed(.credentials) } == 5)
    #expect(steps.count { $0 == .failed(.throttled(untilSeconds: 5)) } == 55)
  }

  @Test func `finished by many threads at once they are no more`() throws {
    let authenticator = Authenticator(store: store, clock: clock)
    let open = try (0..<60).map { _ in try opened(authenticator, "wrong", from: elsewhere) }
    let judged = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: open.count) { index in
      if open[index].0.respond(open[index].1) == .failed(.credentials) {
        judged.add(1, ordering: .relaxed)
      }
    }
    #expect((1...5).contains(judged.load(ordering: .relaxed)))
  }

  @Test func `PLAIN by many threads at once is no way round`() throws {
    let authenticator = Authenticator(store: store, clock: clock)
    let judged = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 12) { _ in
      let exchange = authenticator.begin("PLAIN", client: elsewhere)
      if exchange?.respond(Array("\0user\0wrong".utf8)) == .failed(.credentials) {
        judged.add(1, ordering: .relaxed)
      }
    }
    #expect((1...5).contains(judged.load(ordering: .relaxed)))
  }

  @Test func `the owner at home logs in by SCRAM meanwhile, however many guess`() throws {
    let authenticator = Authenticator(store: store, clock: clock)
    let (first, proof) = try opened(authenticator, password, from: home)
    #expect(isChallenge(first.respond(proof)))
    guard case .succeeded(let account) = first.respond([]) else {
      Issue.record("not logged in")
      return
    }
    #expect(account.name == "user")
    var judged = 0
    for index in 0..<60 {
      let address = try #require(IPAddress("203.\(index).113.1"))
      // Beyond the account's own limit the first step is refused already.
      let step = try? opened(authenticator, "wrong", from: address)
      guard let (guess, wrong) = step else { continue }
      if guess.respond(wrong) == .failed(.credentials) { judged += 1 }
    }
    #expect(judged == 50)
    let (again, right) = try opened(authenticator, password, from: home)
    #expect(isChallenge(again.respond(right)))
  }

  @Test func `a try that ends without a judgement is given back`() {
    var throttle = GuessThrottle(limits: GuessLimits())
    let now = clock.now()
    for _ in 0..<20 {
      #expect(throttle.admit("user", from: elsewhere, now: now) == nil)
      throttle.withdrew("user", from: elsewhere)
    }
    for _ in 0..<5 { #expect(throttle.admit("user", from: elsewhere, now: now) == nil) }
    #expect(throttle.admit("user", from: elsewhere, now: now) != nil)
    #expect(throttle.admit("other", from: elsewhere, now: now) == nil)
  }

  @Test func `only a damaged file is to be begun anew`() throws {
    let missing = NSTemporaryDirectory() + UUID().uuidString + "/accounts.sqlite"
    let failure = #expect(throws: AccountFailure.self) {
      _ = try AccountStore.open(path: missing)
    }
    #expect(failure?.description.contains("make its folder") == true)
    for (code, words) in [(EACCES, "as root"), (EROFS, "mount the disk"), (ENOSPC, "make room")] {
      let text = AccountFailure(opening: "/x", code: code).description
      #expect(text.contains(words) && !text.contains("anew"), "\(text)")
    }
    #expect(AccountFailure.unreadable(path: "/x", why: "y").description.contains("anew"))
  }
}
