import Mail

/// Reads the part of XML 1.0 that DMARC reports are written in, one event after the other.
///
///     document = [declaration] *misc element *misc ; misc = comment / instruction / white space
///
/// It refuses by name what attacks on XML need and reports don't: document types (and with them
/// external and nested entities), entities beyond the five of XML and numbers, and other encodings
/// than UTF-8 and the Latin ones some reporters still write. Every length, depth and count has a
/// bound, and every octet is looked at a fixed number of times.
struct XMLReader {
  /// What comes next.
  enum Event: Hashable {
    /// An element begins. Names are without their prefix.
    case start(String, attributes: [String: String])
    case text([UInt8])
    case end(String)
  }

  static let depthLimit = 32
  static let elementLimit = 2_000_000
  static let nameLimit = 128
  static let attributeLimit = 16
  /// Octets of one run of text or one attribute: the longest in use are a sentence.
  static let textLimit = 65_536

  private let bytes: [UInt8]
  private var index = 0
  /// Whole names of the open elements.
  private var open: [ArraySlice<UInt8>] = []
  private var elements = 0
  private var isEnded = false
  /// The end of an empty element, `<a/>`, which comes after its start.
  private var pendingEnd: String?

  init(_ bytes: [UInt8]) throws(ReportRefusal) {
    self.bytes = try XMLEncoding.utf8(bytes)
  }

  /// Nil at the end of the document.
  mutating func next() throws(ReportRefusal) -> Event? {
    if let name = pendingEnd {
      pendingEnd = nil
      return close(name)
    }
    while index < bytes.count {
      guard bytes[index] == 0x3C else {
        if let text = try text() { return .text(text) }
        continue
      }
      if starts("<!--") {
        try skip(past: "-->")
      } else if starts("<?") {
        try skip(past: "?>")
      } else if starts("<![CDATA[") {
        return .text(try characterData())
      } else if starts("<!") {
        throw .documentType
      } else if starts("</") {
        return try endTag()
      } else {
        return try startTag()
      }
    }
    guard open.isEmpty, isEnded else { throw wrong("the end of an element") }
    return nil
  }

  func wrong(_ expected: String) -> ReportRefusal {
    .malformed(SyntaxError(expected: expected, at: index))
  }

  private func starts(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      index + word.count <= bytes.count && bytes[index..<(index + word.count)].elementsEqual(word)
    }
  }

  private mutating func skip(past word: String) throws(ReportRefusal) {
    let wanted = Array(word.utf8)
    var at = index + 2
    while at + wanted.count <= bytes.count {
      if bytes[at] == wanted[0], bytes[at..<(at + wanted.count)].elementsEqual(wanted) {
        index = at + wanted.count
        return
      }
      at += 1
    }
    throw wrong(word)
  }

  // MARK: Text

  /// Text up to the next tag; nil for white space outside the root.
  private mutating func text() throws(ReportRefusal) -> [UInt8]? {
    let end = bytes[index...].firstIndex(of: 0x3C) ?? bytes.count
    let raw = bytes[index..<end]
    if open.isEmpty {
      // Some reporters pad their files with zeros or end them with a control-Z.
      let isBlank = raw.allSatisfy { Self.isSpace($0) || isEnded && ($0 == 0 || $0 == 0x1A) }
      guard isBlank else { throw wrong("an element") }
      index = end
      return nil
    }
    let text = try resolved(raw)
    index = end
    return text
  }

  private mutating func characterData() throws(ReportRefusal) -> [UInt8] {
    guard !open.isEmpty else { throw wrong("an element") }
    let start = index + 9
    index = start
    try skip(past: "]]>")
    let text = bytes[start..<(index - 3)]
    guard text.count <= Self.textLimit else {
      throw .tooMuch("octets in one text", limit: Self.textLimit)
    }
    return Array(text)
  }

  /// References resolved, controls refused (XML 1.0 §2.2).
  private func resolved(_ raw: ArraySlice<UInt8>) throws(ReportRefusal) -> [UInt8] {
    guard raw.count <= Self.textLimit else {
      throw .tooMuch("octets in one text", limit: Self.textLimit)
    }
    if let bad = raw.firstIndex(where: { $0 < 0x20 && !Self.isSpace($0) }) {
      throw .malformed(SyntaxError(expected: "a character", at: bad))
    }
    guard raw.contains(0x26) else { return Array(raw) }
    var output: [UInt8] = []
    var at = raw.startIndex
    while at < raw.endIndex {
      guard raw[at] == 0x26 else {
        output.append(raw[at])
        at += 1
        continue
      }
      let reach = raw[at...].prefix(Self.nameLimit)
      guard let end = reach.firstIndex(of: 0x3B) else {
        throw .malformed(SyntaxError(expected: "a reference", at: at))
      }
      output += try Self.reference(raw[(at + 1)..<end])
      at = end + 1
    }
    return output
  }

  private static func reference(_ name: ArraySlice<UInt8>) throws(ReportRefusal) -> [UInt8] {
    let word = String(decoding: name, as: UTF8.self)
    switch word {
    case "lt": return [0x3C]
    case "gt": return [0x3E]
    case "amp": return [0x26]
    case "quot": return [0x22]
    case "apos": return [0x27]
    default: break
    }
    let digits = word.hasPrefix("#x") ? word.dropFirst(2) : word.dropFirst(1)
    guard word.hasPrefix("#"), digits.utf8.allSatisfy({ $0 > 0x2F }),
      let value = UInt32(digits, radix: word.hasPrefix("#x") ? 16 : 10),
      let scalar = Unicode.Scalar(value), value >= 0x20 || value == 9 || value == 10 || value == 13
    else { throw .entity(word) }
    return Array(String(scalar).utf8)
  }

  // MARK: Tags

  private mutating func name() throws(ReportRefusal) -> ArraySlice<UInt8> {
    let name = bytes[index...].prefix(Self.nameLimit + 1).prefix {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 >= 0x80
        || $0 == 0x2D || $0 == 0x2E || $0 == 0x3A || $0 == 0x5F
    }
    guard let first = name.first, !(0x30...0x39).contains(first), first != 0x2D, first != 0x2E
    else { throw wrong("a name") }
    guard name.count <= Self.nameLimit else {
      throw .tooMuch("octets in a name", limit: Self.nameLimit)
    }
    index = name.endIndex
    return name
  }

  /// Without a namespace's prefix.
  private static func local(_ name: ArraySlice<UInt8>) -> String {
    let start = name.lastIndex(of: 0x3A).map { $0 + 1 } ?? name.startIndex
    return String(decoding: name[start...], as: UTF8.self)
  }

  private mutating func startTag() throws(ReportRefusal) -> Event {
    guard !isEnded else { throw wrong("nothing behind the document") }
    index += 1
    let whole = try name()
    elements += 1
    guard elements <= Self.elementLimit else {
      throw .tooMuch("elements", limit: Self.elementLimit)
    }
    guard open.count < Self.depthLimit else {
      throw .tooMuch("elements inside each other", limit: Self.depthLimit)
    }
    let attributes = try attributes()
    open.append(whole)
    if bytes[index] == 0x2F {
      index += 1
      pendingEnd = Self.local(whole)
    }
    guard index < bytes.count, bytes[index] == 0x3E else { throw wrong(">") }
    index += 1
    return .start(Self.local(whole), attributes: attributes)
  }

  /// `*(S name [S] "=" [S] quoted)`, up to the tag's end, which is there.
  private mutating func attributes() throws(ReportRefusal) -> [String: String] {
    var attributes: [String: String] = [:]
    while true {
      let start = index
      skipSpace()
      guard index < bytes.count else { throw wrong(">") }
      if bytes[index] == 0x3E || bytes[index] == 0x2F { return attributes }
      guard index > start, attributes.count < Self.attributeLimit else { throw wrong(">") }
      let name = String(decoding: try name(), as: UTF8.self)
      skipSpace()
      guard index < bytes.count, bytes[index] == 0x3D else { throw wrong("=") }
      index += 1
      skipSpace()
      guard attributes[name] == nil else { throw wrong("an attribute once") }
      attributes[name] = String(decoding: try quoted(), as: UTF8.self)
    }
  }

  private mutating func quoted() throws(ReportRefusal) -> [UInt8] {
    guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27,
      let end = bytes[(index + 1)...].firstIndex(of: bytes[index])
    else { throw wrong("a quoted value") }
    let raw = bytes[(index + 1)..<end]
    guard !raw.contains(0x3C) else { throw wrong("a value without <") }
    let value = try resolved(raw)
    index = end + 1
    return value
  }

  private mutating func endTag() throws(ReportRefusal) -> Event {
    index += 2
    let whole = try name()
    skipSpace()
    guard index < bytes.count, bytes[index] == 0x3E else { throw wrong(">") }
    guard open.last.map({ $0.elementsEqual(whole) }) == true else {
      throw wrong("the end of the element that is open")
    }
    index += 1
    return close(Self.local(whole))
  }

  private mutating func close(_ name: String) -> Event {
    open.removeLast()
    isEnded = open.isEmpty
    return .end(name)
  }

  private mutating func skipSpace() {
    while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }
}
