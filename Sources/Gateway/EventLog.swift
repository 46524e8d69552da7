import Glibc
import Mail

/// The gate's log: one line an event on standard error, as `key=value` pairs or as JSON, ids first.
/// Bodies and secrets never enter it.
struct EventLog: Sendable {
  let clock: any Clock
  var isJSON = false

  func write(_ event: String, _ pairs: KeyValuePairs<String, String>) {
    let time = clock.now().iso8601
    var line = isJSON ? "{\"time\":\"\(time)\",\"event\":\(Self.json(event))" : "\(time) \(event)"
    for (key, value) in pairs {
      line += isJSON ? ",\(Self.json(key)):\(Self.json(value))" : " \(key)=\(Self.quoted(value))"
    }
    line += isJSON ? "}\n" : "\n"
    _ = line.withCString { Glibc.write(2, $0, strlen($0)) }
  }

  /// Quotes what holds blanks; what could forge or hide a line is shown as `?`.
  static func quoted(_ value: String) -> String {
    var safe = ""
    safe.unicodeScalars.append(contentsOf: value.unicodeScalars.map { isHarmless($0) ? $0 : "?" })
    guard safe.contains(" ") || safe.contains("\"") || safe.isEmpty else { return safe }
    return "\"" + safe.replacing("\"", with: "'") + "\""
  }

  /// A JSON string (RFC 8259 §7), ASCII controls and the unprintable escaped.
  static func json(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where isHarmless(scalar): text.unicodeScalars.append(scalar)
      default: text += "?"
      }
    }
    return text + "\""
  }

  /// Control characters, line separators and whatever turns the direction of writing are not: a client
  /// chose them.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    // Nearly all of a log is ASCII, and asking Unicode of every letter costs more than writing it.
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      false
    default: true
    }
  }
}
