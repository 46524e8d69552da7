import Foundation
import Mail

/// The published signature suites, read where they lie: `$KADOMORI_SUITES`, or `shared/suites`
/// beside the checkout. Nothing of them is copied; absent, their tests are skipped.
enum DKIMSuites {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder + "/dkim")

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + path)))
  }

  /// A message as it came by SMTP: every line ends in CRLF.
  static func message(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for byte in bytes {
      if byte == 0x0A, output.last != 0x0D { output.append(0x0D) }
      output.append(byte)
    }
    return output
  }

  static func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/" + path).sorted()
  }

  /// The rows of a JSON-lines file.
  static func rows(_ path: String) throws -> [[String: Any]] {
    try String(decoding: bytes(path), as: UTF8.self).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The table of a literal extractor's file that belongs to a test or variable.
  static func table(_ path: String, _ name: String) throws -> [[String: Any]] {
    try rows(path).filter { $0["func"] as? String == name || $0["var"] as? String == name }
      .flatMap { $0["rows"] as? [[String: Any]] ?? [] }
  }
}

/// Counts vectors, and keeps those that differ for a stated reason apart from those that are wrong.
struct DKIMTally {
  let name: String
  private(set) var count = 0
  private(set) var agreed = 0
  private(set) var differing: [String] = []
  private(set) var wrong: [String] = []

  init(_ name: String) { self.name = name }

  /// `reason` says why a vector need not come out as its authors had it.
  mutating func add(_ id: String, agrees: Bool, reason: String? = nil) {
    let id = id.replacing("\r\n", with: "⏎")
    count += 1
    if agrees {
      agreed += 1
    } else if let reason {
      differing.append("\(id): \(reason)")
    } else {
      wrong.append(id)
    }
  }

  func report() {
    print("\(name): \(agreed)/\(count) as published, \(differing.count) differ by rule")
    for line in differing { print("  \(line)") }
    for line in wrong { print("  WRONG \(line)") }
  }
}
