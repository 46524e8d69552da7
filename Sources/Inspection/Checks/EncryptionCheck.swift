import Documents

/// Encrypted archives and documents: what is in them can't be looked into, so they are held until somebody
/// gives the password. Names that can be seen all the same are judged.
struct EncryptionCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    attachment.entries.flatMap { entry -> [Finding] in
      let artefact = entry.artefact
      let path = attachment.path(of: artefact)
      let locked = Self.locked(artefact)
      var found: [Finding] = []
      if let locked {
        found.append(
          Self.remark(artefact).finding(locked, at: attachment.place, path: path))
      }
      for fact in artefact.facts where fact.kind == .openedWithPassword {
        let remark = Self.opened[PasswordOrigin(rawValue: fact.detail) ?? .mail] ?? Self.toldHere
        let isProtection = remark.rule == Self.ownPassword.rule && artefact.kind != .encryptedOffice
        found.append(
          remark.finding(
            artefact.name.text, at: attachment.place, path: path,
            weight: isProtection ? Self.protection : remark.weight))
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

  private static func remark(_ artefact: Artefact) -> Remark {
    switch artefact.kind {
    // Most PDFs that are encrypted open without a password; the rest ask for one themselves.
    case .pdf: acts(artefact) ? activePDF : encryptedPDF
    case .signature: encryptedMail
    default:
      if !opens(artefact) {
        untriable
      } else if says(artefact, ArtefactFact.untried) {
        untried
      } else {
        encrypted
      }
    }
  }

  /// The name of what is locked: an entry that could not be read, or the artefact itself.
  private static func locked(_ artefact: Artefact) -> String? {
    if let entry = artefact.children.first(where: { $0.has(.encrypted) && !$0.isRead }) {
      return entry.name.text
    }
    // A PDF says that it is encrypted when it was opened, too; of everything else something stayed locked.
    let isReadable = artefact.kind == .pdf && artefact.has(.openedWithPassword)
    return artefact.has(.encrypted) && artefact.isRead && !isReadable ? artefact.name.text : nil
  }

  /// Whether a PDF, by the names that encryption leaves to be seen, holds what acts.
  private static func acts(_ pdf: Artefact) -> Bool {
    [ArtefactFact.Kind.pdfJavaScript, .pdfLaunch, .pdfEmbeddedFile, .pdfRichMedia].contains {
      pdf.has($0)
    }
  }

  private static let openedKinds: Set<ArtefactKind> = [
    .zip, .sevenZip, .rar, .encryptedOffice, .wordBinary, .sheetBinary, .slidesBinary,
  ]

  /// Whether passwords are tried on what is of this kind.
  private static func opens(_ artefact: Artefact) -> Bool {
    !artefact.kinds.contains(.openDocument) && artefact.kinds.contains(where: openedKinds.contains)
      && ![ArtefactFact.unknownCipher, ArtefactFact.severalVolumes].contains {
        says(artefact, $0)
      }
  }

  private static func says(_ artefact: Artefact, _ detail: String) -> Bool {
    artefact.facts.contains(ArtefactFact(.encrypted, detail))
  }

  private static let untriable = Remark(
    encrypted.rule, encrypted.kind, encrypted.weight,
    ja: "暗号化されているため中身を検査できません({})。この形式では、パスワードがあってもここでは開けません。",
    en:
      "It is encrypted and can't be looked into ({}); passwords can't be tried here on files of this kind."
  )
  private static let untried = Remark(
    encrypted.rule, encrypted.kind, encrypted.weight,
    ja: "暗号化されているため中身を検査できません({})。手間がかかりすぎるため、パスワードの候補をすべては試していません。",
    en:
      "It is encrypted and can't be looked into ({}); not all passwords were tried, since each takes long."
  )
  private static let encrypted = Remark(
    "archive.encrypted", .unread, 4,
    ja: "暗号化されているため中身を検査できません({})。",
    en: "It is encrypted and can't be looked into ({}).")
  private static let encryptedPDF = Remark(
    "pdf.encrypted", .attachment, 1,
    ja: "PDFが暗号化されており、中身をすべては検査できません({})。",
    en: "The PDF is encrypted; not all of it can be inspected ({}).")
  private static let activePDF = Remark(
    "pdf.encrypted-active", .unread, 6,
    ja: "暗号化されたPDFに、検査できないスクリプトやファイルが含まれます({})。",
    en: "The PDF is encrypted and holds scripts or files that can't be inspected ({}).")
  private static let encryptedMail = Remark(
    "mail.encrypted", .attachment, 1,
    ja: "受信者の鍵で暗号化されたメール(S/MIME)で、中身を検査できません({})。",
    en: "The mail is encrypted to its recipient's key (S/MIME) and can't be inspected ({}).")
  private static let opened: [PasswordOrigin: Remark] = [
    .mail: toldHere, .otherMail: toldElsewhere, .person: toldByPerson, .program: ownPassword,
  ]
  private static let toldHere = Remark(
    "archive.password-in-mail", .attachment, 3,
    ja: "本文に書かれたパスワードで開ける暗号化ファイルです({})。",
    en: "An encrypted file whose password stands in the mail ({}).")
  private static let toldElsewhere = Remark(
    toldHere.rule, toldHere.kind, toldHere.weight,
    ja: "同じ差出人の別のメールに書かれたパスワードで開ける暗号化ファイルです({})。",
    en: "An encrypted file whose password stands in another mail of its sender ({}).")
  private static let ownPassword = Remark(
    "office.own-password", .attachment, 5,
    ja: "Officeが自動で試すパスワードで暗号化された文書です({})。検査を逃れる手口です。",
    en:
      "The document is encrypted with a password that Office tries by itself ({}): a way around filters."
  )
  /// What that weighs in documents of before 2007, where protecting a sheet did it.
  private static let protection = 2.0
  private static let toldByPerson = Remark(
    "archive.password-given", .attachment, 0,
    ja: "人が入力したパスワードで開いた暗号化ファイルです({})。",
    en: "An encrypted file that was opened with a password that a person gave ({}).")
  private static let riskyName = Remark(
    "archive.encrypted-program", .attachment, 12,
    ja: "暗号化された書庫の中に、開くと動作するファイル({})が入っています。",
    en: "There is a file that runs when opened within an encrypted archive ({}).")
}
