import Scanners

/// How looking into mail is, part of `GateStatus`.
package struct InspectionStatus: Codable, Sendable {
  /// Rules of one's own that are on: TOML, YARA.
  package var ownRules: Int
  package var yaraRules: Int
  /// `lures.toml:3:8: …`
  package var ruleFaults: [String]
  /// New mail that no inspector could be had for.
  package var notInspected: Int
  package var scanners: [ScannerStatus]
}

/// One scanner as it was last seen.
package struct ScannerStatus: Codable, Sendable {
  package var name: String
  /// `up`, `unknown`, `stale`, `blind`, `slow`, `down`.
  package var state: String
  package var version: String
  package var reason: String
  package var scans: Int
  package var malware: Int
  package var failures: Int

  init(_ scanner: any Scanner) {
    let health = scanner.health
    name = scanner.name
    (state, version, reason) = (health.state.rawValue, health.version, health.reason)
    (scans, malware, failures) = (health.scans, health.malware, health.failures)
  }

  /// `clamd up, ClamAV 1.4.6, 12 scans, 1 malware, 0 failures`.
  package var line: String {
    let why = reason.isEmpty ? "" : " (\(reason))"
    let what = version.isEmpty ? "" : ", \(version)"
    return "\(name) \(state)\(why)\(what), \(scans) scans, \(malware) malware, \(failures) failures"
  }
}

extension StatusText {
  /// What `/metrics` says of rules and scanners.
  static func metrics(_ inspection: InspectionStatus?) -> String {
    guard let inspection else { return "" }
    let rules = [
      ("toml", inspection.ownRules), ("yara", inspection.yaraRules),
    ].map { "kadomori_own_rules{kind=\"\($0)\"} \($1)\n" }
    return family("kadomori_own_rules", "gauge", "Rules of one's own that are on.", rules)
      + family(
        "kadomori_rule_faults", "gauge", "Faults in rule files, whose former state stays on.",
        ["kadomori_rule_faults \(inspection.ruleFaults.count)\n"])
      + family(
        "kadomori_messages_not_inspected_total", "counter",
        "New mail that no inspector could be had for.",
        ["kadomori_messages_not_inspected_total \(inspection.notInspected)\n"])
      + scanners(inspection.scanners)
  }

  private static func scanners(_ scanners: [ScannerStatus]) -> String {
    guard !scanners.isEmpty else { return "" }
    func rows(_ name: String, _ value: (ScannerStatus) -> Int) -> [String] {
      scanners.map { "\(name){scanner=\"\($0.name)\"} \(value($0))\n" }
    }
    let states = scanners.flatMap { scanner in
      ScannerHealth.State.allCases.map { state in
        let isIt = scanner.state == state.rawValue ? 1 : 0
        return "kadomori_scanner_state{scanner=\"\(scanner.name)\",state=\"\(state.rawValue)\"}"
          + " \(isIt)\n"
      }
    }
    let names = ["scans", "malware", "failures"].map { "kadomori_scanner_\($0)_total" }
    return family("kadomori_scanner_state", "gauge", "1 for how the scanner was last seen.", states)
      + family(
        names[0], "counter", "Messages that it was asked about.", rows(names[0]) { $0.scans })
      + family(
        names[1], "counter", "Messages in which it found malware.", rows(names[1]) { $0.malware })
      + family(
        names[2], "counter", "Times that it did not answer.", rows(names[2]) { $0.failures })
  }

  private static func family(
    _ name: String, _ type: String, _ help: String, _ rows: [String]
  ) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" + rows.joined()
  }
}
