package import Inspection

/// Something outside that is asked about a message or a file: clamd today, others later.
///
/// A scanner can't throw: that it is down, slow or blind is a finding of kind `scanner`, and the policy
/// says what that means. It may wait, so it is called on a thread that may.
package protocol Scanner: Sendable {
  /// A word for status and metrics: `clamd`.
  var name: String { get }

  /// What it says of `octets`, by `deadline` at the latest.
  func findings(in octets: [UInt8], by deadline: ContinuousClock.Instant) -> [Finding]

  /// How it is, as far as it was last seen; never waits.
  var health: ScannerHealth { get }
}

/// How a scanner is: for status, metrics and the readiness of the gate.
package struct ScannerHealth: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable, CaseIterable {
    /// Not asked yet.
    case unknown
    case up
    /// Answers, with signatures older than the settings allow.
    case stale
    /// Answers, and does not know the test file: its signatures are missing or half-loaded.
    case blind
    /// Did not answer in time.
    case slow
    /// Can't be reached, or says what no scanner says.
    case down
  }

  package var state = State.unknown
  /// What it says it is, printable.
  package var version = ""
  /// When its signatures were made, if it tells: seconds since 1970.
  package var signatureSeconds: Int64?
  /// Why it is not up.
  package var reason = ""
  package var scans = 0
  package var malware = 0
  package var failures = 0

  package init() {}

  /// `clamd up, ClamAV 1.4.6, 12 scans, 1 malware, 0 failures`.
  package func line(_ name: String) -> String {
    let why = reason.isEmpty ? "" : " (\(reason))"
    let what = version.isEmpty ? "" : ", \(version)"
    return "\(name) \(state.rawValue)\(why)\(what), \(scans) scans, \(malware) malware, "
      + "\(failures) failures"
  }
}
