import Foundation
import Testing

/// Published conformance data, read where it lies: `$KADOMORI_SUITES`, or `shared/suites` beside the
/// checkout. Nothing of it is copied; absent, these tests are skipped.
enum Suites {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder)

  /// The rows of a JSON-lines file of the SMTP suites.
  static func rows(_ path: String) throws -> [[String: Any]] {
    let text = try String(contentsOfFile: "\(folder)/smtp/\(path)", encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The tables of one test function, in the order of the file.
  static func tables(_ path: String, of function: String) throws -> [[Any]] {
    try rows(path).filter { $0["func"] as? String == function }.compactMap { $0["rows"] as? [Any] }
  }

  /// A text that stands as it is, or in Rust's words: `concat!("…", "…")`, `("…").to_string()`.
  static func text(_ value: Any) -> String? {
    if let text = value as? String { return text }
    guard let words = (value as? [String: Any])?["$expr"] as? String else { return nil }
    return words.matches(of: /"((?:[^"\\]|\\.)*)"/).map { match in
      match.1.replacing("\\r", with: "\r").replacing("\\n", with: "\n")
    }.joined()
  }
}

/// What a suite came to: printed, and held against the departures that are argued for.
struct Tally {
  let name: String
  private var passed = 0
  private var failed: [String] = []

  init(_ name: String) { self.name = name }

  /// `argument` is why a departure is right; without one it is a fault.
  mutating func count(_ isRight: Bool, _ what: String, _ argument: String? = nil) {
    if isRight { return passed += 1 }
    failed.append(argument.map { "\(what): \($0)" } ?? what)
    if argument == nil { Issue.record("\(name): \(what)") }
  }

  func report() {
    print("suite \(name): \(passed) of \(passed + failed.count)")
    for what in failed { print("  departs: \(what)") }
    #expect(passed > 0, "\(name) has no case that is met")
  }
}
