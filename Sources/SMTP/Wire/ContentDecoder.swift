/// Takes the content of DATA out of the octets behind it: unstuffs dots, finds the end, and lets
/// nothing pass that another server might read differently.
///
/// Only CR LF `.` CR LF ends content (RFC 5321 §4.1.1.4). Bare CR or LF, the tool of SMTP smuggling, is
/// refused or made CRLF, and never ends anything. States are named after the octets seen:
///
///     crLf ──"."──▶ crLfDot ──CR──▶ crLfDotCr ──LF──▶ end
///      ▲ └─other─▶ text ──CR──▶ cr ──LF──▶ crLf
package struct ContentDecoder: Sendable {
  enum State: Hashable, Sendable {
    case crLf
    case crLfDot
    case crLfDotCr
    case text
    case cr
  }

  private let rules: WireRules
  private let sizeLimit: Int
  private var state = State.crLf
  private var lineLength = 0
  private var size = 0
  private var fault: ContentFault?

  package init(rules: WireRules, sizeLimit: Int) {
    self.rules = rules
    self.sizeLimit = sizeLimit
  }

  /// Decodes as much as there is. `end` is set when the content is over; octets behind `consumed`
  /// belong to the next command. After a fault nothing more is put out.
  package mutating func decode(
    _ input: UnsafeRawBufferPointer, into output: inout [UInt8]
  ) -> (consumed: Int, end: ContentEnd?) {
    var position = 0
    while position < input.count {
      if state == .text {
        position = run(input, from: position, &output)
        continue
      }
      let byte = input[position]
      position += 1
      if step(byte, &output) {
        return (position, fault.map(ContentEnd.violated) ?? .complete)
      }
    }
    return (position, nil)
  }

  /// Copies text up to the next CR, LF or NUL in one go.
  private mutating func run(
    _ input: UnsafeRawBufferPointer, from start: Int, _ output: inout [UInt8]
  ) -> Int {
    let cr = firstIndex(of: 0x0D, in: input, from: start) ?? input.count
    let head = UnsafeRawBufferPointer(rebasing: input[start..<cr])
    if let lf = firstIndex(of: 0x0A, in: head) {
      emit(UnsafeRawBufferPointer(rebasing: head[..<lf]), &output)
      bareNewline(&output)
      return start + lf + 1
    }
    emit(head, &output)
    guard cr < input.count else { return cr }
    state = .cr
    return cr + 1
  }

  /// One octet outside plain text; true at the end of the content.
  private mutating func step(_ byte: UInt8, _ output: inout [UInt8]) -> Bool {
    switch (state, byte) {
    case (.crLf, 0x2E): state = .crLfDot
    case (.crLf, 0x0D), (.text, 0x0D): state = .cr
    case (.crLfDot, 0x0D): state = .crLfDotCr
    case (.crLfDotCr, 0x0A): return true
    case (.cr, 0x0A):
      state = .crLf
      newline(&output)
    case (.cr, 0x0D): bareNewline(&output, then: .cr)
    case (.crLfDotCr, 0x0D): bareNewline(&output, then: .cr)
    case (.cr, _), (.crLfDotCr, _):
      bareNewline(&output)
      // After a CR that was made CRLF this is the first octet of a line, but a dot here was never
      // stuffed, so it must not be read as the beginning of the end.
      text(byte, &output)
    case (_, 0x0A): bareNewline(&output)
    default: text(byte, &output)
    }
    return false
  }

  private mutating func text(_ byte: UInt8, _ output: inout [UInt8]) {
    state = .text
    withUnsafeBytes(of: byte) { emit($0, &output) }
  }

  private mutating func emit(_ bytes: UnsafeRawBufferPointer, _ output: inout [UInt8]) {
    lineLength += bytes.count
    size += bytes.count
    if lineLength > rules.lineLength { fail(.lineTooLong) }
    if size > sizeLimit { fail(.tooLarge) }
    if !rules.acceptsNUL, firstIndex(of: 0, in: bytes) != nil { fail(.nul) }
    if fault == nil { output.append(contentsOf: bytes) }
  }

  private mutating func newline(_ output: inout [UInt8]) {
    lineLength = 0
    size += 2
    if size > sizeLimit { fail(.tooLarge) }
    if fault == nil { output += [0x0D, 0x0A] }
  }

  private mutating func bareNewline(_ output: inout [UInt8], then next: State = .text) {
    state = next
    if rules.normalisesBareNewlines { newline(&output) } else { fail(.bareNewline) }
  }

  private mutating func fail(_ fault: ContentFault) {
    if self.fault == nil { self.fault = fault }
  }
}
