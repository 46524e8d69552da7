import Documents

/// Invitations to meetings (RFC 5545): calendars take them in by themselves and act on what is in them.
struct CalendarCheck: ContentCheck {
  /// Octets that are looked at.
  private static let sizeLimit = 8 << 20

  func findings(of item: Item) -> [Finding] {
    guard item.isKind(.calendar) else { return [] }
    var found: [Finding] = []
    for line in Self.lines(item.octets.prefix(Self.sizeLimit)) {
      guard let remark = Self.remark(line) else { continue }
      found.append(remark.finding(line, at: item.place, path: item.path))
      if found.count == FindingList.perRuleLimit { break }
    }
    if item.octets.count > Self.sizeLimit {
      found.append(Self.unread.finding(at: item.place, path: item.path))
    }
    return found
  }

  /// Lines unfolded (§3.1), each cut at what evidence can show.
  private static func lines(_ octets: ArraySlice<UInt8>) -> [String] {
    var lines: [[UInt8]] = []
    for line in octets.split(separator: 0x0A) {
      let text = line.last == 0x0D ? line.dropLast() : line
      if text.first == 0x20 || text.first == 0x09, var last = lines.popLast() {
        if last.count < Finding.evidenceLimit { last += text.dropFirst() }
        lines.append(last)
      } else {
        lines.append(Array(text.prefix(Finding.evidenceLimit)))
      }
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func remark(_ line: String) -> Remark? {
    let upper = line.uppercased()
    if upper.hasPrefix("ACTION"), upper.hasSuffix(":PROCEDURE") { return procedure }
    guard upper.hasPrefix("ATTACH") || upper.hasPrefix("X-") else { return nil }
    if upper.contains(":\\\\") || upper.contains(":FILE:") { return share }
    let suffixes = [".EXE", ".LNK", ".HTA", ".JS", ".VBS", ".ISO", ".IMG", ".ZIP", ".SCR", ".MSI"]
    return upper.hasPrefix("ATTACH") && suffixes.contains(where: upper.hasSuffix) ? file : nil
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
