import Documents
import Mail

/// Small files that programs follow as soon as they see them: play lists, contacts, a folder's settings,
/// themes. Pages, documents, shortcuts and invitations are looked into elsewhere.
struct ShareCheck: ContentCheck {
  /// Octets that are looked at, and addresses in them.
  private static let (sizeLimit, addressLimit) = (1 << 20, 2000)

  func findings(of item: Item) -> [Finding] {
    guard !item.isBody, Self.suffixes.contains(item.suffix) || item.isKind(.contact) else {
      return []
    }
    let octets = MarkupEncoding.plain(Array(item.octets.prefix(Self.sizeLimit)))
    let words = octets.map(\.lowered)
    for mark in Self.marks {
      for place in words.places(of: mark, limit: Self.addressLimit) {
        let rest = octets[place...].prefix(ShareAddress.sizeLimit)
        guard ShareAddress(rest)?.isForeign == true else { continue }
        let line = rest.prefix { $0 >= 0x20 && $0 != 0x22 }.prefix(Finding.evidenceLimit)
        let shown = String(decoding: line, as: UTF8.self)
        return [Self.share.finding(shown, at: item.place, path: item.path)]
      }
    }
    return []
  }

  private static let marks = ["\\\\", "file:"].map { Array($0.utf8) }

  private static let suffixes: Set<String> = [
    "m3u", "m3u8", "pls", "asx", "wax", "wvx", "wmx", "xspf", "ini", "vcf", "contact", "theme",
    "inf", "application",
  ]

  private static let share = Remark(
    "file.share", .attachment, 8,
    ja: "開くと外部のコンピューター({})に接続し、パスワード情報が漏れるおそれがあります。",
    en: "It leads to a computer elsewhere ({}) when opened, which gives away the reader's login.")
}
