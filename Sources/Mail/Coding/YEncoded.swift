/// yEnc 1.3: `=ybegin line=128 size=… name=…`, octets shifted by 42, `=yend size=… crc32=…`.
enum YEncoded {
  static func first(in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    var lines = LineReader(text)
    while let line = lines.next() {
      if let file = file(at: line, in: text) { return file }
    }
    return nil
  }

  static func file(at line: Range<Int>, in text: ArraySlice<UInt8>) -> EmbeddedFile? {
    guard text[line].begins(with: "=ybegin "), let name = word("name=", in: text[line], toEnd: true)
    else { return nil }
    var content = DecodedBody()
    var lines = LineReader(text, from: line.upperBound)
    _ = lines.next()
    var isEnded = false
    while let next = lines.next() {
      if text[next].begins(with: "=yend") {
        isEnded = true
        check(text[next], next, &content)
        break
      }
      if !text[next].begins(with: "=ypart ") { decodeLine(text[next], next, &content) }
    }
    if !isEnded { content.note(.yEncSyntax, lines.at..<lines.at) }
    return EmbeddedFile(
      coding: .yEnc, name: Array(name), range: line.lowerBound..<lines.at, content: content)
  }

  private static func decodeLine(
    _ line: ArraySlice<UInt8>, _ place: Range<Int>, _ content: inout DecodedBody
  ) {
    var isEscaped = false
    for byte in line {
      if isEscaped {
        content.octets.append(byte &- 64 &- 42)
        isEscaped = false
      } else if byte == 0x3D {
        isEscaped = true
      } else {
        content.octets.append(byte &- 42)
      }
    }
    if isEscaped { content.note(.yEncSyntax, place) }
  }

  private static func check(
    _ line: ArraySlice<UInt8>, _ place: Range<Int>, _ content: inout DecodedBody
  ) {
    if let size = number("size=", line, radix: 10), size != content.octets.count {
      content.note(.yEncSize, place)
    }
    let checksum = number("pcrc32=", line, radix: 16) ?? number(" crc32=", line, radix: 16)
    if let checksum, UInt32(truncatingIfNeeded: checksum) != CRC.ieee(content.octets[...]) {
      content.note(.yEncChecksum, place)
    }
  }

  private static func number(_ key: String, _ line: ArraySlice<UInt8>, radix: Int) -> Int? {
    word(key, in: line, toEnd: false).flatMap {
      Int(String(decoding: $0, as: UTF8.self), radix: radix)
    }
  }

  /// What stands behind `key`: up to a space, or the line's whole rest.
  private static func word(
    _ key: String, in line: ArraySlice<UInt8>, toEnd: Bool
  ) -> ArraySlice<UInt8>? {
    let key = Array(key.utf8)
    var at = line.startIndex
    while at + key.count <= line.endIndex {
      if line[at..<(at + key.count)].elementsEqual(key) {
        let rest = line[(at + key.count)...]
        return toEnd ? rest : rest.prefix { $0 != 0x20 }
      }
      at += 1
    }
    return nil
  }
}

/// The two cyclic checks that old codings carry.
enum CRC {
  /// CRC-32 of IEEE 802.3, as in zip.
  static func ieee(_ octets: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for octet in octets { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ octet)] ^ (sum >> 8) }
    return ~sum
  }

  /// CRC-16 of XMODEM, polynomial 0x1021: BinHex's (RFC 1741 §4).
  static func xmodem(_ octets: ArraySlice<UInt8>) -> UInt16 {
    var sum: UInt16 = 0
    for octet in octets {
      sum ^= UInt16(octet) << 8
      for _ in 0..<8 { sum = sum & 0x8000 != 0 ? sum << 1 ^ 0x1021 : sum << 1 }
    }
    return sum
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 != 0 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    return value
  }
}
