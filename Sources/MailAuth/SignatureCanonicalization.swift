import Mail

/// How a part of a message is written before it is hashed (RFC 6376 §3.4): `simple` tolerates next
/// to nothing, `relaxed` lets white space and the case of names change on the way.
///
/// A bare LF counts as a line's end. Nothing that came by SMTP has one; files that people hand to
/// the command line do, and the signer of such a message saw CRLF.
package enum SignatureCanonicalization: String, Codable, Hashable, Sendable {
  case simple
  case relaxed

  /// Appends one header field with its CRLF. `name` and `value` are what stands left and right of
  /// the colon, without the last line end.
  package func appendField(
    name: ArraySlice<UInt8>, value: ArraySlice<UInt8>, to output: inout [UInt8]
  ) {
    switch self {
    case .simple:
      output += name
      output.append(0x3A)
      Self.appendLines(value, to: &output)
    case .relaxed:
      output += Self.lowered(name)
      output.append(0x3A)
      Self.appendRelaxed(value, to: &output)
    }
    output += [0x0D, 0x0A]
  }

  /// A name in lower case without the blanks that old mail has before the colon.
  static func lowered(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var end = name.endIndex
    while end > name.startIndex, isBlank(name[end - 1]) { end -= 1 }
    return name[..<end].map(\.lowered)
  }

  /// As it is, but for a bare LF.
  private static func appendLines(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
    var last: UInt8 = 0
    for byte in value {
      if byte == 0x0A, last != 0x0D { output.append(0x0D) }
      output.append(byte)
      last = byte
    }
  }

  /// Unfolds, makes one blank of many, drops those at both ends (RFC 6376 §3.4.2).
  private static func appendRelaxed(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
    var (isEmpty, owesBlank) = (true, false)
    var position = value.startIndex
    while position < value.endIndex {
      let byte = value[position]
      position += 1
      if isBlank(byte) {
        owesBlank = true
      } else if byte == 0x0A {
        continue
      } else if byte == 0x0D, position < value.endIndex, value[position] == 0x0A {
        position += 1
      } else {
        if owesBlank, !isEmpty { output.append(0x20) }
        (isEmpty, owesBlank) = (false, false)
        output.append(byte)
      }
    }
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
