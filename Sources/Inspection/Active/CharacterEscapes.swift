/// Character references in attributes (`&#106;`, `&colon;`), as far as they hide addresses and scripts:
/// numbers, and the names of ASCII.
enum CharacterEscapes {
  private static let names: [String: UInt8] = [
    "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "colon": 0x3A, "sol": 0x2F,
    "period": 0x2E, "comma": 0x2C, "lpar": 0x28, "rpar": 0x29, "tab": 0x09, "newline": 0x0A,
    "equals": 0x3D, "quest": 0x3F, "num": 0x23, "percnt": 0x25, "plus": 0x2B, "bsol": 0x5C,
    "excl": 0x21, "commat": 0x40, "lowbar": 0x5F, "semi": 0x3B, "lsqb": 0x5B, "rsqb": 0x5D,
  ]
  /// Octets of a reference.
  private static let lengthLimit = 14

  static func undone(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(0x26) else { return Array(text) }
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      if text[at] == 0x26, let (octets, length) = reference(text[at...].prefix(lengthLimit)) {
        output += octets
        at += length
      } else {
        output.append(text[at])
        at += 1
      }
    }
    return output
  }

  private static func reference(_ text: ArraySlice<UInt8>) -> ([UInt8], Int)? {
    let body = text.dropFirst()
    if body.first == 0x23 { return number(body.dropFirst()) }
    let word = body.prefix { (0x61...0x7A).contains($0 | 0x20) }
    guard let octet = names[String(decoding: word, as: UTF8.self).lowercased()] else { return nil }
    let isClosed = body.dropFirst(word.count).first == 0x3B
    return ([octet], 1 + word.count + (isClosed ? 1 : 0))
  }

  private static func number(_ text: ArraySlice<UInt8>) -> ([UInt8], Int)? {
    let isHex = text.first.map { $0 | 0x20 } == 0x78
    let rest = text.dropFirst(isHex ? 1 : 0)
    let digits = rest.prefix { byte in
      (0x30...0x39).contains(byte) || (isHex && (0x61...0x66).contains(byte | 0x20))
    }
    let text = String(decoding: digits, as: UTF8.self)
    guard let value = UInt32(text, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(value)
    else { return nil }
    let isClosed = rest.dropFirst(digits.count).first == 0x3B
    let length = 2 + (isHex ? 1 : 0) + digits.count + (isClosed ? 1 : 0)
    return (Array(String(scalar).utf8), length)
  }
}
