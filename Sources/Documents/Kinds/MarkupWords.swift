/// Which mark-up language a text is in, by the elements it has.
enum MarkupWords {
  /// Elements and what they make of a text, the more telling first.
  private static let elementWords: [(String, ArtefactKind)] = [
    ("<hta:application", .htmlApplication), ("<scriptlet", .windowsScript),
    ("<msxsl:script", .windowsScript), ("<ms:script", .windowsScript),
    ("urn:schemas-microsoft-com:xslt", .windowsScript),
    ("<librarydescription", .library), ("<searchconnectordescription", .library),
    ("<persistedquery", .savedSearch), ("<jnlp", .javaLauncher), ("<pcsettings", .settingContent),
    ("<searchablecontent", .settingContent), ("<appinstaller", .appInstaller),
    ("progid=\"word.document\"", .wordXML), ("<w:worddocument", .wordXML),
    ("progid=\"excel.sheet\"", .sheetXML),
    ("urn:schemas-microsoft-com:office:spreadsheet", .sheetXML),
    ("<pkg:package", .packageXML), ("<svg", .svg), ("www.w3.org/2000/svg", .svg),
  ]
  private static let elements: [(octets: [UInt8], kind: ArtefactKind)] = elementWords.map {
    (octets: Array($0.0.utf8), kind: $0.1)
  }

  /// Elements that only HTML has; one of them is enough for a browser.
  private static let html = [
    "<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<meta ", "<form", "<table",
    "<img ", "<a href", "<div", "<title", "<p>", "<br>", "<br/>", "<br />", "<span", "<style",
    "<frameset", "<object", "<embed", "<base ", "<link ", "<font",
  ].map { Array($0.utf8) }

  static func kinds(of words: [UInt8]) -> [ArtefactKind] {
    guard let first = words.place(of: [0x3C], in: 0..<words.count) else { return [] }
    let pairs = LetterPairs(words)
    func has(_ text: String) -> Bool { pairs.has(Array(text.utf8), from: first) }
    if let kind = elements.first(where: { pairs.has($0.octets, from: first) })?.kind {
      return kind == .svg && has("<html") ? [.html, .svg] : [kind]
    }
    if has("<script"), has("<job") || has("<package") || has("<component") || has("<?xml") {
      if !has("<html"), !has("<body") { return [.windowsScript] }
    }
    // Projects whose code the build compiles and runs.
    if has("<usingtask"), has("codetaskfactory") { return [.windowsScript] }
    if has("<assembly"), has("<deployment") { return [.clickOnce] }
    if words.has("<?xml", at: first), onlyBlank(before: first, words) {
      return has("<html") || has("<script") ? [.html] : [.xml]
    }
    return html.contains { pairs.has($0, from: first) } ? [.html] : []
  }

  private static func onlyBlank(before place: Int, _ words: [UInt8]) -> Bool {
    words[..<place].allSatisfy(\.isSpace)
  }
}
