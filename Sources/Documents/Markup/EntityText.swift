/// Entities that an XML document fetches from elsewhere (XML 1.0 §4.2.2): a file of whoever opens it, or a
/// server that learns of it.
///
///     <!ENTITY name SYSTEM "file:///etc/passwd">   <!ENTITY % name PUBLIC "id" "http://…">
///     <xi:include href="file:///etc/passwd" parse="text"/>
///
/// (The last is XInclude 1.0 §3.1; one that includes a file beside it is a book in chapters.)
enum EntityText {
  /// Octets of one declaration.
  private static let lengthLimit = 1000
  /// Declarations that are looked at.
  private static let countLimit = 1000
  /// Elements among which inclusions are looked for.
  private static let elementLimit = 100_000

  static func note(_ octets: [UInt8], _ opening: inout Opening) {
    let words = MarkupScanner(octets).octets
    for place in words.places(of: Array("!ENTITY".utf8), in: 0..<words.count, limit: countLimit) {
      let rest = words[(place + 7)...].prefix(lengthLimit).prefix { $0 != 0x3E }
      if let target = target(Array(rest)) { opening.note(.externalEntity, target) }
    }
    if words.place(of: inclusion, in: 0..<words.count) != nil { noteIncluded(words, &opening) }
  }

  private static let inclusion = Array("http://www.w3.org/2001/XInclude".utf8)

  private static func noteIncluded(_ words: [UInt8], _ opening: inout Opening) {
    var scanner = MarkupScanner(words)
    for _ in 0..<elementLimit {
      guard let element = scanner.next() else { return }
      guard element.name == "include", let target = element["href"] else { continue }
      let isElsewhere = target.contains("://") || target.hasPrefix("//") || target.hasPrefix("\\\\")
      if isElsewhere || target.lowercased().hasPrefix("file:") {
        opening.note(.externalEntity, target)
      }
    }
  }

  /// The last literal behind SYSTEM or PUBLIC, if what stands before is no literal itself.
  private static func target(_ declaration: [UInt8]) -> String? {
    let head = declaration.prefix { $0 != 0x22 && $0 != 0x27 }
    let isExternal = head.split(whereSeparator: \.isSpace).contains {
      $0.elementsEqual("SYSTEM".utf8) || $0.elementsEqual("PUBLIC".utf8)
    }
    guard isExternal, head.endIndex < declaration.count else { return nil }
    let literals = declaration[head.endIndex...].split { $0 == 0x22 || $0 == 0x27 }
    let last = literals.last { literal in !literal.allSatisfy(\.isSpace) && !isNotation(literal) }
    return last.map { String(decoding: $0, as: UTF8.self) }
  }

  /// `NDATA name` behind the literal.
  private static func isNotation(_ text: ArraySlice<UInt8>) -> Bool {
    text.drop(while: \.isSpace).starts(with: "NDATA".utf8)
  }
}
