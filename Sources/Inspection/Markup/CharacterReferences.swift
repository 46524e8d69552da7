/// `&amp;`, `&#x3042;` and their like undone (WHATWG HTML §13.5); names that mail uses.
enum CharacterReferences {
  /// Octets of a reference that are looked at.
  private static let lengthLimit = 12

  static func undone(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(0x26) else { return Array(text) }
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      if text[at] == 0x26, let (scalar, length) = reference(text[at...].prefix(lengthLimit)) {
        output += Array(String(scalar).utf8)
        at += length
      } else {
        output.append(text[at])
        at += 1
      }
    }
    return output
  }

  private static func reference(_ text: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    let body = text.dropFirst()
    if body.first == 0x23 { return number(body.dropFirst(), before: 2) }
    let name = body.prefix { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
    guard let scalar = names[String(decoding: name, as: UTF8.self)] else { return nil }
    let isClosed = body.dropFirst(name.count).first == 0x3B
    return (scalar, 1 + name.count + (isClosed ? 1 : 0))
  }

  private static func number(_ text: ArraySlice<UInt8>, before: Int) -> (Unicode.Scalar, Int)? {
    let isHex = text.first.map { $0 | 0x20 } == 0x78
    let rest = text.dropFirst(isHex ? 1 : 0)
    let digits = rest.prefix { byte in
      (0x30...0x39).contains(byte) || (isHex && (0x61...0x66).contains(byte | 0x20))
    }
    guard !digits.isEmpty,
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHex ? 16 : 10)
    else { return nil }
    let isClosed = rest.dropFirst(digits.count).first == 0x3B
    let length = before + (isHex ? 1 : 0) + digits.count + (isClosed ? 1 : 0)
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private static let names: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©",
    "reg": "®", "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘",
    "rsquo": "’", "ldquo": "“", "rdquo": "”", "yen": "¥", "euro": "€", "pound": "£", "laquo": "«",
    "raquo": "»", "middot": "·", "bull": "•", "zwnj": "\u{200C}", "zwj": "\u{200D}",
    "shy": "\u{AD}", "times": "×", "deg": "°", "eacute": "é", "egrave": "è", "agrave": "à",
    "aacute": "á", "atilde": "ã", "ccedil": "ç", "ecirc": "ê", "iacute": "í", "oacute": "ó",
    "otilde": "õ", "uacute": "ú", "ouml": "ö", "uuml": "ü", "auml": "ä", "szlig": "ß",
    "colon": ":", "sol": "/", "period": ".", "commat": "@", "Tab": "\t", "NewLine": "\n",
  ]
}
