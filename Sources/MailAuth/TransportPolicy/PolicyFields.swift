import Mail

/// `name=value` pairs behind a version, as the TXT records of MTA-STS and TLS-RPT write them
/// (RFC 8461 §3.1, RFC 8460 §3):
///
///     record   = version 1*(delim field) [delim]      ; version = "v=STSv1" / "v=TLSRPTv1"
///     delim    = *WSP ";" *WSP
///     field    = name "=" value
///     name     = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
///
/// Unlike a tag list it knows no white space round the `=`, and a name may come again. What a value
/// may hold is its field's own affair.
struct PolicyFields {
  private(set) var fields: [(name: String, value: ArraySlice<UInt8>)] = []

  /// Fields of one record.
  static let countLimit = 32
  private static let nameLimit = 32

  /// Whether a text is a record of that version at all, right or wrong.
  static func claims(_ version: String, _ bytes: [UInt8]) -> Bool {
    guard bytes.starts(with: version.utf8) else { return false }
    let rest = bytes.dropFirst(version.utf8.count).drop(while: isBlank)
    return rest.isEmpty || rest.first == 0x3B
  }

  init(version: String, _ bytes: [UInt8]) throws(SyntaxError) {
    guard Self.claims(version, bytes) else { throw SyntaxError(expected: version, at: 0) }
    var rest = bytes[version.utf8.count...]
    while true {
      rest = rest.drop(while: Self.isBlank)
      guard !rest.isEmpty else { return }
      guard rest.first == 0x3B else { throw SyntaxError(expected: ";", at: rest.startIndex) }
      rest = rest.dropFirst().drop(while: Self.isBlank)
      guard !rest.isEmpty else { return }
      guard fields.count < Self.countLimit else {
        throw SyntaxError(expected: "at most \(Self.countLimit) fields", at: rest.startIndex)
      }
      let end = rest.firstIndex(of: 0x3B) ?? rest.endIndex
      fields.append(try Self.field(rest[..<end]))
      rest = rest[end...]
    }
  }

  private static func field(
    _ bytes: ArraySlice<UInt8>
  ) throws(SyntaxError) -> (name: String, value: ArraySlice<UInt8>) {
    guard let equals = bytes.firstIndex(of: 0x3D), isName(bytes[..<equals]) else {
      throw SyntaxError(expected: "a field", at: bytes.startIndex)
    }
    let value = bytes[(equals + 1)...]
    let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
    guard end > value.startIndex else { throw SyntaxError(expected: "a value", at: equals + 1) }
    return (String(decoding: bytes[..<equals], as: UTF8.self), value[..<end])
  }

  static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, isAlphanumeric(first), bytes.count <= nameLimit else {
      return false
    }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
  }

  /// `ext-value = 1*(%x21-3A / %x3C / %x3E-7E)`.
  static func isPlainValue(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3B && $0 != 0x3D }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
