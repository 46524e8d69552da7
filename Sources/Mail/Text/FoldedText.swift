import CCharset

/// A text as it is searched: no case, no full-width letters, nothing that does not show, and white space
/// where words need it only. `ＰａｙＰａｙ`, `Pay\u{200B}Pay` and `paypay` are one.
///
/// Japanese lines are cut anywhere, so a line end between two of its letters is nothing.
package struct FoldedText: Hashable, Sendable {
  /// UTF-8.
  package let octets: [UInt8]

  package init(_ text: String) {
    let bytes = Array(text.utf8)
    if bytes.allSatisfy({ $0 < 0x80 }) {
      octets = Self.spaced(bytes.map(\.lowered))
    } else {
      octets = Self.spaced(Self.folded(bytes))
    }
  }

  private static func folded(_ bytes: [UInt8]) -> [UInt8] {
    let capacity = 3 * bytes.count + 64
    var count: Int64 = -1
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
      count = text_fold(bytes, bytes.count, buffer.baseAddress, capacity)
      used = max(0, min(Int(count), capacity))
    }
    // What grows beyond all measure is compared as it stands.
    return count < 0 ? bytes.map(\.lowered) : output
  }

  /// One space for each run of white space, none at the ends and none between two letters of East Asia.
  private static func spaced(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var isPending = false
    for byte in bytes {
      if byte == 0x20 || (0x09...0x0D).contains(byte) {
        isPending = true
        continue
      }
      if isPending, !output.isEmpty, !(byte >= 0xE2 && endsInWideLetter(output)) {
        output.append(0x20)
      }
      isPending = false
      output.append(byte)
    }
    return output
  }

  /// Whether the last character is of three octets or more: U+0800 and beyond.
  private static func endsInWideLetter(_ output: [UInt8]) -> Bool {
    guard output.count >= 3, output[output.count - 1] & 0xC0 == 0x80,
      output[output.count - 2] & 0xC0 == 0x80
    else { return false }
    return output[output.count - 3] >= 0xE2 || output[output.count - 3] & 0xC0 == 0x80
  }
}

extension FoldedText: CustomStringConvertible {
  package var description: String { String(decoding: octets, as: UTF8.self) }
}
