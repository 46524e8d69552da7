import Mail
import Synchronization

/// One AUTH exchange: responses in, steps out. `respond` blocks for tens of milliseconds (scrypt).
///
/// ```
/// PLAIN   begin → (initial response or empty challenge) → done            RFC 4616
/// LOGIN   begin → "Username:" → "Password:" → done
/// SCRAM   begin → client-first → client-final → empty response → done     RFC 5802, RFC 4954
/// ```
package final class AuthenticationExchange: Sendable {
  enum Mechanism: Hashable, Sendable {
    case plain
    case login
    case scram
  }

  private enum State: Sendable {
    case fresh
    case loginName
    case loginPassword(String)
    case plainText
    case scramFirst
    case scramFinal(Scram.ClientFirst, nonce: String, serverFirst: String)
    case scramDone(Account)
    case over
  }

  private let authenticator: Authenticator
  private let client: IPAddress
  private let mechanism: Mechanism
  private let state = Mutex(State.fresh)
  /// The name that was given last.
  private let name = Mutex("")

  init(_ mechanism: Mechanism, authenticator: Authenticator, client: IPAddress) {
    self.mechanism = mechanism
    self.authenticator = authenticator
    self.client = client
  }

  /// The account that is tried, for the log; nil where there is none of the name. Reads the store.
  package var account: String? { authenticator.known(name.withLock { $0 }) }

  /// Takes the decoded response, nil where AUTH came without an initial one; called one at a time.
  package func respond(_ response: [UInt8]?) -> AuthenticationStep {
    let before = state.withLock { state in
      defer { state = .over }
      return state
    }
    do throws(AccountFailure) {
      let (step, after) = try next(before, response)
      state.withLock { $0 = after }
      return step
    } catch {
      return .failed(.unavailable("\(error)"))
    }
  }

  private func next(
    _ state: State, _ response: [UInt8]?
  ) throws(AccountFailure) -> (AuthenticationStep, State) {
    switch state {
    case .fresh: return try begin(response)
    case .plainText: return (try plain(response ?? []), .over)
    case .loginName:
      guard let name = Self.text(response ?? []) else { return (.failed(.malformed), .over) }
      return (.challenge(Array("Password:".utf8)), .loginPassword(name))
    case .loginPassword(let name): return (try check(name, response ?? []), .over)
    case .scramFirst: return try scramFirst(response ?? [])
    case .scramFinal(let first, let nonce, let serverFirst):
      return try scramFinal(response ?? [], first, nonce: nonce, serverFirst: serverFirst)
    case .scramDone(let account):
      guard response?.isEmpty != false else { return (.failed(.malformed), .over) }
      return (.succeeded(account), .over)
    case .over: return (.failed(.malformed), .over)
    }
  }

  private func begin(
    _ response: [UInt8]?
  ) throws(AccountFailure) -> (AuthenticationStep, State) {
    switch (mechanism, response) {
    case (.plain, nil): return (.challenge([]), .plainText)
    case (.plain, let response?): return (try plain(response), .over)
    case (.login, nil): return (.challenge(Array("Username:".utf8)), .loginName)
    case (.login, let response?): return try next(.loginName, response)
    case (.scram, nil): return (.challenge([]), .scramFirst)
    case (.scram, let response?): return try scramFirst(response)
    }
  }

  /// message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 §2)
  private func plain(_ message: [UInt8]) throws(AccountFailure) -> AuthenticationStep {
    let parts = message.split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = Self.text(Array(parts[1])), !parts[2].isEmpty else {
      return .failed(.malformed)
    }
    // To act for another account is not offered.
    guard parts[0].isEmpty || parts[0].elementsEqual(parts[1]) else { return .failed(.credentials) }
    return try check(name, Array(parts[2]))
  }

  private func check(
    _ name: String, _ password: [UInt8]
  ) throws(AccountFailure) -> AuthenticationStep {
    let name = name.lowercased()
    self.name.withLock { $0 = name }
    return try authenticator.judge(name, client) { verifier in
      // An unprepared password is hashed too, so that it takes its time.
      verifier.accepts(PasswordVerifier.prepared(password) ?? [0])
    }
  }

  private func scramFirst(
    _ message: [UInt8]
  ) throws(AccountFailure) -> (AuthenticationStep, State) {
    guard let first = Scram.clientFirst(message) else { return (.failed(.malformed), .over) }
    let name = first.name.lowercased()
    self.name.withLock { $0 = name }
    if let fault = authenticator.fault(name, client) { return (.failed(fault), .over) }
    let (_, verifier) = try authenticator.verifier(name)
    let nonce = first.nonce + Self.nonce(authenticator.random(18))
    let serverFirst = Scram.serverFirst(nonce: nonce, verifier: verifier)
    return (
      .challenge(Array(serverFirst.utf8)),
      .scramFinal(first, nonce: nonce, serverFirst: serverFirst)
    )
  }

  private func scramFinal(
    _ message: [UInt8], _ first: Scram.ClientFirst, nonce: String, serverFirst: String
  ) throws(AccountFailure) -> (AuthenticationStep, State) {
    var signature: [UInt8] = []
    let step = try authenticator.judge(first.name.lowercased(), client) { verifier in
      let proof = Scram.serverFinal(
        message, first: first, serverFirst: serverFirst, nonce: nonce, verifier: verifier)
      signature = proof ?? []
      return proof != nil
    }
    guard case .succeeded(let account) = step else { return (step, .over) }
    // The proof of the server goes in a challenge that the client answers with nothing
    // (RFC 4954 §4: 235 carries no data).
    return (.challenge(signature), .scramDone(account))
  }

  /// 64 letters that a nonce may be made of.
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-".utf8)

  private static func nonce(_ random: [UInt8]) -> String {
    String(decoding: random.map { letters[Int($0) & 63] }, as: UTF8.self)
  }

  /// A name in UTF-8 of a sane length.
  private static func text(_ bytes: [UInt8]) -> String? {
    guard (1...Account.nameLimit).contains(bytes.count) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
