/// Octets as text, and how sure that is.
package struct DecodedText: Hashable, Sendable {
  package let text: String
  /// How many sequences had no meaning; each became U+FFFD.
  package let malformedCount: Int
  /// Where the first of them began in the octets.
  package let firstMalformed: Int?
  /// The charset that was used, as WHATWG names it.
  package internal(set) var charset: String
  /// Whether nothing named the charset and it was guessed.
  package internal(set) var isGuess = false
}

/// Collects UTF-8 while a decoder runs.
struct TextSink {
  private(set) var output: [UInt8] = []
  private(set) var malformedCount = 0
  private(set) var firstMalformed: Int?

  init(reserving count: Int) { output.reserveCapacity(count) }

  mutating func append(ascii byte: UInt8) { output.append(byte) }

  mutating func append(utf8 bytes: some Collection<UInt8>) { output.append(contentsOf: bytes) }

  /// `value` is no surrogate.
  mutating func append(_ value: UInt32) {
    switch value {
    case ..<0x80: output.append(UInt8(value))
    case ..<0x800:
      output.append(UInt8(0xC0 | value >> 6))
      output.append(UInt8(0x80 | value & 0x3F))
    case ..<0x1_0000:
      output.append(UInt8(0xE0 | value >> 12))
      output.append(UInt8(0x80 | value >> 6 & 0x3F))
      output.append(UInt8(0x80 | value & 0x3F))
    default:
      output.append(UInt8(0xF0 | value >> 18))
      output.append(UInt8(0x80 | value >> 12 & 0x3F))
      output.append(UInt8(0x80 | value >> 6 & 0x3F))
      output.append(UInt8(0x80 | value & 0x3F))
    }
  }

  /// U+FFFD for something that begins at `place`.
  mutating func malformed(at place: Int) {
    malformedCount += 1
    if firstMalformed == nil { firstMalformed = place }
    append(0xFFFD)
  }

  func decoded(_ charset: String) -> DecodedText {
    DecodedText(
      text: String(decoding: output, as: UTF8.self), malformedCount: malformedCount,
      firstMalformed: firstMalformed, charset: charset)
  }
}
