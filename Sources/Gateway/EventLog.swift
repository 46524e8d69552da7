package import Mail

/// The gate's log: one line an event, as `key=value` pairs or as JSON, ids first.
/// Bodies and secrets never enter it.
package struct EventLog: Sendable {
  private let form: LogForm
  private let output: @Sendable ([UInt8]) -> Void

  /// `output` is given whole lines, from any thread, and returns at once.
  package init(
    clock: any Clock, output: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.init(LogForm(clock: clock, isJSON: false), output: output)
  }

  init(_ form: LogForm, output: @escaping @Sendable ([UInt8]) -> Void) {
    self.form = form
    self.output = output
  }

  func write(_ event: String, _ pairs: KeyValuePairs<String, String>) {
    output(form.line(event, pairs))
  }
}

/// How lines are made.
struct LogForm: Sendable {
  let clock: any Clock
  let isJSON: Bool

  func line(_ event: String, _ pairs: KeyValuePairs<String, String>) -> [UInt8] {
    var line = LogLine(isJSON: isJSON)
    line.begin(event, at: clock.now().iso8601)
    for (key, value) in pairs { line.add(key, value) }
    line.end()
    return line.bytes
  }
}

/// One line in the making. What could forge, hide or turn a line becomes `?`: clients chose the words.
struct LogLine: Sendable {
  private(set) var bytes: [UInt8] = []
  private let isJSON: Bool

  init(isJSON: Bool) {
    self.isJSON = isJSON
    bytes.reserveCapacity(320)
  }

  mutating func begin(_ event: String, at time: String) {
    if isJSON {
      bytes += "{\"time\":\"".utf8
      bytes += time.utf8
      bytes += "\",\"event\":".utf8
      quoted(event)
    } else {
      bytes += time.utf8
      bytes.append(0x20)
      bytes += event.utf8
    }
  }

  mutating func add(_ key: String, _ value: String) {
    bytes.append(isJSON ? 0x2C : 0x20)
    if isJSON { quoted(key) } else { bytes += key.utf8 }
    bytes.append(isJSON ? 0x3A : 0x3D)
    if isJSON { return quoted(value) }
    // Nearly all values are plain words of ASCII.
    let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
    if isPlain, !value.isEmpty { bytes += value.utf8 } else { quoted(value) }
  }

  mutating func end() { bytes += isJSON ? [0x7D, 0x0A] : [0x0A] }

  /// In quotes: a JSON string (RFC 8259 §7), or for people, who are spared its escapes.
  private mutating func quoted(_ value: String) {
    bytes.append(0x22)
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": bytes += isJSON ? [0x5C, 0x22] : [0x27]
      case "\\" where isJSON: bytes += [0x5C, 0x5C]
      case _ where Self.isHarmless(scalar): bytes += String(scalar).utf8
      default: bytes.append(0x3F)
      }
    }
    bytes.append(0x22)
  }

  /// Control characters, line separators and whatever turns the direction of writing are not.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      false
    default: true
    }
  }
}
