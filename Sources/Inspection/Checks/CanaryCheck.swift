import Mail

/// Finds the texts that filters are tried out with (`TestTexts`).
struct CanaryCheck: ContentCheck {
  func findings(of item: Item) -> [Finding] {
    let octets = Self.narrow(item.octets)
    var found: [Finding] = []
    // The test file begins with its text; a mail that quotes it within a line is no test.
    if Self.stands(TestTexts.eicar, in: octets, atLineStart: true) {
      found.append(Self.malware.finding("EICAR", at: item.place, path: item.path))
    }
    if Self.stands(TestTexts.gtube, in: octets, atLineStart: false) {
      found.append(Self.spam.finding("GTUBE", at: item.place, path: item.path))
    }
    return found
  }

  /// UTF-16 text as its ASCII octets.
  private static func narrow(_ octets: [UInt8]) -> [UInt8] {
    let isWide = octets.starts(with: [0xFF, 0xFE]) || octets.starts(with: [0xFE, 0xFF])
    return isWide ? octets.dropFirst(2).filter { $0 != 0 } : octets
  }

  private static func stands(
    _ wanted: [UInt8], in octets: [UInt8], atLineStart: Bool
  ) -> Bool {
    octets.places(of: wanted).contains { place in
      guard atLineStart else { return true }
      let line = octets[..<place].reversed().prefix { $0 != 0x0A && $0 != 0x0D }
      return line.count <= lineStartLimit && line.allSatisfy(isUnseen)
    }
  }

  /// Blanks and a byte order mark before the text.
  private static let lineStartLimit = 128
  private static func isUnseen(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0 || byte == 0xEF || byte == 0xBB || byte == 0xBF
  }

  private static let malware = Remark(
    "malware.eicar", .malware, 20,
    ja: "ウイルス対策の動作確認用ファイル(EICAR)が含まれています。",
    en: "This holds the EICAR file, with which virus scanners are tried out.")
  private static let spam = Remark(
    "spam.gtube", .spam, 20,
    ja: "迷惑メール対策の動作確認用文字列(GTUBE)が含まれています。",
    en: "This holds the GTUBE text, with which spam filters are tried out.")
}
