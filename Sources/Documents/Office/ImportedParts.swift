import Mail

/// Parts of a package that Word takes in as text when it opens the document (ECMA-376 part 1 §17.17.2.1,
/// `altChunk`): pages, saved pages, RTF, whole documents. Word reads each by its own program, whatever it is
/// called, so each is looked into as if it had been attached.
///
///     word/_rels/document.xml.rels:  <Relationship Type="…/aFChunk" Target="/word/chunk1.mht"/>
struct ImportedParts {
  /// Names of parts, as `normalised` makes them.
  private var names: Set<[UInt8]> = []

  /// Lists of relationships that are read, octets of one, and parts that are kept.
  private static let (listLimit, sizeLimit, partLimit) = (200, 1 << 20, 1000)
  private static let pathLimit = 1000

  /// From the lists of relationships of an archive; nothing where it has none.
  init(_ listing: ZipListing, _ octets: [UInt8], _ opening: inout Opening) {
    let lists = listing.entries.lazy.flatMap(\.readings).filter { reading in
      !reading.record.isEncrypted
        && reading.record.name.suffix(Self.ending.count).map(\.lowered) == Self.ending
    }
    for reading in lists.prefix(Self.listLimit) where opening.walk.ledger.exhausted == nil {
      let limit = min(Self.sizeLimit, opening.allowance)
      let list = ZipMethod.unpack(octets, reading.data, reading.record, limit: limit)
      opening.walk.ledger.worked(list.octets.count)
      take(list.octets, of: Self.normalised(reading.record.name))
    }
  }

  private static let ending = Array(".rels".utf8)

  func has(_ name: [UInt8]) -> Bool { !names.isEmpty && names.contains(Self.normalised(name)) }

  private mutating func take(_ list: [UInt8], of name: [UInt8]) {
    var scanner = MarkupScanner(list)
    while let element = scanner.next(), names.count < Self.partLimit {
      guard element.name == "relationship", let target = element["target"],
        element["type"]?.lowercased().hasSuffix("/afchunk") == true,
        element["targetmode"]?.lowercased() != "external"
      else { continue }
      names.insert(Self.resolved(Array(target.utf8), from: name))
    }
  }

  /// What a target is called that the list `name` has: it counts from the folder above `_rels`.
  private static func resolved(_ target: [UInt8], from name: [UInt8]) -> [UInt8] {
    let path = normalised(PageReader.unquoted(target[...]))
    let isWhole = target.first.map { $0 == 0x2F || $0 == 0x5C } ?? false
    let base = isWhole ? [] : name.split(separator: 0x2F).dropLast(2)
    return normalised(Array((base + path.split(separator: 0x2F)).joined(separator: [0x2F])))
  }

  /// Lower case, one slash between folders, `.` and `..` followed.
  private static func normalised(_ name: [UInt8]) -> [UInt8] {
    let path = name.prefix(pathLimit).map { $0 == 0x5C ? 0x2F : $0.lowered }
    var folders: [ArraySlice<UInt8>] = []
    for word in path.split(separator: 0x2F) {
      if word.elementsEqual("..".utf8), !folders.isEmpty {
        folders.removeLast()
      } else if !word.elementsEqual(".".utf8) {
        folders.append(word)
      }
    }
    return Array(folders.joined(separator: [0x2F]))
  }

  // MARK: What such a part is

  /// Types by which Word takes a part in (of a package in one file, whose parts say their types themselves).
  static func isImported(type: String) -> Bool {
    let type = type.prefix { $0 != ";" }.lowercased()
    return [
      "message/rfc822", "text/html", "text/plain", "application/xhtml+xml", "multipart/related",
    ]
    .contains(type) || type.hasSuffix("/rtf") || type.hasSuffix("/msword")
  }

  /// Takes a part, and again from where a saved page begins in it: Word passes over what stands before its
  /// first field, however much that is.
  static func take(
    _ unpacked: Unpacked, _ name: ArtefactName, at place: Range<Int>? = nil,
    facts: [ArtefactFact], _ opening: inout Opening
  ) {
    let facts = facts + [ArtefactFact(.importedPart, name.shown)]
    opening.take(unpacked, name, at: place, facts: facts)
    guard let start = savedPage(in: unpacked.octets), opening.admits() else { return }
    opening.take(Array(unpacked.octets[start...]), name, facts: facts)
  }

  /// Where the fields of a saved page begin, if not at the beginning.
  private static func savedPage(in octets: [UInt8]) -> Int? {
    let words = octets.prefix(TextWords.sampleSize).map(\.lowered)
    let word = words.prefix { $0.isWord || $0 == 0x2D }.count
    guard word == 0 || words.prefix(word + 1).last != 0x3A,
      let first = words.place(of: "\ncontent-type:", in: 0..<words.count)
    else { return nil }
    let version = words.place(of: "\nmime-version:", in: 0..<first)
    return (version ?? first) + 1
  }
}
