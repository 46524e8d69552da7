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
      if state == .crLf, fault == nil { position = lines(input, from: position, &output) }
      guard position < input.count else { break }
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

  /// Copies whole lines in one go, as long as they are plain: nothing stuffed, nothing bare, nothing beyond
  /// a limit. What is not, down to half a line, is left to `run` and `step`, which judge it.
  private mutating func lines(
    _ input: UnsafeRawBufferPointer, from start: Int, _ output: inout [UInt8]
  ) -> Int {
    var end = start
    while end < input.count, input[end] != 0x2E,
      let lf = firstIndex(of: 0x0A, in: input, from: end), size + lf + 1 - start <= sizeLimit,
      isPlain(UnsafeRawBufferPointer(rebasing: input[end..<lf]))
    {
      end = lf + 1
    }
    size += end - start
    output.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[start..<end]))
    return end
  }

  /// Whether what stands before an LF is a line with its CR, within the limits.
  private func isPlain(_ line: UnsafeRawBufferPointer) -> Bool {
    firstIndex(of: 0x0D, in: line) == line.count - 1 && line.count - 1 <= rules.lineLength
      && (rules.acceptsNUL || firstIndex(of: 0, in: line) == nil)
  }

  /// Octets that `run` looks through at once: nobody can make it look at the same ones again and again.
  private static let window = 1024

  /// Copies text up to the next CR, LF or NUL in one go.
  private mutating func run(
    _ input: UnsafeRawBufferPointer, from start: Int, _ output: inout [UInt8]
  ) -> Int {
    let end = min(input.count, start + Self.window)
    let window = UnsafeRawBufferPointer(rebasing: input[start..<end])
    let cr = firstIndex(of: 0x0D, in: window).map { start + $0 } ?? end
    let head = UnsafeRawBufferPointer(rebasing: input[start..<cr])
    if let lf = firstIndex(of: 0x0A, in: head) {
      emit(UnsafeRawBufferPointer(rebasing: head[..<lf]), &output)
      bareNewline(&output)
      return start + lf + 1
    }
    emit(head, &output)
    guard cr < end else { return cr }
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
