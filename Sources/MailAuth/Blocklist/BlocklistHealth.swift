package import Mail

/// Whether a list may be asked. A value that is told what was seen; order and time are tested as values.
///
/// ```
///  untested ──passes──▶ good ──faults──▶ off ──passes──▶ good
///     └────────────faults────────────────▲
/// ```
/// A test that timed out changes nothing, and is soon tried again.
package struct BlocklistHealth: Hashable, Sendable {
  /// What is known of the list.
  package enum State: Hashable, Sendable {
    case untested
    case good
    case off(BlocklistFault)
  }

  package private(set) var state = State.untested
  /// When the test points are to be looked at next; at once at the start.
  package private(set) var testDueAt = Timestamp(microseconds: 0)

  /// RFC 5782 §5 wants lists tested; hourly, so that a list that dies at night does not refuse all mail
  /// of a morning.
  package static let testSeconds = 3600
  /// After a test that told nothing.
  package static let retrySeconds = 60

  package init() {}

  /// Why the list is not to be asked; nil when it may be.
  package var objection: BlocklistAnswer.Reason? {
    switch state {
    case .untested: .isUntested
    case .good: nil
    case .off(let fault): .isSwitchedOff(fault)
    }
  }

  /// Takes what the test points showed; true when the state is another now, which is worth a log line.
  package mutating func tested(_ test: BlocklistTest, at now: Timestamp) -> Bool {
    let before = state
    switch test {
    case .passed: state = .good
    case .failed(let fault): state = .off(fault)
    case .undecided: break
    }
    testDueAt = now + (test == .undecided ? Self.retrySeconds : Self.testSeconds)
    return state != before
  }

  /// Takes an ordinary answer, which may show what the test points did not; true as above.
  package mutating func noted(_ answer: BlocklistAnswer, at now: Timestamp) -> Bool {
    guard case .untrustworthy(let fault) = answer, state != .off(fault) else { return false }
    state = .off(fault)
    testDueAt = now + Self.testSeconds
    return true
  }
}

/// What a list's test points showed.
package enum BlocklistTest: Hashable, Sendable {
  case passed
  case failed(BlocklistFault)
  /// The DNS failed.
  case undecided
}
