/// UTF-7 (RFC 2152), strict about what makes one text two: left-over bits, half surrogates and octets
/// beyond ASCII are malformed. `+ADw-` is `<` all the same: that is what a browser once saw.
enum UTF7 {
  static func decode(_ bytes: [UInt8]) -> DecodedText {
    var sink = TextSink(reserving: bytes.count + 8)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x2B {
        at = shifted(bytes, at, &sink)
      } else {
        if byte < 0x80 { sink.append(ascii: byte) } else { sink.malformed(at: at) }
        at += 1
      }
    }
    return sink.decoded("utf-7")
  }

  /// `+` base 64 `-`: UTF-16 in bits; `+-` is a plus.
  private static func shifted(_ bytes: [UInt8], _ start: Int, _ sink: inout TextSink) -> Int {
    var at = start + 1
    if at < bytes.count, bytes[at] == 0x2D {
      sink.append(ascii: 0x2B)
      return at + 1
    }
    var (bits, have): (UInt32, UInt32) = (0, 0)
    var lead: UInt32?
    while at < bytes.count, let value = digit(bytes[at]) {
      bits = bits << 6 | value
      have += 6
      at += 1
      guard have >= 16 else { continue }
      have -= 16
      unit(bits >> have & 0xFFFF, &lead, start, &sink)
      bits &= 1 << have - 1
    }
    if lead != nil || have >= 6 || bits != 0 || at == start + 1 { sink.malformed(at: start) }
    return at < bytes.count && bytes[at] == 0x2D ? at + 1 : at
  }

  private static func unit(
    _ unit: UInt32, _ lead: inout UInt32?, _ place: Int, _ sink: inout TextSink
  ) {
    switch unit {
    case 0xD800...0xDBFF:
      if lead != nil { sink.malformed(at: place) }
      lead = unit
    case 0xDC00...0xDFFF:
      if let high = lead {
        sink.append(0x1_0000 + (high - 0xD800) << 10 + (unit - 0xDC00))
      } else {
        sink.malformed(at: place)
      }
      lead = nil
    default:
      if lead != nil { sink.malformed(at: place) }
      lead = nil
      sink.append(unit)
    }
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61 + 26
    case 0x30...0x39: UInt32(byte) - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
