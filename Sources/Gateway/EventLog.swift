import Glibc
import Mail

/// The gate's log: one line an event on standard error, `key=value` pairs, ids first. Bodies and
/// secrets never enter it.
struct EventLog: Sendable {
  let clock: any Clock

  func write(_ event: String, _ pairs: KeyValuePairs<String, String>) {
    var line = "\(clock.now().iso8601) \(event)"
    for (key, value) in pairs { line += " \(key)=\(Self.quoted(value))" }
    line += "\n"
    _ = line.withCString { Glibc.write(2, $0, strlen($0)) }
  }

  /// Quotes what holds blanks; control characters, which a client may have chosen, are shown as `?`.
  static func quoted(_ value: String) -> String {
    let safe = String(
      value.unicodeScalars.map { scalar in
        scalar.value < 0x20 || scalar.value == 0x7F ? "?" : Character(scalar)
      })
    guard safe.contains(" ") || safe.contains("\"") || safe.isEmpty else { return safe }
    return "\"" + safe.replacing("\"", with: "'") + "\""
  }
}
