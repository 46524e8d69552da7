/// PDF: what it does when opened, and the streams within. The table of objects is not believed; objects
/// are found where they stand, so that nothing hides behind a table that lies.
enum PDFReader {
  /// A book of a thousand pages has ten thousand.
  private static let streamLimit = 50_000
  /// Names of one run of octets.
  private static let nameLimit = 2_000_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    var names = noteWords(octets, &opening)
    var (at, count, embedded) = (0, 0, 0)
    while let place = octets.place(of: "stream", in: at..<octets.count) {
      at = place + 6
      // `endstream` ends one.
      guard place < 3 || !octets.has("end", at: place - 3), opening.admits() else { continue }
      guard count < streamLimit else { return opening.note(.limitCount) }
      count += 1
      let dictionary = PDFDictionary(octets, endingAt: place)
      let data = data(octets, behind: at, dictionary)
      at = max(at, data.upperBound)
      guard !dictionary.isImage else { continue }
      let content = PDFFilter.unpack(octets, data, dictionary.filters, limit: opening.allowance)
      // Zeros unpack slower than anything else is looked at.
      opening.walk.ledger.worked(dictionary.size + content.octets.count * 3 / 2)
      if dictionary.isObjects {
        names += noteWords(content.octets, &opening)
      } else if !dictionary.isEmbeddedFile {
        noteExport(content.octets, &opening)
      }
      var name = ArtefactName("stream \(count)")
      if dictionary.isEmbeddedFile {
        // Specifications come in the order of their files, as a rule.
        name = embedded < names.count ? names[embedded] : ArtefactName("embedded file \(count)")
        embedded += 1
      }
      take(content, dictionary, name, &opening)
    }
  }

  private static func take(
    _ content: Unpacked, _ dictionary: PDFDictionary, _ name: ArtefactName,
    _ opening: inout Opening
  ) {
    if dictionary.isEmbeddedFile {
      opening.note(.pdfEmbeddedFile)
      return opening.take(content, name)
    }
    // Of pages and fonts only what is something by itself is worth an artefact.
    let kinds = Identification.kinds(of: content.octets)
    if kinds.contains(where: { $0.risk > .passive && $0 != .html }) {
      opening.take(content, name)
    } else if content.outcome == .limit || content.outcome == .damaged(.methodUnknown) {
      opening.noteCut(content.outcome, name)
    }
  }

  /// `stream`, a line end, the data; its length is told, or it ends at `endstream`.
  private static func data(
    _ octets: [UInt8], behind place: Int, _ dictionary: PDFDictionary
  ) -> Range<Int> {
    var start = place
    if start < octets.count, octets[start] == 0x0D { start += 1 }
    if start < octets.count, octets[start] == 0x0A { start += 1 }
    let end = octets.place(of: "endstream", in: start..<octets.count) ?? octets.count
    // A length that leads to `endstream` is right, even if the word stands in the data, too.
    if let told = dictionary.length, told >= 0, start + told <= octets.count {
      let rest = octets.part(start + told, 16).drop(while: \.isSpace)
      if rest.starts(with: Array("endstream".utf8)) { return start..<(start + told) }
    }
    return start..<end
  }

  private static let facts: [(String, ArtefactFact.Kind)] = [
    ("javascript", .pdfJavaScript), ("js", .pdfJavaScript), ("openaction", .pdfOpenAction),
    ("aa", .pdfOpenAction), ("launch", .pdfLaunch), ("embeddedfile", .pdfEmbeddedFile),
    ("submitform", .pdfForm), ("importdata", .pdfForm), ("gotor", .externalRelationship),
    ("gotoe", .externalRelationship), ("xfa", .pdfForm), ("richmedia", .pdfRichMedia),
    ("encrypt", .encrypted),
    ("uri", .pdfLink),
  ]

  /// A script's call that writes an embedded file to the disk, and may open it.
  private static func noteExport(_ octets: [UInt8], _ opening: inout Opening) {
    guard octets.place(of: "exportDataObject", in: 0..<octets.count) != nil else { return }
    opening.note(.pdfExport)
  }

  /// Names (ISO 32000 §7.3.5) of the dictionaries, with `#xx` undone; what files are called.
  private static func noteWords(_ octets: [UInt8], _ opening: inout Opening) -> [ArtefactName] {
    var (at, files): (Int, [ArtefactName]) = (0, [])
    noteExport(octets, &opening)
    for _ in 0..<nameLimit {
      guard let place = octets.place(of: [0x2F], in: at..<octets.count) else { return files }
      at = place + 1
      let name = PDFDictionary.name(octets, &at)
      if name == "f" || name == "uf", let file = PDFString.text(octets, at), files.count < 1000 {
        if files.last != file { files.append(file) }
        opening.note(.target, file.text)
      }
      guard !name.isEmpty, let fact = facts.first(where: { $0.0 == name })?.1 else { continue }
      opening.note(fact)
    }
    opening.note(.limitCount)
    return files
  }
}

/// The dictionary before a stream, as far as it matters here.
struct PDFDictionary {
  private(set) var filters: [String] = []
  private(set) var length: Int?
  private(set) var isEmbeddedFile = false
  private(set) var isImage = false
  private(set) var isObjects = false
  /// Octets that were looked through for it.
  let size: Int

  /// Octets of one.
  private static let sizeLimit = 1 << 16

  init(_ octets: [UInt8], endingAt end: Int) {
    let window = max(0, end - Self.sizeLimit)..<end
    // From `obj` on; a dictionary without one begins with the window.
    let start = octets.lastPlace(of: " obj", in: window) ?? window.lowerBound
    size = end - start
    var (at, last) = (start, "")
    while at < end, let place = octets.place(of: [0x2F], in: at..<end) {
      at = place + 1
      let name = Self.name(octets, &at)
      take(name, after: last, octets, at)
      last = name
    }
  }

  private static let filterNames: Set<String> = [
    "flatedecode", "fl", "asciihexdecode", "ahx", "ascii85decode", "a85", "lzwdecode", "lzw",
    "runlengthdecode", "rl", "crypt", "dctdecode", "jpxdecode", "ccittfaxdecode", "jbig2decode",
  ]

  private mutating func take(_ name: String, after last: String, _ octets: [UInt8], _ at: Int) {
    if Self.filterNames.contains(name) { filters.append(name) }
    switch name {
    case "length":
      let digits = octets.part(at, 20).drop(while: \.isSpace)
      let number = digits.prefix(while: \.isDigit)
      // `5 0 R` is the number of an object.
      let rest = digits.dropFirst(number.count).prefix(4)
      if !rest.elementsEqual(" 0 R".utf8) { length = Int(String(decoding: number, as: UTF8.self)) }
    case "embeddedfile": isEmbeddedFile = true
    case "image": isImage = last == "subtype"
    case "objstm": isObjects = true
    default: break
    }
  }

  /// A name in lower case, `#xx` undone.
  static func name(_ octets: [UInt8], _ at: inout Int) -> String {
    var name: [UInt8] = []
    while at < octets.count, name.count < 40 {
      let byte = octets[at]
      if byte == 0x23, at + 2 < octets.count, let high = octets[at + 1].hex,
        let low = octets[at + 2].hex
      {
        name.append((high << 4 | low).lower)
        at += 3
      } else if byte.isWord || byte == 0x2D || byte == 0x2E || byte == 0x2B {
        name.append(byte.lower)
        at += 1
      } else {
        break
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}
