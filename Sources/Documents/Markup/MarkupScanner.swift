import Mail

/// Elements of XML and HTML, one after the other, without any tree: what a lenient reader would see.
struct MarkupScanner {
  /// A start tag.
  struct Element {
    /// Local name in lower case.
    let name: String
    /// Names in lower case, values with their character references undone.
    let attributes: [(name: String, value: String)]
    /// From `<` to behind `>`.
    let range: Range<Int>

    subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
  }

  let octets: [UInt8]
  private var at = 0
  private static let (attributeLimit, nameLimit, valueLimit) = (64, 64, 4096)

  /// UTF-16 and UTF-7 are decoded first: Office reads them, and so must we.
  init(_ octets: [UInt8]) { self.octets = MarkupEncoding.plain(octets) }

  mutating func next() -> Element? {
    while let open = octets.place(of: [0x3C], in: at..<octets.count) {
      at = open + 1
      if let end = end(ofAside: open) {
        at = end
        continue
      }
      guard at < octets.count, octets[at].isLetter else { continue }
      return element(open)
    }
    at = octets.count
    return nil
  }

  /// Where a comment, an instruction or a section of text ends; one that never does hides nothing.
  private func end(ofAside open: Int) -> Int? {
    let mark =
      octets.has("<!--", at: open)
      ? "-->" : octets.has("<?", at: open) ? "?>" : octets.has("<![CDATA[", at: open) ? "]]>" : nil
    return mark.flatMap { octets.place(of: $0, in: open..<octets.count) }
  }

  /// Text from here to the next tag.
  var text: ArraySlice<UInt8> { octets[at...].prefix { $0 != 0x3C } }

  private mutating func element(_ open: Int) -> Element {
    let name = word { !$0.isSpace && $0 != 0x3E && $0 != 0x2F }
    var attributes: [(String, String)] = []
    while at < octets.count, octets[at] != 0x3E {
      if octets[at].isSpace || octets[at] == 0x2F || octets[at] == 0x3D {
        at += 1
        continue
      }
      if octets[at] == 0x3C { break }
      let key = word { !$0.isSpace && $0 != 0x3E && $0 != 0x3D && $0 != 0x2F && $0 != 0x3C }
      let value = value()
      if attributes.count < Self.attributeLimit { attributes.append((key, value)) }
    }
    if at < octets.count, octets[at] == 0x3E { at += 1 }
    let local = name.split(separator: ":").last.map { String($0) } ?? name
    return Element(name: local, attributes: attributes, range: open..<at)
  }

  private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
    let start = at
    while at < octets.count, belongs(octets[at]) { at += 1 }
    if at == start { at += 1 }
    let end = min(octets.count, min(at, start + Self.nameLimit))
    return String(decoding: octets[start..<end].map(\.lowered), as: UTF8.self)
  }

  private mutating func value() -> String {
    while at < octets.count, octets[at].isSpace { at += 1 }
    guard at < octets.count, octets[at] == 0x3D else { return "" }
    at += 1
    while at < octets.count, octets[at].isSpace { at += 1 }
    guard at < octets.count else { return "" }
    let quote = octets[at]
    let start = at
    if quote == 0x22 || quote == 0x27 {
      let end = octets.place(of: [quote], in: (at + 1)..<octets.count) ?? octets.count
      at = min(octets.count, end + 1)
      return Self.unescaped(octets[(start + 1)..<max(start + 1, end)].prefix(Self.valueLimit))
    }
    while at < octets.count, !octets[at].isSpace, octets[at] != 0x3E { at += 1 }
    return Self.unescaped(octets[start..<at].prefix(Self.valueLimit))
  }

  private static let entities: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "tab": "\t",
    "newline": "\n",
    "sol": "/", "lpar": "(", "rpar": ")",
  ]

  /// Character references as a browser undoes them.
  static func unescaped(_ octets: ArraySlice<UInt8>) -> String {
    guard octets.contains(0x26) else { return String(decoding: octets, as: UTF8.self) }
    var (text, at): ([UInt8], Int) = ([], octets.startIndex)
    while at < octets.endIndex {
      guard octets[at] == 0x26, let end = octets[at...].prefix(12).firstIndex(of: 0x3B) else {
        text.append(octets[at])
        at += 1
        continue
      }
      let name = String(decoding: octets[(at + 1)..<end], as: UTF8.self)
      guard let plain = entities[name.lowercased()] ?? character(name) else {
        text.append(octets[at])
        at += 1
        continue
      }
      text += Array(plain.utf8)
      at = end + 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func character(_ name: String) -> String? {
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
    let number = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap { Unicode.Scalar($0) }.map { String($0) }
  }
}
