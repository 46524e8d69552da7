import Foundation

// Tables that stood as literals in other projects' test sources: JSON lines, each naming the test function
// or the variable it came from.
extension Suites {
  /// The rows of a JSON-lines file.
  package static func rows(_ path: String) throws -> [[String: Any]] {
    try String(decoding: bytes(path), as: UTF8.self).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The tables of one test function, in the order of the file.
  package static func tables(_ path: String, of function: String) throws -> [[Any]] {
    try rows(path).filter { $0["func"] as? String == function }.compactMap { $0["rows"] as? [Any] }
  }

  /// The rows that belong to a test function or a variable.
  package static func table(_ path: String, _ name: String) throws -> [[String: Any]] {
    try rows(path).filter { $0["func"] as? String == name || $0["var"] as? String == name }
      .flatMap { $0["rows"] as? [[String: Any]] ?? [] }
  }

  /// The arguments of the calls of this name in a test function, in the order of the file.
  package static func calls(
    _ path: String, _ function: String, _ name: String
  ) throws -> [[Any]] {
    try rows(path).filter {
      $0["func"] as? String == function && $0["call"] as? String == name
    }.compactMap { $0["args"] as? [Any] }
  }

  /// A text that stands as it is, or in Rust's words: `concat!("…", "…")`, `("…").to_string()`.
  package static func text(_ value: Any) -> String? {
    if let text = value as? String { return text }
    guard let words = (value as? [String: Any])?["$expr"] as? String else { return nil }
    return words.matches(of: /"((?:[^"\\]|\\.)*)"/).map { match in
      match.1.replacing("\\r", with: "\r").replacing("\\n", with: "\n")
    }.joined()
  }
}
