import Mail

/// What the parser left unread at a bound: nobody can say what stands there, so the message is held.
struct UnreadCheck: MessageCheck {
  func findings(of specimen: Specimen) -> [Finding] {
    var counted: Set<Defect.Kind> = []
    return specimen.message.defects.compactMap { defect in
      guard defect.kind.isLimit, counted.insert(defect.kind).inserted else { return nil }
      let place = specimen.place(defect.place)
      // Other readings that were not made are of a message whose first readings were; many defects leave
      // nothing unread at all.
      switch defect.kind {
      case .limitDefects: return Self.many.finding(defect.kind.rawValue, at: place)
      case .limitReadings: return Self.readings.finding(defect.kind.rawValue, at: place)
      default: return Self.unread.finding(defect.kind.rawValue, at: place)
      }
    }
  }

  private static let unread = Remark(
    "format.unread", .unread, 6,
    ja: "メールの構造が検査の上限({})を超え、一部を検査できていません。",
    en: "The message goes beyond what is inspected ({}); a part of it is not inspected.")
  private static let readings = Remark(
    "format.too-ambiguous", .unread, 6,
    ja: "読み方が曖昧な箇所が多すぎ、すべての読み方を検査できていません。",
    en: "So much of the message can be read in several ways that not every reading is inspected.")
  private static let many = Remark(
    "format.many-defects", .format, 3,
    ja: "形式上の誤りが異常に多いメールです。",
    en: "The message has an extraordinary number of errors of form.")
}
