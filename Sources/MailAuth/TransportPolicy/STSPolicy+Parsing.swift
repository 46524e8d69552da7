package import Mail

/// Reads a policy file (RFC 8461 §3.2): lines of `key ":" *WSP value *WSP`, ended by LF or CRLF.
///
/// Keys that are not known are passed over if they are keys at all; of a key that may stand once
/// the first counts. Empty lines and blanks before a key are let through: they name nothing.
extension STSPolicy {
  /// Octets of a policy that are fetched and read (RFC 8461 §3.3 suggests 64 kilobytes).
  package static let sizeLimit = 65_536
  /// RFC 8461 §3.2: a year, and a quarter of a day.
  package static let ageLimitSeconds = 31_557_600

  package init(parsing bytes: [UInt8]) throws(SyntaxError) {
    guard bytes.count <= Self.sizeLimit else {
      throw SyntaxError(expected: "at most \(Self.sizeLimit) octets", at: Self.sizeLimit)
    }
    var single: [String: ArraySlice<UInt8>] = [:]
    var hosts: [HostPattern] = []
    for line in bytes.split(separator: 0x0A) {
      guard let (key, value) = try Self.field(line) else { continue }
      if key == "mx" {
        hosts.append(try Self.host(value))
      } else if single[key] == nil {
        single[key] = value
      }
    }
    guard single["version"]?.elementsEqual("STSv1".utf8) == true else {
      throw SyntaxError(expected: "version: STSv1", at: 0)
    }
    let word = single["mode"].map { String(decoding: $0, as: UTF8.self) }
    guard let mode = word.flatMap(Mode.init) else { throw SyntaxError(expected: "a mode", at: 0) }
    guard !hosts.isEmpty || mode == .none else { throw SyntaxError(expected: "an mx", at: 0) }
    self.init(mode: mode, hosts: hosts, maximumAgeSeconds: try Self.age(single["max_age"]))
  }

  private static func field(
    _ line: ArraySlice<UInt8>
  ) throws(SyntaxError) -> (key: String, value: ArraySlice<UInt8>)? {
    let isSpace: (UInt8) -> Bool = { PolicyFields.isBlank($0) || $0 == 0x0D }
    let text = line.drop(while: isSpace)
    guard !text.isEmpty else { return nil }
    guard let colon = text.firstIndex(of: 0x3A), PolicyFields.isName(text[..<colon]) else {
      throw SyntaxError(expected: "a key", at: text.startIndex)
    }
    let value = text[(colon + 1)...].drop(while: isSpace)
    guard let last = value.lastIndex(where: { !isSpace($0) }) else {
      throw SyntaxError(expected: "a value", at: colon + 1)
    }
    guard value[...last].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw SyntaxError(expected: "a printable value", at: colon + 1)
    }
    return (String(decoding: text[..<colon], as: UTF8.self), value[...last])
  }

  /// A-labels only (RFC 8461 §4.1).
  private static func host(_ value: ArraySlice<UInt8>) throws(SyntaxError) -> HostPattern {
    guard value.allSatisfy({ $0 < 0x80 }) else {
      throw SyntaxError(expected: "a host's name in ASCII", at: value.startIndex)
    }
    do throws(SyntaxError) {
      return try HostPattern(parsing: value)
    } catch {
      throw SyntaxError(expected: error.expected, at: value.startIndex + error.offset)
    }
  }

  /// `max_age = 1*10(DIGIT)`, at most `ageLimitSeconds`.
  private static func age(_ value: ArraySlice<UInt8>?) throws(SyntaxError) -> Int {
    guard let value, value.count <= 10, value.allSatisfy({ (0x30...0x39).contains($0) }),
      let age = Int(String(decoding: value, as: UTF8.self)), age <= ageLimitSeconds
    else { throw SyntaxError(expected: "max_age", at: value?.startIndex ?? 0) }
    return age
  }
}
