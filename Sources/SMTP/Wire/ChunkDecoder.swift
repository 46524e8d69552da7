/// Looks through the octets of BDAT, which need no unstuffing, for what DATA would refuse too: bare CR
/// or LF and NUL, unless the body is BINARYMIME (RFC 3030 §3). One decoder serves all chunks of a
/// message, so a CRLF may be cut by a chunk's border.
package struct ChunkDecoder: Sendable {
  private let rules: WireRules
  private let isBinary: Bool
  private var endedInCr = false
  private var lineLength = 0
  private var fault: ContentFault?

  package init(rules: WireRules, binary: Bool) {
    self.rules = rules
    isBinary = binary
  }

  package mutating func decode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    if isBinary {
      output.append(contentsOf: input)
      return
    }
    for byte in input {
      switch byte {
      case 0x0A where endedInCr:
        lineLength = 0
        if fault == nil { output += [0x0D, 0x0A] }
        endedInCr = false
        continue
      case 0x0A: bareNewline(&output)
      case 0 where !rules.acceptsNUL: fail(.nul)
      default: break
      }
      if endedInCr { bareNewline(&output) }
      endedInCr = byte == 0x0D
      if byte == 0x0D || byte == 0x0A { continue }
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

  private mutating func bareNewline(_ output: inout [UInt8]) {
    lineLength = 0
    guard rules.normalisesBareNewlines else { return fail(.bareNewline) }
    if fault == nil { output += [0x0D, 0x0A] }
  }

  private mutating func fail(_ fault: ContentFault) {
    if self.fault == nil { self.fault = fault }
  }
}
