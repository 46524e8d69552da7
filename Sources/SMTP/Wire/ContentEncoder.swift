/// Puts stored content on the wire for DATA: dots at line starts doubled, a CRLF and the lone dot at the
/// end (RFC 5321 §4.5.2). One encoder serves all pieces of a message.
package struct ContentEncoder: Sendable {
  private var last: UInt8 = 0x0A

  package init() {}

  package mutating func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    encode(bytes) { output.append(contentsOf: $0) }
  }

  /// Gives the octets for the wire run by run: few runs, as most dots stand within lines.
  package mutating func encode(_ bytes: [UInt8], _ give: (UnsafeRawBufferPointer) -> Void) {
    guard let final = bytes.last else { return }
    bytes.withUnsafeBytes { raw in
      var start = 0
      var place = 0
      while let dot = firstIndex(of: 0x2E, in: raw, from: place) {
        place = dot + 1
        guard dot == 0 ? last == 0x0A : raw[dot - 1] == 0x0A else { continue }
        // Up to the dot and with it; the next run begins with it once more.
        give(UnsafeRawBufferPointer(rebasing: raw[start...dot]))
        start = dot
      }
      give(UnsafeRawBufferPointer(rebasing: raw[start...]))
    }
    last = final
  }

  /// The end of the content, to be sent behind the last piece.
  package func end() -> [UInt8] {
    last == 0x0A ? [0x2E, 0x0D, 0x0A] : [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
  }
}
