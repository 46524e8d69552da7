/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds ignored as POSIX does.
///
/// The gate never asks the system for the time by itself; whoever needs it is handed a `Clock`.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package var seconds: Int64 { microseconds.quotient(flooringBy: 1_000_000) }
  package var milliseconds: Int64 { microseconds.quotient(flooringBy: 1000) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  package static func + (moment: Timestamp, seconds: Int) -> Timestamp {
    Timestamp(microseconds: moment.microseconds + Int64(seconds) * 1_000_000)
  }
}

extension Int64 {
  fileprivate func quotient(flooringBy divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// Where the gate takes the time from. The real one reads the system; tests and the simulator turn
/// the hands themselves.
package protocol Clock: Sendable {
  func now() -> Timestamp
}
