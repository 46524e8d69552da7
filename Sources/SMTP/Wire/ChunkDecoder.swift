/// Looks through the octets of BDAT, which need no unstuffing, for what DATA would refuse too: bare CR
/// or LF, NUL and long lines. BINARYMIME frees the body of these rules, not the header section (RFC 3030
/// §3): a bare LF there would hide fields from who reads lines by CRLF. One decoder serves all chunks of
/// a message, so a CRLF may be cut by a chunk's border.
package struct ChunkDecoder: Sendable {
  private let rules: WireRules
  private let isBinary: Bool
  /// Whether an empty line has ended the header section.
  private var isInBody = false
  private var endedInCr = false
  private var lineLength = 0
  private var fault: ContentFault?

  package init(rules: WireRules, binary: Bool) {
    self.rules = rules
    isBinary = binary
  }

  package mutating func decode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    for (position, byte) in input.enumerated() {
      if isBinary, isInBody {
        if fault == nil { output.append(contentsOf: input[position...]) }
        return
      }
      switch byte {
      case 0x0A where endedInCr:
        newline(&output)
        endedInCr = false
        continue
      case 0x0A:
        bareNewline(&output)
        continue
      case 0 where !rules.acceptsNUL: fail(.nul)
      default: break
      }
      if endedInCr { bareNewline(&output) }
      endedInCr = byte == 0x0D
      if isBinary, isInBody {  // The CR that was made CRLF was the empty line.
        endedInCr = false
        if fault == nil { output.append(byte) }
        continue
      }
      if endedInCr { continue }
      lineLength += 1
      if lineLength > rules.lineLength { fail(.lineTooLong) }
      if fault == nil { output.append(byte) }
    }
  }

  /// The chunk has come whole; after the last one a CR must not be left over.
  package mutating func chunkEnded(last: Bool) -> ContentEnd {
    if last, endedInCr { fail(.bareNewline) }
    return fault.map(ContentEnd.violated) ?? .complete
  }

  private mutating func newline(_ output: inout [UInt8]) {
    if lineLength == 0 { isInBody = true }
    lineLength = 0
    if fault == nil { output += [0x0D, 0x0A] }
  }

  private mutating func bareNewline(_ output: inout [UInt8]) {
    if !rules.normalisesBareNewlines { fail(.bareNewline) }
    newline(&output)
  }

  private mutating func fail(_ fault: ContentFault) {
    if self.fault == nil { self.fault = fault }
  }
}
