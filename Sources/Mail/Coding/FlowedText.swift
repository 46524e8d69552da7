/// `format=flowed` (RFC 3676): lines that end with a space run on in the next of the same quote depth.
package enum FlowedText {
  /// Paragraphs as one line each, quote marks `>` kept, stuffing removed. `deletesSpace` is `delsp=yes`:
  /// the space that flowed is not part of the text, as Japanese needs it.
  package static func unfolded(_ text: [UInt8], deletesSpace: Bool) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var lines = LineReader(text[...])
    var openDepth: Int?
    while let line = lines.next() {
      let depth = text[line].prefix { $0 == 0x3E }.count
      var content = text[line].dropFirst(depth)
      if content.first == 0x20 { content = content.dropFirst() }  // §4.4, space-stuffing
      let isSignature = content.elementsEqual([0x2D, 0x2D, 0x20])  // §4.3, never flows
      if openDepth == depth, !isSignature {
        // The paragraph goes on.
      } else {
        if openDepth != nil { output.append(0x0A) }
        output.append(contentsOf: repeatElement(0x3E, count: depth))
        if depth > 0 { output.append(0x20) }
      }
      let flows = content.last == 0x20 && !isSignature
      output += flows && deletesSpace ? content.dropLast() : content
      openDepth = flows ? depth : nil
      if !flows { output.append(0x0A) }
    }
    if openDepth != nil { output.append(0x0A) }
    return output
  }
}
