import Mail

/// PDF: what it does when opened, and the streams within. The table of objects is not believed; objects
/// are found where they stand, so that nothing hides behind a table that lies.
enum PDFReader {
  /// A book of a thousand pages has ten thousand.
  private static let streamLimit = 50_000

  static func read(_ octets: [UInt8], _ opening: inout Opening) {
    let passwords = opening.walk.passwords.prefix(opening.walk.budgets.slowPasswords)
    let keys = opening.walk.keys
    let cipher = PDFCipher(octets, keys.ordered(Array(passwords)), keys)
    if let password = cipher?.password {
      keys.noteProven(password)
      opening.noteOpened()
    }
    var words = PDFWords(cipher: cipher)
    words.note(octets, isPacked: false, &opening)
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
      if dictionary.isImage, isPicture(octets, data, dictionary, cipher) { continue }
      let content = content(octets, data, dictionary, cipher, limit: opening.allowance)
      // Zeros unpack slower than anything else is looked at.
      opening.walk.ledger.worked(dictionary.size + content.octets.count * 2)
      if dictionary.isObjects || looksLikeObjects(content.octets) {
        words.note(content.octets, isPacked: true, &opening)
      } else if !dictionary.isEmbeddedFile {
        PDFScript.note(content.octets, isScript: false, &opening)
      }
      var name = ArtefactName("stream \(count)")
      if dictionary.isEmbeddedFile {
        // Specifications come in the order of their files, as a rule.
        name =
          embedded < words.files.count
          ? words.files[embedded] : ArtefactName("embedded file \(count)")
        embedded += 1
      }
      take(content, dictionary, name, &opening)
    }
  }

  /// A stream as it was before it was packed and encrypted.
  private static func content(
    _ octets: [UInt8], _ data: Range<Int>, _ dictionary: PDFDictionary, _ cipher: PDFCipher?,
    limit: Int
  ) -> Unpacked {
    var (octets, data) = (octets, data)
    // Tables of objects are never encrypted.
    if let cipher, !dictionary.isTable, let (number, generation) = dictionary.object {
      octets = cipher.open(Array(octets[data]), number: number, generation: generation)
      data = 0..<octets.count
    }
    // A filter may be told by the number of an object; what deflate made shows itself.
    if dictionary.filters.isEmpty, octets.big(data.lowerBound, 2).map(isDeflated) == true {
      let unpacked = PDFFilter.unpack(octets, data, ["flatedecode"], limit: limit)
      if !unpacked.octets.isEmpty { return unpacked }
    }
    return PDFFilter.unpack(octets, data, dictionary.filters, limit: limit)
  }

  /// RFC 1950 §2.2, of the usual window.
  private static func isDeflated(_ head: Int) -> Bool { head >> 8 == 0x78 && head % 31 == 0 }

  /// Octets of what is called a picture that are looked at before that is believed.
  private static let peek = 1024

  private static func isPicture(
    _ octets: [UInt8], _ data: Range<Int>, _ dictionary: PDFDictionary, _ cipher: PDFCipher?
  ) -> Bool {
    guard !dictionary.isObjects, !dictionary.isEmbeddedFile else { return false }
    // A cut stream may not be decrypted to its end, which does no harm.
    let start = data.lowerBound..<min(data.upperBound, data.lowerBound + 8 * peek)
    let head = content(octets, start, dictionary, cipher, limit: peek)
    return !looksLikeObjects(head.octets)
      && Identification.kinds(of: head.octets).allSatisfy { $0.risk == .passive }
  }

  /// Pairs of numbers, then an object (§7.5.7).
  private static func looksLikeObjects(_ octets: [UInt8]) -> Bool {
    let rest = octets.prefix(1 << 16).drop { $0.isDigit || $0.isSpace }
    let numbers = octets[..<rest.startIndex].split(maxSplits: 2, whereSeparator: \.isSpace).count
    return numbers >= 2 && (rest.starts(with: Array("<<".utf8)) || rest.first == 0x5B)
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
}

/// What the dictionaries of a PDF name: actions, files, links.
private struct PDFWords {
  private let cipher: PDFCipher?
  /// What files are called, in the order in which they are named.
  private(set) var files: [ArtefactName] = []

  /// Names of one run of octets.
  private static let nameLimit = 2_000_000
  private static let fileLimit = 1000
  private static let linkLimit = 2048
  /// Strings of a PDF that are read, objects that are looked up for them, and octets of one script and of all.
  private static let (stringLimit, lookupLimit) = (20_000, 2000)
  private static let (scriptLimit, scriptsLimit) = (1 << 20, 32 << 20)
  private var (strings, lookups, scripts) = (0, 0, 0)
  /// Actions at opening: a document has one, and one more for each time it was saved.
  private static let openingLimit = 32
  private var openings = 0

  init(cipher: PDFCipher?) { self.cipher = cipher }

  private static let facts: [(String, ArtefactFact.Kind)] = [
    ("javascript", .pdfJavaScript), ("js", .pdfJavaScript), ("openaction", .pdfOpenAction),
    ("aa", .pdfOpenAction), ("launch", .pdfLaunch), ("embeddedfile", .pdfEmbeddedFile),
    ("submitform", .pdfForm), ("importdata", .pdfForm), ("gotor", .externalRelationship),
    ("gotoe", .externalRelationship), ("xfa", .pdfForm), ("richmedia", .pdfRichMedia),
    ("encrypt", .encrypted),
    ("uri", .pdfLink),
  ]

  /// An address (ISO 32000 §12.6.4.7) that leads to what runs when it is opened, or to an archive.
  private static func file(at link: [UInt8]) -> (address: String, fact: ArtefactFact.Kind)? {
    let address = link.filter { (0x21...0x7E).contains($0) }
    guard let file = LinkedFile(address: address[...]) else { return nil }
    let fact: ArtefactFact.Kind = file == .program ? .pdfLink : .pdfArchiveLink
    return (String(decoding: address, as: UTF8.self), fact)
  }

  /// Names (ISO 32000 §7.3.5) with `#xx` undone. Within a packed stream strings are not encrypted again.
  mutating func note(_ octets: [UInt8], isPacked: Bool, _ opening: inout Opening) {
    PDFScript.note(octets, isScript: false, &opening)
    var at = 0
    for _ in 0..<Self.nameLimit {
      guard let place = octets.place(of: [0x2F], in: at..<octets.count) else { return }
      at = place + 1
      let name = PDFDictionary.name(octets, &at)
      switch name {
      case "f", "uf":
        if let file = string(octets, at, isPacked, 1024, &opening).flatMap(PDFString.name) {
          if files.count < Self.fileLimit, files.last != file { files.append(file) }
          opening.note(.target, file.text)
          if file.text.hasPrefix("\\\\") {
            opening.note(.externalRelationship, "link " + file.text)
          }
        }
      case "uri":
        if let link = string(octets, at, isPacked, Self.linkLimit, &opening),
          let file = Self.file(at: link)
        {
          opening.note(file.fact, file.address)
        }
      case "openaction" where openings < Self.openingLimit:
        openings += 1
        if let word = PDFOpenAction.leading(octets, at: at) { opening.note(.pdfOpensAddress, word) }
      case "js":
        let limit = min(Self.scriptLimit, Self.scriptsLimit - scripts)
        if let script = string(octets, at, isPacked, limit, &opening) {
          scripts += script.count
          PDFScript.note(
            PDFString.name(script).map(\.octets) ?? script, isScript: true, &opening)
        }
      default: break
      }
      guard !name.isEmpty, let fact = Self.facts.first(where: { $0.0 == name })?.1 else { continue }
      // What opens for everybody is not encrypted to anybody.
      if fact != .encrypted || cipher == nil { opening.note(fact) }
    }
    opening.note(.limitCount)
  }

  private mutating func string(
    _ octets: [UInt8], _ place: Int, _ isPacked: Bool, _ limit: Int, _ opening: inout Opening
  ) -> [UInt8]? {
    guard strings < Self.stringLimit, lookups < Self.lookupLimit, limit > 0 else {
      if !opening.hasDefect(.limitCount) { opening.note(.limitCount) }
      return nil
    }
    guard let text = PDFString.octets(octets, place, limit: limit) else { return nil }
    strings += 1
    guard let cipher, !isPacked else { return text }
    lookups += 1
    guard let (number, generation) = PDFDictionary.object(octets, before: place) else {
      return text
    }
    return cipher.open(text, number: number, generation: generation)
  }
}

/// What a script of a PDF does, by its words.
private enum PDFScript {
  /// Calls of Acrobat's that no other text has: those that lead out of the document, and those that were
  /// attacked.
  private static let calls = [
    "app.launchURL", "media.newPlayer", "customDictionaryOpen", "Collab.getIcon",
    "Collab.collectEmailInfo", "importDataObject", "app.openDoc",
  ].map { Array($0.utf8) }
  /// Words of any script that hide what it does.
  private static let hiding = ["eval(", "unescape(", "fromCharCode", "getURL("].map {
    Array($0.utf8)
  }

  private static let export = Array("exportDataObject".utf8)

  /// `isScript` where the octets are nothing else.
  static func note(_ octets: [UInt8], isScript: Bool, _ opening: inout Opening) {
    // No call is without it, and most of what is large is: pictures of no kind, zeros.
    guard octets.place(of: 0x28, in: octets.indices) != nil else { return }
    // It writes an embedded file to the disk, and may open it.
    if octets.firstPlace(of: export) != nil { opening.note(.pdfExport) }
    let words = calls + (isScript ? hiding : [])
    if let word = words.first(where: { octets.firstPlace(of: $0) != nil }) {
      opening.note(.pdfScriptActs, String(decoding: word, as: UTF8.self))
    }
  }
}

/// The dictionary before a stream, as far as it matters here.
struct PDFDictionary {
  private(set) var filters: [String] = []
  private(set) var length: Int?
  private(set) var isEmbeddedFile = false
  private(set) var isImage = false
  private(set) var isObjects = false
  /// A table of objects (§7.5.8).
  private(set) var isTable = false
  /// Number and generation of the object.
  let object: (number: Int, generation: Int)?
  /// Octets that were looked through for it.
  let size: Int

  /// Octets of one.
  private static let sizeLimit = 1 << 16

  init(_ octets: [UInt8], endingAt end: Int) {
    let window = max(0, end - Self.sizeLimit)..<end
    // From `obj` on, or behind `endobj`; a dictionary without either begins with the window.
    let start = octets.lastPlace(of: "obj", in: window).map { $0 + 3 } ?? window.lowerBound
    size = end - start
    object = Self.number(octets, before: start - 3)
    var (at, last) = (start, "")
    while at < end, let place = octets.place(of: [0x2F], in: at..<end) {
      at = place + 1
      let name = Self.name(octets, &at)
      take(name, after: last, octets, at)
      last = name
    }
  }

  /// The object that `place` stands in.
  static func object(_ octets: [UInt8], before place: Int) -> (number: Int, generation: Int)? {
    let window = max(0, place - sizeLimit)..<place
    return octets.lastPlace(of: "obj", in: window).flatMap { number(octets, before: $0) }
  }

  /// `5 0` before `obj`.
  private static func number(
    _ octets: [UInt8], before place: Int
  ) -> (number: Int, generation: Int)? {
    guard place > 3, octets.has("obj", at: place), octets[place - 1].isSpace else { return nil }
    let words = octets[max(0, place - 40)..<place].split(whereSeparator: \.isSpace).suffix(2)
    guard words.count == 2, let first = words.first, let last = words.last else { return nil }
    let digits = first.reversed().prefix(while: \.isDigit).reversed()
    guard let number = Int(String(decoding: Array(digits), as: UTF8.self)),
      let generation = Int(String(decoding: last, as: UTF8.self))
    else { return nil }
    return (number, generation)
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
    case "xref": isTable = true
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
        name.append((high << 4 | low).lowered)
        at += 3
      } else if byte.isWord || byte == 0x2D || byte == 0x2E || byte == 0x2B {
        name.append(byte.lowered)
        at += 1
      } else {
        break
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}
