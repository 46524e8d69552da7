import Foundation

/// Published vectors, read where they lie: `$KADOMORI_SUITES`, or `shared/suites` beside the
/// checkout.
enum PolicySuites {
  static let folder: String = {
    if let given = ProcessInfo.processInfo.environment["KADOMORI_SUITES"] { return given }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/suites").path
  }()

  static let arePresent = FileManager.default.fileExists(atPath: folder)

  /// The rows of a JSON-lines file.
  static func rows(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The arguments of the calls of these names, in the order of the file.
  static func calls(_ path: String, _ function: String, _ name: String) throws -> [[Any]] {
    try rows(path).filter {
      $0["func"] as? String == function && $0["call"] as? String == name
    }.compactMap { $0["args"] as? [Any] }
  }
}
