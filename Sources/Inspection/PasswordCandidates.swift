/// Words of a message that may be the password of its attachment: what stands behind 「パスワード」 and its
/// like, in quotes, and numbers. Attackers write it down so that filters can't follow; in Japan many
/// companies do the same (PPAP).
package struct PasswordCandidates {
  /// The likeliest first, none twice.
  package private(set) var words: [String] = []
  /// Whether the texts speak of a password at all; numbers alone stand in every mail.
  private(set) var speaksOfPassword = false

  /// What is worth remembering for other mail.
  package var told: [String] { speaksOfPassword ? words : [] }

  /// `Budgets.passwords` are tried at most.
  package static let limit = 30
  /// Characters behind a key word in which the password is looked for.
  private static let reach = 60
  private static let lengths = 3...lengthLimit
  package static let lengthLimit = 64
  /// Characters of text that are looked at, and key words in them.
  private static let sizeLimit = 200_000
  private static let keyLimit = 50

  package init(_ texts: [String]) {
    let lines = texts.map(Self.plain)
    for text in lines { addBehindKeys(text) }
    for text in lines { addNumbers(text) }
    if speaksOfPassword { for text in lines { addMixed(text) } }
  }

  /// Words of letters and digits that stand on a line of their own: what a password mail consists of.
  private mutating func addMixed(_ text: [Unicode.Scalar]) {
    for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r" }).prefix(Self.lineLimit) {
      let words = line.split { !Self.isPassword($0) }.prefix(2).map { Array($0) }
      guard words.count == 1, let word = words.first, (4...32).contains(word.count),
        word.contains(where: { $0.properties.isAlphabetic }), !word.contains("@"),
        !word.contains("/"), word.count == line.filter({ $0 != " " }).count
      else { continue }
      add(String(String.UnicodeScalarView(word)))
    }
  }

  /// Lines that are looked at for that.
  private static let lineLimit = 500

  /// Full-width letters and digits as people type them.
  private static func plain(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.prefix(sizeLimit).map { scalar in
      switch scalar.value {
      case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
      case 0x3000: " "
      default: scalar
      }
    }
  }

  private static let keys: [[Unicode.Scalar]] = [
    "パスワード", "ﾊﾟｽﾜｰﾄﾞ", "パスコード", "暗証", "解凍", "pass", "pw", "pwd", "kennwort", "senha",
    "contraseña", "mot de passe", "密码", "密碼", "암호", "비밀번호",
  ].map { Array($0.unicodeScalars) }

  private mutating func addBehindKeys(_ text: [Unicode.Scalar]) {
    let folded = text.map(Self.folded)
    let firsts = Set(Self.keys.map { $0[0] })
    var (at, found) = (0, 0)
    while at < folded.count, found < Self.keyLimit, words.count < Self.limit {
      guard firsts.contains(folded[at]),
        let key = Self.keys.first(where: { folded[at...].starts(with: $0) })
      else {
        at += 1
        continue
      }
      found += 1
      speaksOfPassword = true
      at += key.count
      let near = text[at...].prefix(Self.reach)
      if let word = Self.quoted(near) { add(word) }
      for word in Self.words(near) { add(word) }
    }
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    (0x41...0x5A).contains(scalar.value)
      ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
  }

  /// Runs of what passwords are made of; the key word's own rest (`word`, `code`) is none, and of
  /// `word:abc123` what follows it.
  private static func words(_ text: ArraySlice<Unicode.Scalar>) -> [String] {
    var pieces = text.split { !isPassword($0) }.map { String(String.UnicodeScalarView($0)) }
    if let first = pieces.first, let mark = first.firstIndex(where: { $0 == ":" || $0 == "=" }) {
      pieces.insert(String(first[first.index(after: mark)...]), at: 0)
    }
    let bare = pieces.map { trimmed($0) }.filter { lengths.contains($0.count) }
    return Array(bare.filter { !fillers.contains($0.lowercased()) }.prefix(4))
  }

  /// What stands in the first quotes, blanks and letters of any script with it.
  private static func quoted(_ text: ArraySlice<Unicode.Scalar>) -> String? {
    guard let start = text.firstIndex(where: { quotes[$0] != nil }), let close = quotes[text[start]]
    else { return nil }
    let rest = text[(start + 1)...]
    guard let end = rest.firstIndex(of: close), lengths.contains(end - start - 1),
      !rest[..<end].contains("\n")
    else { return nil }
    return String(String.UnicodeScalarView(rest[..<end]))
  }

  private static let quotes: [Unicode.Scalar: Unicode.Scalar] = [
    "「": "」", "『": "』", "【": "】", "《": "》", "“": "”", "\"": "\"", "'": "'", "`": "`",
  ]

  private static let fillers: Set<String> = [
    "word", "code", "phrase", "password", "passcode", "the", "for", "is", "zip", "file", "and",
    "this", "your", "attached", "archive", "below",
  ]

  /// Printable ASCII without blanks, quotes and brackets.
  private static func isPassword(_ scalar: Unicode.Scalar) -> Bool {
    (0x21...0x7E).contains(scalar.value) && !["\"", "'", "`", "<", ">", "(", ")"].contains(scalar)
  }

  /// Without the marks that lead to it and end the sentence.
  private static func trimmed(_ word: String) -> String {
    let start = word.drop { ":=-,;.[{".contains($0) }
    return String(start.reversed().drop { ".,;:]}".contains($0) }.reversed())
  }

  /// 4 to 12 digits that stand alone: dates, telephone extensions, order numbers.
  private mutating func addNumbers(_ text: [Unicode.Scalar]) {
    var start: Int?
    for index in 0...text.count {
      let isDigit = index < text.count && (0x30...0x39).contains(text[index].value)
      if isDigit {
        start = start ?? index
      } else if let first = start {
        if (4...12).contains(index - first) {
          add(String(String.UnicodeScalarView(text[first..<index])))
        }
        start = nil
      }
      if words.count >= Self.limit { return }
    }
  }

  private mutating func add(_ word: String) {
    guard words.count < Self.limit, !words.contains(word) else { return }
    words.append(word)
  }
}
