/// xtext (RFC 3461 §4): printable ASCII with `+` and `=` and all else as `+XX`.
package enum XText {
  /// Nil when an octet may not stand there or an escape is not two upper-case hex digits.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case 0x2B:
        guard let high = iterator.next().flatMap(hexValue),
          let low = iterator.next().flatMap(hexValue)
        else { return nil }
        output.append(high << 4 | low)
      case 0x3D: return nil
      case 0x21...0x7E: output.append(byte)
      default: return nil
      }
    }
    return output
  }

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var output: [UInt8] = []
    for byte in bytes {
      if (0x21...0x7E).contains(byte), byte != 0x2B, byte != 0x3D {
        output.append(byte)
      } else {
        output += [0x2B, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    hexDigits.firstIndex(of: byte).map(UInt8.init)
  }
}
