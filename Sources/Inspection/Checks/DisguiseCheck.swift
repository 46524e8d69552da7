import Documents

/// Files that are not what they pose as: by name or declared type one thing, by content another, or two
/// things at once.
struct DisguiseCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    attachment.entries.flatMap { entry -> [Finding] in
      let (artefact, depth) = (entry.artefact, entry.depth)
      guard !(attachment.isBody && depth == 0) else { return [] }
      let path = attachment.path(of: artefact)
      return artefact.facts.compactMap { fact in
        guard let remark = Self.remark(fact.kind), Self.isCurrent(fact, artefact) else {
          return nil
        }
        let weight = Self.weight(fact.kind, artefact)
        return remark.finding(fact.detail, at: attachment.place, path: path, weight: weight)
      }
    }
  }

  /// What a container turned out to be may fit its name after all: a zip that is a document.
  private static func isCurrent(_ fact: ArtefactFact, _ artefact: Artefact) -> Bool {
    fact.kind != .disguised || fact.detail.hasPrefix(artefact.kind.rawValue + " ")
  }

  private static func remark(_ fact: ArtefactFact.Kind) -> Remark? {
    switch fact {
    case .disguised: disguised
    case .polyglot: polyglot
    default: nil
    }
  }

  private static func weight(_ fact: ArtefactFact.Kind, _ artefact: Artefact) -> Double {
    let isActive = artefact.kinds.contains { $0.risk == .active }
    switch fact {
    case .disguised: return isActive ? 10 : 4
    default: return isActive ? 8 : 3
    }
  }

  private static let disguised = Remark(
    "file.disguised", .attachment, 4,
    ja: "ファイルの中身が名前や種類の表示と異なります({})。",
    en: "The file is not what its name or type says ({}).")
  private static let polyglot = Remark(
    "file.polyglot", .attachment, 3,
    ja: "一つのファイルが複数の形式として読めます({})。検査を逃れる手口です。",
    en: "One file can be read as several kinds ({}): a way around filters.")
}
