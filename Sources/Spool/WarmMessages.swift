import SMTP

/// Messages that were just accepted, as they came, body and all, within a bound: most leave before they
/// would have to be read back.
///
/// Those that wait at a door of theirs go first when another needs the room, longest turned away first:
/// the mail for one dead host must not have all of it (measured: 10,000 such messages made every other one
/// be read back, which cost a sixth of the rate).
struct WarmMessages: Sendable {
  /// A message not tried yet.
  struct Kept: Sendable {
    let message: StoredMessage
    let body: [UInt8]
    fileprivate var isYielding = false
    private static let overhead = 1024
    fileprivate var size: Int { body.count + Self.overhead }

    fileprivate init(_ message: StoredMessage, _ body: [UInt8]) {
      self.message = message
      self.body = body
    }
  }

  private var kept: [TraceID: Kept] = [:]
  private var octets = 0
  private let limit: Int
  /// Who may go, in order; some are gone already.
  private var yielding: [TraceID] = []
  private var firstYielding = 0

  /// Names of the gone that may stand in `yielding`, for each that is here.
  private static let staleShare = 2
  private static let staleFloor = 1024

  /// `limit` octets are kept at most.
  init(limit: Int) { self.limit = limit }

  subscript(_ id: TraceID) -> Kept? { kept[id] }

  /// Keeps a message where there is room or can be made.
  mutating func keep(_ message: StoredMessage, _ body: [UInt8]) {
    let new = Kept(message, body)
    while octets + new.size > limit, let id = nextYielding() { remove(id) }
    guard octets + new.size <= limit else { return }
    remove(message.id)
    kept[message.id] = new
    octets += new.size
  }

  mutating func remove(_ id: TraceID) {
    if let gone = kept.removeValue(forKey: id) { octets -= gone.size }
  }

  /// This message will not be tried soon.
  mutating func letGo(_ id: TraceID) {
    guard kept[id]?.isYielding == false else { return }
    kept[id]?.isYielding = true
    yielding.append(id)
    let names = yielding.count - firstYielding
    guard names > Self.staleShare * kept.count + Self.staleFloor else { return }
    yielding = yielding[firstYielding...].filter { kept[$0] != nil }
    firstYielding = 0
  }

  private mutating func nextYielding() -> TraceID? {
    while firstYielding < yielding.count {
      defer { firstYielding += 1 }
      if kept[yielding[firstYielding]] != nil { return yielding[firstYielding] }
    }
    yielding.removeAll()
    firstYielding = 0
    return nil
  }
}
