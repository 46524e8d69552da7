/// Puts stored content on the wire for DATA: dots at line starts doubled, a CRLF and the lone dot at the
/// end (RFC 5321 §4.5.2). One encoder serves all pieces of a message.
package struct ContentEncoder: Sendable {
  private var isAtLineStart = true
  private var last: UInt8 = 0x0A

  package init() {}

  package mutating func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    guard let final = bytes.last else { return }
    bytes.withUnsafeBytes { raw in
      var start = 0
      while start < raw.count {
        if isAtLineStart, raw[start] == 0x2E { output.append(0x2E) }
        let lf = firstIndex(of: 0x0A, in: raw, from: start)
        let end = lf.map { $0 + 1 } ?? raw.count
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[start..<end]))
        isAtLineStart = lf != nil
        start = end
      }
    }
    last = final
  }

  /// The end of the content, to be sent behind the last piece.
  package func end() -> [UInt8] {
    last == 0x0A ? [0x2E, 0x0D, 0x0A] : [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
  }
}
