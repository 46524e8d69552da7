import Documents

/// Encrypted archives and documents: what is in them can't be looked into, so they are held until somebody
/// gives the password. Names that can be seen all the same are judged.
struct EncryptionCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    attachment.artefacts.flatMap { artefact, _ -> [Finding] in
      let path = attachment.path(of: artefact)
      let locked = Self.locked(artefact)
      var found: [Finding] = []
      if let locked {
        found.append(Self.encrypted.finding(locked, at: attachment.place, path: path))
      }
      if artefact.has(.openedWithPassword) {
        found.append(Self.opened.finding(artefact.name.text, at: attachment.place, path: path))
      }
      let risky = artefact.children.first {
        !$0.isRead && $0.has(.encrypted) && $0.nameFacts.risk >= .shortcut
      }
      if let risky {
        found.append(Self.riskyName.finding(risky.name.text, at: attachment.place, path: path))
      }
      return found
    }
  }

  /// The name of what is locked: the artefact itself or an entry that could not be read.
  private static func locked(_ artefact: Artefact) -> String? {
    if artefact.kind == .encryptedOffice || (artefact.has(.encrypted) && artefact.children.isEmpty)
    {
      return artefact.isRead ? artefact.name.text : nil
    }
    return artefact.children.first { $0.has(.encrypted) && !$0.isRead }?.name.text
  }

  private static let encrypted = Remark(
    "archive.encrypted", .unread, 4,
    ja: "暗号化されているため中身を検査できません({})。",
    en: "It is encrypted and can't be looked into ({}).")
  private static let opened = Remark(
    "archive.password-in-mail", .attachment, 3,
    ja: "本文に書かれたパスワードで開ける暗号化ファイルです({})。",
    en: "An encrypted file whose password stands in the mail ({}).")
  private static let riskyName = Remark(
    "archive.encrypted-program", .attachment, 12,
    ja: "暗号化された書庫の中に、開くと動作するファイル({})が入っています。",
    en: "There is a file that runs when opened within an encrypted archive ({}).")
}
