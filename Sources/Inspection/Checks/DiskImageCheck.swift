import Documents

/// Images of disks. What is opened from one has lost the mark that it came from the internet, and Windows
/// asks nobody; honest people do not mail them.
struct DiskImageCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    attachment.entries.compactMap { entry in
      let (artefact, depth) = (entry.artefact, entry.depth)
      guard !(attachment.isBody && depth == 0), artefact.kinds.contains(where: Self.isImage) else {
        return nil
      }
      let inner = artefact.all.dropFirst().first {
        $0.kind.risk == .active || $0.nameFacts.risk >= .shortcut
      }
      let path = attachment.path(of: artefact)
      if let inner {
        return Self.active.finding(inner.name.text, at: attachment.place, path: path)
      }
      return Self.image.finding(artefact.name.text, at: attachment.place, path: path)
    }
  }

  static func isImage(_ kind: ArtefactKind) -> Bool {
    switch kind {
    case .iso9660, .udf, .diskImage, .vhd, .vhdx, .vmdk, .dmg, .fat, .ntfs: true
    default: false
    }
  }

  private static let active = Remark(
    "container.disk-image-active", .attachment, 14,
    ja: "ディスクイメージの中に、開くと動作するファイル({})が入っています。警告を避けてマルウェアを実行させる手口です。",
    en: "A disk image holds a file that runs when opened ({}): a way around the system's warning.")
  private static let image = Remark(
    "container.disk-image", .attachment, 6,
    ja: "ディスクイメージ({})が添付されています。",
    en: "An image of a disk is attached ({}).")
}
