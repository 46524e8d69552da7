import Mail

/// What octets are by their words: mark-up, scripts, the small text files that lead a shell astray.
///
/// Programs that open such files are lenient (a browser skips junk, `mshta` any junk at all), and so is
/// this: words count wherever those programs would find them.
struct TextWords {
  /// Octets from the beginning that are looked at for words.
  static let sampleSize = 1 << 14

  /// Lower case, the mark of the byte order gone; of a text in UTF-16 or UTF-7 what it is decoded to.
  let head: [UInt8]
  /// The same of what looks like such a text in a part and is none.
  private let decoded: [UInt8]
  private let tail: [UInt8]
  /// Nothing in its beginning is what text does not have.
  let isText: Bool

  init(_ octets: [UInt8]) {
    let sample = octets.count > Self.sampleSize ? Array(octets.prefix(Self.sampleSize)) : octets
    let plain = MarkupEncoding.plain(sample)
    let (words, isDecoded) = (Self.words(plain), plain != sample)
    // Half surrogates: what looked like UTF-16 is something else.
    let isGarbled = isDecoded && words.place(of: [0xEF, 0xBF, 0xBD], in: 0..<Self.textSize) != nil
    isText =
      !isGarbled
      && !words.prefix(Self.textSize).contains {
        $0 < 0x20 && !$0.isSpace && $0 != 0x1B && $0 != 0x1A
      }
    head = isText || !isDecoded ? words : Self.words(sample)
    decoded = isText || !isDecoded ? [] : words
    let rest = octets.dropFirst(Self.sampleSize).suffix(Identification.tailSize)
    tail = isText ? [] : rest.map(\.lowered)
  }

  /// Octets that must be text for the whole to be text.
  private static let textSize = 4096

  private static func words(_ octets: [UInt8]) -> [UInt8] {
    let start = octets.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return octets[start...].map(\.lowered)
  }

  /// The kinds that words show. Where fixed octets have said already what it is, only mark-up counts:
  /// it is what programs look for in anything.
  func kinds(isAlone: Bool) -> [ArtefactKind] {
    guard isAlone, isText else {
      let isSavedPage = [head, decoded].contains { MailWords.savedPage(in: $0) != nil }
      return hiddenMarkup(isAlone: isAlone) + (isSavedPage ? [.mht] : [])
    }
    if let kind = firstLine { return [kind] }
    if let kind = MailWords.kind(of: head) { return [kind] }
    let markup = MarkupWords.kinds(of: head)
    if !markup.isEmpty { return markup }
    if let kind = settingsFile { return [kind] }
    return ScriptWords.kinds(of: head)
  }

  /// Mark-up in what is no text: at the beginning, or behind everything else.
  private func hiddenMarkup(isAlone: Bool) -> [ArtefactKind] {
    let starts = [head, decoded].map { Array($0.prefix(Identification.headSize)) }
    for start in starts {
      let found = MarkupWords.kinds(of: start).filter { $0 != .xml && $0 != .html || isAlone }
      if !found.isEmpty { return found }
    }
    let places = starts + [tail]
    if places.contains(where: { $0.place(of: "<hta:application", in: 0..<$0.count) != nil }) {
      return [.htmlApplication]
    }
    let words = ["<script", "<html", "<!doctype html", "<iframe"]
    let isHTML = words.contains { word in
      places.contains { $0.place(of: word, in: 0..<$0.count) != nil }
    }
    return isHTML ? [.html] : []
  }

  /// What the very first words decide.
  private var firstLine: ArtefactKind? {
    let line = head.prefix(200).prefix { $0 != 0x0A && $0 != 0x0D }
    if line.starts(with: Array("#!".utf8)) { return interpreter(Array(line)) }
    let firsts: [(String, ArtefactKind)] = [
      ("<?php", .phpScript), ("id;p", .symbolicLink), ("begin:vcalendar", .calendar),
      ("begin:vcard", .contact), ("windows registry editor", .registry), ("regedit4", .registry),
      ("=ybegin ", .yEncoded), ("(this file must be converted with binhex", .binHex),
    ]
    for (text, kind) in firsts where line.starts(with: Array(text.utf8)) { return kind }
    if line.elementsEqual("web".utf8), head.place(of: "http", in: 0..<min(200, head.count)) != nil {
      return .webQuery
    }
    let isUuencoded =
      line.starts(with: Array("begin ".utf8)) && line.dropFirst(6).prefix(3).allSatisfy(\.isDigit)
    return isUuencoded || line.starts(with: Array("begin-base64 ".utf8)) ? .uuencoded : nil
  }

  private func interpreter(_ line: [UInt8]) -> ArtefactKind {
    let known: [(String, ArtefactKind)] = [
      ("python", .pythonScript), ("perl", .perlScript), ("node", .javaScript), ("php", .phpScript),
      ("osascript", .appleScript), ("pwsh", .powerShell),
    ]
    return known.first { line.place(of: $0.0, in: 0..<line.count) != nil }?.1 ?? .shellScript
  }

  /// Files of sections and keys that a shell acts upon.
  private var settingsFile: ArtefactKind? {
    let start = 0..<min(head.count, 4096)
    func has(_ text: String) -> Bool { head.place(of: text, in: start) != nil }
    if has("[internetshortcut"), has("url=") { return .internetShortcut }
    if has("[shell]"), has("iconfile=") || has("command=") { return .shellCommand }
    if has("[desktop entry]") { return .desktopEntry }
    if has("full address:s:") { return .remoteDesktop }
    let signatures = ["signature=\"$", "signature = \"$", "signature=$", "signature = $"]
    if has("[version]"), signatures.contains(where: has) { return .setupInformation }
    return nil
  }
}
