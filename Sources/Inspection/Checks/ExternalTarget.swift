import Documents

/// Something outside of a document that is fetched when it is opened, as its facts tell it: a word for what
/// it is to the document, and where it is.
///
///     attachedTemplate https://…   oleObject mhtml:https://…!x-usc:…   hyperlink powershell …   URL moniker https://…
struct ExternalTarget {
  /// Where that is.
  private enum Place { case web, share, local }

  private let relation: String
  private let target: String

  init(_ detail: String) {
    let words = detail.lowercased().split(
      separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let first = words.first.map { String($0) } ?? ""
    if Self.moniker(detail.lowercased()) != nil {
      (relation, target) = (detail.lowercased(), detail.lowercased())
    } else if words.count == 2, first.allSatisfy({ $0.isLetter || $0.isNumber }) {
      (relation, target) = (first, String(words[1]))
    } else {
      (relation, target) = ("", detail.lowercased())
    }
  }

  /// Templates are fetched by themselves; companies keep theirs on a share, and a disk has its own.
  var templateWeight: Double {
    switch place {
    case .web: 12
    case .share: isForeignShare ? 12 : 6
    case .local: 0
    }
  }

  /// Of any other thing.
  var weight: Double {
    if let weight = Self.moniker(relation) { return place == .web ? max(weight, 12) : weight }
    if isForeignShare, relation != "reminder" { return 8 }
    switch relation {
    case "hyperlink": return runsProgram ? 8 : 0
    case "reminder": return 12
    case "oleobject", "frame", "subdocument", "control", "package", "afchunk", "link":
      switch place {
      case .web: return 12
      case .share: return 6
      case .local: return 0
      }
    // Whole texts, where pictures are what web pages have, too.
    case "includetext" where place == .web: return 6
    default: return place == .web || place == .share ? 1 : 0
    }
  }

  /// On a share that is none of the company's own.
  private var isForeignShare: Bool {
    ShareAddress(target.utf8.drop { $0 == 0x22 || $0 == 0x20 })?.isForeign == true
  }

  /// Words for the identifiers of monikers, and for classes of linked objects.
  private static func moniker(_ words: String) -> Double? {
    monikers.first { words.hasPrefix($0.0) }?.1
  }

  private static let monikers: [(String, Double)] = [
    ("script moniker", 12), ("html application", 12), ("url moniker", 8),
    ("composite moniker", 6), ("ole2link", 8), ("objautlink", 6), ("adodb", 6),
    ("file moniker", 0),
  ]

  private var place: Place {
    let web = ["http:", "https:", "ftp:", "mhtml:", "ms-its:", "its:", "script:"]
    // `!` at the end of a link names an object within the page.
    if web.contains(where: target.contains) || target.hasSuffix("!") || isEscaped { return .web }
    let isShare =
      target.hasPrefix("\\\\") || target.hasPrefix("//") || target.contains("file:///\\\\")
    if isShare { return .share }
    guard let start = target.firstRange(of: "file:") else { return .local }
    let rest = target[start.upperBound...].drop { $0 == "/" || $0 == "\\" }
    let slashes = target[start.upperBound...].prefix { $0 == "/" || $0 == "\\" }.count
    // `file:///C:/…` is a disk, `file://server/…` and `file://///server/…` are shares.
    let isDisk = rest.dropFirst().first == ":" || rest.dropFirst().first == "|"
    return isDisk || slashes == 3 || slashes < 2 ? .local : .share
  }

  /// Letters by their numbers, as RTF has them (`\\u-65432?`), where honest targets need none.
  private var isEscaped: Bool {
    var rest = target[...]
    while let mark = rest.firstIndex(of: "\\") {
      rest = rest[rest.index(after: mark)...]
      let next = rest.dropFirst().first
      if rest.first == "u", let next, next == "-" || next.isNumber { return true }
    }
    return false
  }

  private var runsProgram: Bool { Self.programs.contains(where: target.contains) }

  private static let programs = [
    "powershell", "cmd.exe", "cmd /", "cmd%20", "mshta", "wscript", "cscript", "rundll32",
    "regsvr32", "certutil", "search-ms:", "ms-msdt:", "javascript:", "vbscript:", "script:",
    ".exe", ".hta", ".vbs", ".js ", ".jse", ".wsf", ".bat", ".cmd", ".lnk", ".scr", ".msi", ".ps1",
  ]
}

extension String {
  fileprivate func firstRange(of word: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(word) }.map { $0..<index($0, offsetBy: word.count) }
  }
}
