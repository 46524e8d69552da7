import Mail

/// RTF: objects that stand in it as digits of base 16, remote templates, fields. It is read as leniently
/// as Word reads it: control words and junk among the digits, groups that never end.
enum RTFReader {
  /// Objects of one document.
  private static let objectLimit = 200

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    noteWords(octets, &opening)
    var at = 0
    var number = 0
    while let place = octets.place(of: "objdata", in: at..<octets.count) {
      at = place + 7
      // Word knows control words in lower case only.
      guard place > 0, octets[place - 1] == 0x5C || octets[place - 1].isSpace else { continue }
      guard opening.admits() else { return }
      number += 1
      guard number <= objectLimit else { return opening.note(.limitCount) }
      let content = digits(octets, from: at, limit: opening.allowance, &opening.walk.ledger)
      opening.note(.embeddedObject)
      take(content, number, &opening)
    }
  }

  private static func noteWords(_ octets: [UInt8], _ opening: inout Opening) {
    let all = 0..<octets.count
    if octets.place(of: "\\objupdate", in: all) != nil { opening.note(.objectUpdate) }
    if octets.place(of: "\\objautlink", in: all) != nil {
      opening.note(.externalRelationship, "objautlink")
    }
    for place in octets.places(of: Array("\\*\\template".utf8), in: all, limit: 5) {
      let words = octets.part(place + 11, 300).prefix { $0 != 0x7D }.filter { $0 > 0x20 }
      opening.note(.remoteTemplate, String(decoding: words, as: UTF8.self))
    }
    for place in octets.places(of: Array("fldinst".utf8), in: all, limit: 500) {
      let words = plain(octets.part(place + 7, 400))
      if words.hasPrefix("dde") { opening.note(.dynamicDataExchange, words) }
      if words.hasPrefix("hyperlink") {
        let address = words.utf8.drop { $0 != 0x22 }.dropFirst().prefix { $0 != 0x22 }
        OfficePart.noteLink(Array(address)[...], &opening)
      }
      if words.hasPrefix("includepicture") || words.hasPrefix("includetext")
        || words.hasPrefix("link ")
      {
        opening.note(.externalRelationship, words)
      }
    }
  }

  /// The text of a group without its control words and braces, in lower case.
  private static func plain(_ octets: [UInt8]) -> String {
    var (text, at): ([UInt8], Int) = ([], 0)
    while at < octets.count, text.count < 120 {
      let byte = octets[at]
      at += 1
      if byte == 0x5C {
        while at < octets.count, octets[at].isLetter || octets[at].isDigit || octets[at] == 0x2D {
          at += 1
        }
      } else if byte != 0x7B, byte != 0x7D, byte != 0x0D, byte != 0x0A {
        text.append(byte.lowered)
      }
    }
    let visible = text.drop { $0 == 0x20 }.prefix { (0x20...0x7E).contains($0) }
    return String(decoding: visible, as: UTF8.self)
  }

  /// Digits up to the end of their group; `\bin` carries octets as they are, other words are passed over.
  private static func digits(_ octets: [UInt8], from start: Int, limit: Int, _ ledger: inout Ledger)
    -> [UInt8]
  {
    var (content, at, depth): ([UInt8], Int, Int) = ([], start, 0)
    var half: UInt8?
    // A group that never ends is read again from each object in it.
    defer { ledger.worked(8 * (at - start)) }
    while at < octets.count, content.count < limit {
      let byte = octets[at]
      at += 1
      switch byte {
      case 0x7B: depth += 1
      case 0x7D:
        depth -= 1
        if depth < 0 { return content }
      case 0x5C: word(octets, &at, &content, limit)
      default:
        guard let value = byte.hex else { continue }
        if let high = half {
          content.append(high << 4 | value)
          half = nil
        } else {
          half = value
        }
      }
    }
    return content
  }

  private static func word(
    _ octets: [UInt8], _ at: inout Int, _ content: inout [UInt8], _ limit: Int
  ) {
    if at < octets.count, octets[at] == 0x27 {
      // \'hh within the digits counts as nothing.
      at += 3
      return
    }
    let start = at
    while at < octets.count, octets[at].isLetter { at += 1 }
    let name = octets[start..<at]
    var number = 0
    if at < octets.count, octets[at] == 0x2D { at += 1 }
    while at < octets.count, octets[at].isDigit {
      number = min(number * 10 + Int(octets[at] - 0x30), octets.count)
      at += 1
    }
    if at == start { at += 1 }
    guard name.elementsEqual("bin".utf8) else { return }
    if at < octets.count, octets[at] == 0x20 { at += 1 }
    let part = octets.part(at, min(number, limit - content.count))
    content += part
    at += part.count
  }

  /// MS-OLEDS §2.2.5: version, format 2 (embedded), class, topic and item names, then the object.
  private static func take(_ content: [UInt8], _ number: Int, _ opening: inout Opening) {
    var at = 8
    func string() -> [UInt8] {
      let length = content.little(at, 4) ?? 0
      defer { at += 4 + min(length, content.count) }
      return Array(content.part(at + 4, min(length, 200)).prefix { $0 != 0 })
    }
    let format = content.little(4, 4)
    let className = string()
    let name = String(decoding: className.map(\.lowered), as: UTF8.self)
    (_, _) = (string(), string())
    note(name, format, &opening)
    let size = content.little(at, 4) ?? 0
    let object = content.part(at + 4, size)
    if name == "package", let package = OlePackage([0, 0, 0, 0] + object) {
      return OlePackage.take(package, &opening)
    }
    // A header that does not hold leaves everything to be looked at.
    let isWhole = format == 2 && !object.isEmpty
    let found = Marks.firstDocument(in: content)
    let rest = isWhole ? object : found.map { Array(content[$0...]) } ?? content
    opening.take(rest, ArtefactName("object \(number)"))
  }

  private static func note(_ name: String, _ format: Int?, _ opening: inout Opening) {
    opening.note(.embeddedObject, name)
    if name.hasPrefix("equation") { opening.note(.equation, name) }
    if name == "package" { opening.note(.olePackage) }
    if name.contains("ole2link") || format == 1 { opening.note(.externalRelationship, name) }
    if name.contains("shockwaveflash") { opening.note(.flash) }
  }
}

/// Where a document begins within something that only carries it.
enum Marks {
  private static let documents: [[UInt8]] = [
    [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Array("PK\u{3}\u{4}".utf8),
    Array("{\\rt".utf8),
    Array("%PDF".utf8),
  ]

  static func firstDocument(in octets: [UInt8]) -> Int? {
    documents.compactMap { octets.place(of: $0, in: 0..<octets.count) }.min()
  }
}
