/// Whether a text is a mail or a web page saved as one (MHT): lines of known fields at its beginning.
enum MailWords {
  private static let fields: Set<String> = [
    "from", "to", "subject", "date", "received", "return-path", "message-id", "mime-version",
    "content-type", "content-transfer-encoding", "content-location", "delivered-to", "cc", "sender",
    "reply-to", "x-mailer", "envelope-to", "dkim-signature", "content-disposition",
    "snapshot-content-location", "content-base", "list-id", "importance", "x-priority",
  ]

  static func kind(of words: [UInt8]) -> ArtefactKind? {
    var (seen, at, strange): (Set<String>, Int, Int) = ([], 0, 0)
    while at < words.count {
      let end = words.place(of: [0x0A], in: at..<words.count) ?? words.count
      let line = words[at..<end]
      at = end + 1
      let isBlank = line.allSatisfy(\.isSpace)
      if isBlank, !seen.isEmpty { break }
      guard !isBlank, line.first?.isSpace == false else { continue }
      if let name = name(line), fields.contains(name) {
        seen.insert(name)
      } else if !line.contains(0x3A), !line.starts(with: Array("from ".utf8)) {
        // Word skips junk before the fields; a person's text has "From: …" in it now and then.
        strange += 1
        if strange > 3 { break }
      }
    }
    // An entity of its own may have no other field than what it is.
    if seen == ["content-type"], strange == 0, isDivided(words) { return .mail }
    guard seen.count >= 2 else { return nil }
    let isPersonal = !seen.isDisjoint(with: [
      "received", "to", "return-path", "message-id", "delivered-to",
    ])
    let isWeb = words.place(of: "multipart/related", in: 0..<min(words.count, 4096)) != nil
    if seen.contains("mime-version") || seen.contains("content-type"), isWeb, !isPersonal {
      return .mht
    }
    let isWhole = isPersonal || seen.contains("content-type") || seen.contains("mime-version")
    return isWhole || seen.isSuperset(of: ["from", "subject"]) ? .mail : nil
  }

  /// Where a saved page begins behind the head of something else, such as a PDF: Word looks for it, and runs
  /// the macros that it brings ("MalDoc in PDF", JPCERT/CC 2023).
  static func savedPage(in words: [UInt8]) -> Int? {
    let starts = ["\nmime-version:", "\ncontent-type:"].map {
      words.place(of: $0, in: 0..<words.count)
    }
    guard let first = starts.compactMap(\.self).min(), !starts.contains(nil) else { return nil }
    let isPage = words.place(of: "multipart/related", in: first..<min(words.count, first + 4096))
    return isPage == nil ? nil : first + 1
  }

  /// Whether the header section gives a boundary or the name of a file.
  private static func isDivided(_ words: [UInt8]) -> Bool {
    let end =
      words.place(of: [0x0A, 0x0A], in: 0..<words.count)
      ?? words.place(of: [0x0D, 0x0A, 0x0D, 0x0A], in: 0..<words.count) ?? words.count
    return ["boundary", "name="].contains { words.place(of: $0, in: 0..<end) != nil }
  }

  private static func name(_ line: ArraySlice<UInt8>) -> String? {
    guard let colon = line.firstIndex(of: 0x3A), colon - line.startIndex <= 40 else { return nil }
    let name = line[..<colon]
    guard name.allSatisfy({ $0.isWord || $0 == 0x2D }) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }
}
