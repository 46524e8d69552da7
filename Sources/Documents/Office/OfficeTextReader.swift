import Mail

/// Office documents as text: XML of 2003, packages as one XML file. What is binary in them stands in
/// base 64, macros packed once more.
enum OfficeTextReader {
  private static let elementLimit = 100_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    FieldText.note(octets, &opening)
    EntityText.note(octets, &opening)
    var (scanner, number, last) = (MarkupScanner(octets), 0, "")
    var part: MarkupScanner.Element?
    for _ in 0..<elementLimit {
      guard let element = scanner.next() else { return }
      defer { last = element.name }
      switch element.name {
      case "part": part = element
      case "bindata", "binarydata", "docsuppdata", "docoledata":
        let text = scanner.text
        guard text.count > 32, opening.admits() else { continue }
        number += 1
        let name = element["w:name"] ?? element["name"] ?? element["pkg:name"] ?? "binary \(number)"
        take(BodyDecoder.decode(text, .base64).octets, name, of: part, &opening)
      case "relationship" where element["targetmode"]?.lowercased() == "external":
        let type = element["type"]?.split(separator: "/").last ?? ""
        if type == "hyperlink" { continue }
        opening.note(
          type == "attachedTemplate" ? .remoteTemplate : .externalRelationship,
          "\(type) \(element["target"] ?? "")")
      // `cmd|/c calc.exe`: program and topic; without the bar it is another workbook.
      case "path" where last == "supbook":
        let path = MarkupScanner.unescaped(scanner.text.prefix(300))
        opening.note(path.utf8.contains(0x7C) ? .dynamicDataExchange : .externalRelationship, path)
      default: break
      }
    }
    opening.note(.limitCount)
  }

  /// Of `<pkg:part pkg:name="/word/chunk1.mht" pkg:contentType="message/rfc822">`, or of no part.
  private static func take(
    _ octets: [UInt8], _ name: String, of part: MarkupScanner.Element?, _ opening: inout Opening
  ) {
    guard let type = part?["pkg:contenttype"], ImportedParts.isImported(type: type) else {
      return opening.take(octets, ArtefactName(name))
    }
    // Names of parts begin with a slash.
    let path = String((part?["pkg:name"] ?? name).drop { $0 == "/" })
    ImportedParts.take(opening.bounded(octets), ArtefactName(path), facts: [], &opening)
  }

  /// `ActiveMime`: a header, then a stream of zlib's, in which the compound file with the macros is.
  static func readActiveMime(_ octets: [UInt8], _ opening: inout Opening) {
    guard opening.admits(), octets.count > 32,
      let place = octets.places(of: [0x78], in: 30..<min(octets.count, 200), limit: 20)
        .first(where: { [0x01, 0x5E, 0x9C, 0xDA].contains(octets.little($0 + 1, 1)) })
    else { return opening.note(.damaged) }
    opening.note(.macros)
    opening.take(
      Inflate.unpack(octets, place..<octets.count, .zlib, limit: opening.allowance),
      ArtefactName("macros"))
  }
}
