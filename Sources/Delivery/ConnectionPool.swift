import Mail
import SMTP
import Synchronization

/// Keeps connections for the next message to the same place, for a few seconds.
final class ConnectionPool: Sendable {
  private struct Idle {
    let connection: any ClientConnection
    let transactions: Int
    let since: Timestamp
  }

  /// A connection in use.
  struct Borrowed: Sendable {
    let connection: any ClientConnection
    /// Transactions that it has carried.
    let transactions: Int
    /// Why TLS failed, where it was only wished for and the connection is in clear.
    var tlsTrouble: String?
    var isReused: Bool { transactions > 0 }
  }

  private let connector: any Connector
  private let clock: any Clock
  private let idle = Mutex<[ConnectionRequest: [Idle]]>([:])

  /// Seconds that a connection waits for its next message; Postfix keeps 2, Exim none.
  private static let idleSeconds = 3
  /// Transactions on one connection, unless the server's LIMITS says less (RFC 9422).
  private static let transactionLimit = 100
  /// Idle connections to one place.
  private static let idleLimit = 20

  init(connector: any Connector, clock: any Clock) {
    self.connector = connector
    self.clock = clock
  }

  /// A kept connection where `fresh` does not forbid it, else a new one.
  func borrow(
    _ request: ConnectionRequest, fresh: Bool
  ) async -> Result<Borrowed, ClientFailure> {
    if !fresh, let kept = take(request) {
      return .success(Borrowed(connection: kept.connection, transactions: kept.transactions))
    }
    return await connect(request)
  }

  /// Takes a connection back after `count` more transactions that left it in order.
  func giveBack(_ borrowed: Borrowed, _ request: ConnectionRequest, count: Int) async {
    let carried = borrowed.transactions + count
    let limit = min(
      Self.transactionLimit, borrowed.connection.extensions.maximumTransactions ?? .max)
    let now = clock.now()
    let isKept = idle.withLock { idle in
      guard carried < limit, idle[request, default: []].count < Self.idleLimit else { return false }
      idle[request, default: []].append(
        Idle(connection: borrowed.connection, transactions: carried, since: now))
      return true
    }
    if !isKept { await borrowed.connection.close() }
  }

  /// Closes what has waited too long; all of it where `all`.
  func sweep(all: Bool = false) async {
    let now = clock.now()
    let old = idle.withLock { idle in
      var old: [any ClientConnection] = []
      for (request, kept) in idle {
        let (gone, rest) = kept.split { all || $0.since + Self.idleSeconds <= now }
        old += gone.map(\.connection)
        idle[request] = rest.isEmpty ? nil : rest
      }
      return old
    }
    for connection in old { await connection.close() }
  }

  private func take(_ request: ConnectionRequest) -> Idle? {
    let now = clock.now()
    return idle.withLock { idle in
      guard let last = idle[request]?.last, last.since + Self.idleSeconds > now else { return nil }
      idle[request]?.removeLast()
      if idle[request]?.isEmpty == true { idle[request] = nil }
      return last
    }
  }

  /// Where TLS is only wished for and fails, once more in clear (RFC 7435 §4).
  private func connect(
    _ request: ConnectionRequest
  ) async -> Result<Borrowed, ClientFailure> {
    let first = await connector.connect(request)
    guard case .failure(.tlsFailed(let why)) = first, request.tls == .opportunistic else {
      return first.map { Borrowed(connection: $0, transactions: 0) }
    }
    var inClear = request
    inClear.tls = .never
    return await connector.connect(inClear).map {
      Borrowed(connection: $0, transactions: 0, tlsTrouble: why)
    }
  }
}

extension Array {
  /// Those for which `test` holds, and the others.
  fileprivate func split(_ test: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(test), filter { !test($0) })
  }
}
