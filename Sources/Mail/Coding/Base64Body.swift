/// Base 64 as bodies have it (RFC 2045 §6.8): lines, and whatever else came in on the way.
///
/// Octets outside the alphabet are skipped, as §6.8 asks; those that are no white space are recorded.
/// Padding ends the data, as §6.8 lets it; what stands behind is recorded. Both are where decoders part,
/// so what the others yield is kept: stopped at the first junk, or reading on behind padding.
enum Base64Body {
  private static let skip: UInt8 = 0xFF
  private static let blank: UInt8 = 0xFE
  private static let padding: UInt8 = 0xFD

  /// Six bits a digit; the marks above for everything else.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: skip, count: 256)
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, digit) in digits.utf8.enumerated() { table[Int(digit)] = UInt8(value) }
    for byte in [0x09, 0x0A, 0x0D, 0x20] { table[byte] = blank }
    table[0x3D] = padding
    return table
  }()

  private struct Machine {
    var output: [UInt8] = []
    var bits: UInt32 = 0
    var digits = 0
    var junkAt: Int?
    var junkCount = 0
    /// Where the first padding ended a group, and how much had come out by then.
    var paddingAt: Int?
    var countAtPadding = 0
    var countAtJunk = 0
    var hasDigitsAfterPadding = false
    var hasWrongPadding = false

    mutating func take(_ value: UInt8) {
      if paddingAt != nil { hasDigitsAfterPadding = true }
      bits = bits << 6 | UInt32(value)
      digits += 1
      if digits == 4 {
        output.append(UInt8(truncatingIfNeeded: bits >> 16))
        output.append(UInt8(truncatingIfNeeded: bits >> 8))
        output.append(UInt8(truncatingIfNeeded: bits))
        (bits, digits) = (0, 0)
      }
    }

    /// Puts out what a cut group holds.
    mutating func flush() {
      switch digits {
      case 2: output.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 3:
        output.append(UInt8(truncatingIfNeeded: bits >> 10))
        output.append(UInt8(truncatingIfNeeded: bits >> 2))
      default: break
      }
      (bits, digits) = (0, 0)
    }
  }

  static func decode(_ body: ArraySlice<UInt8>) -> DecodedBody {
    var machine = Machine()
    machine.output.reserveCapacity(body.count / 4 * 3 + 3)
    body.withUnsafeBufferPointer { input in
      values.withUnsafeBufferPointer { table in run(&machine, input, table) }
    }
    return finish(machine, body)
  }

  private static func run(
    _ machine: inout Machine, _ input: UnsafeBufferPointer<UInt8>,
    _ table: UnsafeBufferPointer<UInt8>
  ) {
    var at = 0
    while at < input.count {
      // Four digits in a row, the common case by far.
      while machine.digits == 0, machine.paddingAt == nil, at + 4 <= input.count {
        let (a, b) = (table[Int(input[at])], table[Int(input[at + 1])])
        let (c, d) = (table[Int(input[at + 2])], table[Int(input[at + 3])])
        if (a | b | c | d) & 0xC0 != 0 { break }
        let bits = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
        machine.output.append(UInt8(truncatingIfNeeded: bits >> 16))
        machine.output.append(UInt8(truncatingIfNeeded: bits >> 8))
        machine.output.append(UInt8(truncatingIfNeeded: bits))
        at += 4
      }
      guard at < input.count else { break }
      step(&machine, table[Int(input[at])], at)
      at += 1
    }
  }

  private static func step(_ machine: inout Machine, _ value: UInt8, _ at: Int) {
    switch value {
    case blank: break
    case padding:
      if machine.digits == 1 || (machine.digits == 0 && machine.paddingAt == nil) {
        machine.hasWrongPadding = true
      }
      if machine.paddingAt == nil {
        machine.flush()
        machine.paddingAt = at
        machine.countAtPadding = machine.output.count
      } else {
        machine.flush()
      }
    case skip:
      machine.junkCount += 1
      if machine.junkAt == nil {
        machine.junkAt = at
        machine.countAtJunk = machine.output.count
      }
    default: machine.take(value)
    }
  }

  private static func finish(_ state: Machine, _ body: ArraySlice<UInt8>) -> DecodedBody {
    var machine = state
    let isCut = machine.digits > 0
    machine.flush()
    var decoded = DecodedBody(machine.output)
    let start = body.startIndex
    if let at = machine.junkAt {
      decoded.note(.base64Junk, (start + at)..<(start + at + 1))
      decoded.others.append(Array(machine.output.prefix(machine.countAtJunk)))
      // Mostly junk: the label is wrong, and some show the octets as they stand.
      if machine.junkCount * 8 > body.count { decoded.others.append(Array(body)) }
    }
    if let at = machine.paddingAt, machine.hasDigitsAfterPadding {
      decoded.note(.base64AfterEnd, (start + at)..<body.endIndex)
      decoded.octets = Array(machine.output.prefix(machine.countAtPadding))
      decoded.others.append(machine.output)
      decoded.others.append(ignoringPadding(body))
    }
    if machine.hasWrongPadding { decoded.note(.base64Padding, body.startIndex..<body.endIndex) }
    if isCut, !machine.hasDigitsAfterPadding {
      decoded.note(.base64Truncated, body.endIndex..<body.endIndex)
    }
    return decoded
  }

  /// As decoders read that take padding for junk: the bits run on.
  private static func ignoringPadding(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var machine = Machine()
    for byte in body where values[Int(byte)] < 64 { machine.take(values[Int(byte)]) }
    machine.flush()
    return machine.output
  }
}
