import Documents

/// Containers that lie about what they hold, or wrap it so often that nobody would by accident.
struct ContainerCheck: AttachmentCheck {
  /// Archives within one another that honest senders do not reach.
  private static let ordinaryDepth = 4

  func findings(of attachment: Attachment) -> [Finding] {
    var found: [Finding] = []
    for entry in attachment.entries where !entry.isPiece {
      let artefact = entry.artefact
      let path = attachment.path(of: artefact)
      let lies = artefact.defects.filter { Self.lies.contains($0.kind) }
      if let first = lies.first, artefact.kind.risk == .container {
        let evidence = first.detail.isEmpty ? first.kind.rawValue : first.detail
        found.append(Self.contradiction.finding(evidence, at: attachment.place, path: path))
      }
      let isLoop = artefact.has(.containsItself) || artefact.has(.loop)
      if isLoop, !artefact.kinds.allSatisfy(\.isShownAsText) {
        found.append(Self.quine.finding(artefact.name.text, at: attachment.place, path: path))
      }
    }
    let depth = attachment.entries.filter { $0.artefact.kind.risk == .container }.map(\.depth)
      .max()
    if let depth, depth >= Self.ordinaryDepth {
      found.append(Self.nested.finding("\(depth + 1)", at: attachment.place, path: attachment.path))
    }
    return found
  }

  private static let lies: Set<DocumentDefect.Kind> = [
    .zipSeveralDirectories, .zipDisagreement, .zipHiddenEntry, .zipOverlap,
  ]

  private static let contradiction = Remark(
    "archive.contradiction", .attachment, 6,
    ja: "書庫の目次と中身が食い違っています({})。検査と展開で異なるファイルを見せる手口です。",
    en:
      "The archive's list of contents contradicts what it holds ({}): programs will unpack different files."
  )
  private static let quine = Remark(
    "archive.contains-itself", .attachment, 8,
    ja: "自分自身を含む書庫です({})。",
    en: "The archive contains itself ({}).")
  private static let nested = Remark(
    "archive.nested", .attachment, 3,
    ja: "書庫が{}重に入れ子になっています。",
    en: "Archives stand within one another, {} deep.")
}

extension ArtefactKind {
  /// Whether a reader is shown its octets as they are.
  var isShownAsText: Bool {
    switch self {
    case .text, .html, .svg, .mail, .mht, .xml, .json, .csv, .calendar, .contact: true
    default: false
    }
  }
}
