import Documents
import Mail

/// Invitations to meetings (RFC 5545): calendars take them in by themselves and act on what is in them.
struct CalendarCheck: ContentCheck {
  /// Octets that are looked at.
  private static let sizeLimit = 8 << 20

  func findings(of item: Item) -> [Finding] {
    guard item.isKind(.calendar) else { return [] }
    var found: [Finding] = []
    for line in CalendarLines(item.octets, limit: Self.sizeLimit) where Self.mayMatter(line) {
      let plain = CalendarLines.unfolded(line)
      guard let remark = Self.remark(plain) else { continue }
      let shown = String(decoding: plain.prefix(Finding.evidenceLimit), as: UTF8.self)
      found.append(remark.finding(shown, at: item.place, path: item.path))
      if found.count == FindingList.perRuleLimit { break }
    }
    let text = CalendarText(item.octets)
    found += Self.pages(text, item)
    if item.octets.count > Self.sizeLimit || text.isCut {
      found.append(Self.unread.finding(at: item.place, path: item.path))
    }
    return found
  }

  /// Descriptions in HTML are shown as a message's own text is.
  private static func pages(_ text: CalendarText, _ item: Item) -> [Finding] {
    text.pages.flatMap { page in
      MarkupCheck().findings(
        of: Item(
          octets: Array(page.utf8), kinds: [.html], path: item.path, place: item.place,
          isBody: true, suffix: "", declaredType: nil))
    }
  }

  /// ACTION, ATTACH, X-…: a hostile calendar has hundreds of thousands of others.
  private static func mayMatter(_ line: ArraySlice<UInt8>) -> Bool {
    line.first.map { $0 | 0x20 == 0x61 || $0 | 0x20 == 0x78 } ?? false
  }

  /// Of a line that is unfolded (§3.1).
  private static func remark(_ line: [UInt8]) -> Remark? {
    let upper = line.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
    if upper.starts(with: Words.action), upper.ends(with: Words.procedure) { return procedure }
    let isFile = upper.starts(with: Words.attach)
    guard isFile || upper.starts(with: Words.own) else { return nil }
    if Words.shares.contains(where: { upper.firstPlace(of: $0) != nil }) { return share }
    return isFile && Words.suffixes.contains(where: upper.ends) ? file : nil
  }

  /// What lines begin with, have and end with.
  private enum Words {
    static let (action, procedure) = (Array("ACTION".utf8), Array(":PROCEDURE".utf8))
    static let (attach, own) = (Array("ATTACH".utf8), Array("X-".utf8))
    static let shares = [":\\\\", ":FILE:"].map { Array($0.utf8) }
    static let suffixes = [
      ".EXE", ".LNK", ".HTA", ".JS", ".VBS", ".ISO", ".IMG", ".ZIP", ".SCR", ".MSI",
    ].map { Array($0.utf8) }
  }

  private static let unread = Remark(
    "calendar.unread", .unread, 6,
    ja: "予定のファイルが検査の上限を超え、一部を検査できていません。",
    en: "The calendar goes beyond what is inspected; a part of it is not inspected.")
  private static let procedure = Remark(
    "calendar.procedure", .attachment, 10,
    ja: "予定の通知がプログラムを起動しようとします({})。",
    en: "The invitation's alarm wants to start a program ({}).")
  private static let share = Remark(
    "calendar.share", .attachment, 8,
    ja: "予定がほかのコンピューター上のファイルを参照し、パスワード情報が漏れるおそれがあります({})。",
    en:
      "The invitation points to a file on another computer, which gives away the reader's login ({})."
  )
  private static let file = Remark(
    "calendar.file", .attachment, 6,
    ja: "予定に危険な種類のファイルへのリンクがあります({})。",
    en: "The invitation links to a file of a dangerous kind ({}).")
}

extension [UInt8] {
  fileprivate func ends(with word: [UInt8]) -> Bool {
    suffix(word.count).elementsEqual(word)
  }
}
