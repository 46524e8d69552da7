package import Mail

/// How often a message was received before, read from its Received fields (RFC 5321 §4.4).
///
/// Anybody can write such fields: they are no evidence of anything but a loop, and who forges them is
/// refused nothing but their own mail.
package struct Hops: Hashable, Sendable {
  /// All Received fields.
  package let all: Int
  /// Those that name us as the host that received.
  package let own: Int

  /// Fields of our own stand before `start`.
  package init(_ header: HeaderFields, hostname: String, behind start: Int = 0) {
    let values = header.all("Received").filter { $0.name.lowerBound >= start }
      .map(header.unfolded)
    let name = Array(hostname.lowercased().utf8)
    all = values.count
    own = values.count { value in
      let words = Self.words(value)
      return zip(words, words.dropFirst()).contains { keyword, host in
        keyword.elementsEqual("by".utf8) && host.elementsEqual(name)
      }
    }
  }

  /// The words of a structured field, lower-cased, without comments and quoted strings. A comment's
  /// depth is only counted, so no nesting is too deep.
  private static func words(_ value: [UInt8]) -> [ArraySlice<UInt8>] {
    var plain: [UInt8] = []
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    for byte in value {
      switch byte {
      case _ where isEscaped: isEscaped = false
      case 0x5C where isQuoted || depth > 0: isEscaped = true
      case 0x22 where depth == 0:
        isQuoted.toggle()
        plain.append(0x20)
      case 0x28 where !isQuoted:
        depth += 1
        plain.append(0x20)
      case 0x29 where !isQuoted && depth > 0: depth -= 1
      case _ where isQuoted || depth > 0: break
      case 0x09, 0x0A, 0x0D, 0x3B: plain.append(0x20)
      default: plain.append(byte.lowered)
      }
    }
    return plain.split(separator: 0x20)
  }
}
