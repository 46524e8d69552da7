/// Words of a text that may be the password of what is attached to it: Japanese offices send it in the
/// same mail or the next one ("PPAP"), and so do those who want no scanner to look inside.
package enum PasswordCandidates {
  /// Characters of a text that are looked at.
  private static let textLimit = 1 << 16
  /// Characters behind a word such as 「パスワード」 in which the password stands.
  private static let reach = 40
  private static let lengths = 3...64

  /// Words that announce a password, in lower case.
  private static let announcing: [[Unicode.Scalar]] = [
    "パスワード", "ﾊﾟｽﾜｰﾄﾞ", "ﾊﾟｽﾜｰﾄ", "パスコード", "ぱすわーど", "解凍", "復号", "暗証", "合言葉", "開封",
    "password", "passcode", "passphrase", "passwd", "pass", "pwd", "pw", "pin", "密码", "密碼", "口令",
    "비밀번호", "contraseña", "senha", "passwort", "kennwort", "mot de passe", "пароль", "key",
  ].map { Array($0.unicodeScalars) }

  private static let quotes: [Unicode.Scalar: Unicode.Scalar] = [
    "「": "」", "『": "』", "\"": "\"", "“": "”", "'": "'", "‘": "’", "【": "】", "[": "]", "<": ">",
    "《": "》",
    "`": "`", "(": ")", "〔": "〕", "［": "］",
  ]

  /// The likeliest first, at most `limit`; each once.
  package static func find(in text: String, limit: Int = 30) -> [String] {
    let scalars = text.unicodeScalars.prefix(textLimit).map(narrowed)
    var found: [String] = []
    func add(_ word: [Unicode.Scalar]) {
      for word in spellings(word) where lengths.contains(word.count) {
        let text = String(String.UnicodeScalarView(word))
        if !isAnnouncing(word), !found.contains(text) { found.append(text) }
      }
    }
    let announced = announcements(scalars)
    for place in announced {
      words(scalars, place..<min(scalars.count, place + reach)).forEach(add)
    }
    quoted(scalars).forEach(add)
    let all = words(scalars, 0..<scalars.count)
    all.filter(isNumber).forEach(add)
    all.filter(isMixed).forEach(add)
    return Array(found.prefix(limit))
  }

  /// Full-width forms as ASCII, as NFKC would have them, in whose other changes no password differs.
  private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
    case 0x3000, 0xA0: " "
    default: scalar
    }
  }

  private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 0x20)) : scalar
  }

  private static let announcementLimit = 50

  /// Places behind the announcing words.
  private static func announcements(_ scalars: [Unicode.Scalar]) -> [Int] {
    var places: [Int] = []
    let low = scalars.map(lowered)
    for index in low.indices where places.count < announcementLimit {
      let word = announcing.first { low[index...].starts(with: $0) }
      guard let word else { continue }
      // "pw" within "upward" announces nothing.
      let isWithin = index > 0 && isLetter(low[index - 1]) && isLetter(low[index])
      let end = index + word.count
      if !isWithin, end >= low.count || !isLetter(low[end]) || !isLetter(word[0]) || word.count > 4
      {
        places.append(end)
      }
    }
    return places
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && UInt8(scalar.value).isLetter
  }

  private static func isAnnouncing(_ word: [Unicode.Scalar]) -> Bool {
    let low = word.map(lowered)
    return announcing.contains(low)
  }

  /// Runs of visible ASCII: what a keyboard types without an input method.
  private static func words(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> [[Unicode.Scalar]]
  {
    scalars[range].split { !(0x21...0x7E).contains($0.value) }.prefix(2000).map { Array($0) }
  }

  private static func quoted(_ scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var (found, at): ([[Unicode.Scalar]], Int) = ([], 0)
    while at < scalars.count, found.count < 30 {
      guard let close = quotes[scalars[at]] else {
        at += 1
        continue
      }
      let rest = scalars[(at + 1)...].prefix(lengths.upperBound + 1)
      if let end = rest.firstIndex(of: close), !rest[..<end].contains("\n") {
        found.append(Array(rest[..<end]))
      }
      at += 1
    }
    return found
  }

  /// With and without the marks that a sentence puts round a word.
  private static func spellings(_ word: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var bare = word[...]
    while let first = bare.first, ":=\"'([<{`".unicodeScalars.contains(first) { bare.removeFirst() }
    let opened = Array(bare)
    while let last = bare.last, ".,;:!?\"')]>}`".unicodeScalars.contains(last) { bare.removeLast() }
    // `PW:abc123`, `pass=abc123`
    let behind = bare.lastIndex { $0 == ":" || $0 == "=" }.map { Array(bare[($0 + 1)...]) } ?? []
    return [behind, Array(bare), opened, word].filter { !$0.isEmpty }
  }

  private static func isNumber(_ word: [Unicode.Scalar]) -> Bool {
    let digits = word.filter { (0x30...0x39).contains($0.value) }
    return (4...12).contains(digits.count) && word.count - digits.count <= 3
  }

  /// Letters and digits together: chosen by a machine, as a rule.
  private static func isMixed(_ word: [Unicode.Scalar]) -> Bool {
    (6...32).contains(word.count) && word.contains(where: isLetter)
      && word.contains { (0x30...0x39).contains($0.value) } && !word.contains("/")
  }
}
