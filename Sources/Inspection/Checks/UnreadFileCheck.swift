import Documents

/// What could not be read of an attachment: behind a bound, damaged, or of a method nobody knows. It is
/// told once for each bound; what nobody looked into is held.
struct UnreadFileCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    var told: Set<DocumentDefect.Kind> = []
    var found: [Finding] = []
    for entry in attachment.entries {
      let (artefact, depth) = (entry.artefact, entry.depth)
      if !entry.isPiece, Self.isUnknownArchive(artefact), told.insert(.formatUnknown).inserted {
        found.append(
          Self.damaged.finding(
            artefact.name.text, at: attachment.place, path: attachment.path(of: artefact)))
      }
      for defect in artefact.defects where defect.kind.leavesUnread {
        guard told.insert(defect.kind).inserted else { continue }
        // A picture or text that ends early shows what it has; a container hides what it holds.
        guard defect.kind.isLimit || Self.holdsFiles(artefact) || Self.hides(artefact, defect)
        else {
          continue
        }
        guard !(attachment.isBody && depth == 0 && !defect.kind.isLimit) else { continue }
        let remark = defect.kind.isLimit ? Self.bound : Self.damaged
        found.append(
          remark.finding(
            "\(defect.kind.rawValue) \(artefact.name.text)", at: attachment.place,
            path: attachment.path(of: artefact)))
      }
    }
    return found
  }

  private static func holdsFiles(_ artefact: Artefact) -> Bool {
    artefact.kinds.contains { $0.risk == .container || DiskImageCheck.isImage($0) }
  }

  /// By its name an archive or disk, by its content nothing that anybody here knows.
  private static func isUnknownArchive(_ artefact: Artefact) -> Bool {
    let risk = artefact.nameFacts.risk
    let isFirstPart =
      firstParts.contains(artefact.nameFacts.suffix) && artefact.size < firstPartSize
    return (artefact.kind == .unknown || isFirstPart && artefact.kind == .text) && artefact.isRead
      && (risk == .container || risk == .diskImage)
  }

  /// Of a file cut into pieces, which 7-Zip puts together: a first piece that is shorter than the mark of any
  /// archive looks like text.
  private static let firstParts: Set<String> = ["001", "01", "0001"]
  private static let firstPartSize = 16

  /// A document packed so that we can't follow, where its own program may.
  private static func hides(_ artefact: Artefact, _ defect: DocumentDefect) -> Bool {
    defect.kind == .formatUnknown
      || defect.kind == .methodUnknown && artefact.kind.risk == .document
  }

  private static let bound = Remark(
    "file.unread", .unread, 6,
    ja: "添付ファイルが検査の上限を超え({})、一部を検査できていません。",
    en: "The attachment goes beyond what is inspected ({}); a part of it is not inspected.")
  private static let damaged = Remark(
    "file.damaged", .unread, 3,
    ja: "添付ファイルが壊れているか未知の形式のため({})、中身をすべては検査できません。",
    en: "The attachment is damaged or of an unknown form ({}); not all of it could be inspected.")
}
