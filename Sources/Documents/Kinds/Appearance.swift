/// Whether something is what it poses as: its name and its declared type against its content.
enum Appearance {
  static func facts(of artefact: Artefact, declaredType: String?) -> [ArtefactFact] {
    var facts: [ArtefactFact] = []
    let families = Set(artefact.kinds.map(Family.init).filter { $0 != .other })
    if families.count > 1, !Family.areCompanions(families) {
      facts.append(
        ArtefactFact(.polyglot, artefact.kinds.map(\.rawValue).joined(separator: " ")))
    }
    if let claim = claim(artefact, declaredType), isDisguise(artefact.kind, claim.family) {
      facts.append(ArtefactFact(.disguised, "\(artefact.kind.rawValue) as \(claim.word)"))
    }
    return facts
  }

  /// What it wants to be taken for: the last part of its name, else the type it is declared as.
  private static func claim(
    _ artefact: Artefact, _ declaredType: String?
  ) -> (family: Family, word: String)? {
    let suffix = artefact.nameFacts.suffix
    if let family = Family(suffix: suffix) { return (family, suffix) }
    guard let type = declaredType?.lowercased(), let family = Family(type: type) else { return nil }
    return (family, type)
  }

  /// Something that acts, or holds what acts, in the clothes of something that only shows itself.
  private static func isDisguise(_ kind: ArtefactKind, _ claimed: Family) -> Bool {
    let family = Family(kind)
    guard family != claimed, kind != .unknown, kind != .empty, family != .other else {
      return false
    }
    switch claimed {
    case .active, .other: return false
    case .image, .media: return family != .image && family != .media
    case .text: return family == .active && kind.isBinary || family == .archive || family == .office
    // Word and Excel open HTML, XML, RTF and saved pages under their own names; that is a trick, too.
    case .office, .pdf, .archive: return family != .text
    case .page: return family != .text && family != .image
    }
  }
}

/// Kinds that pass for one another in honest mail.
enum Family: Hashable {
  case active, office, pdf, page, image, media, archive, text, other

  init(_ kind: ArtefactKind) {
    switch kind {
    case .word, .sheet, .slides, .drawing, .wordBinary, .sheetBinary, .slidesBinary, .compoundFile,
      .macroWord, .macroSheet, .macroSlides, .binarySheet, .encryptedOffice, .rtf, .oneNote,
      .openDocument, .visio, .publisher, .outlookMessage, .wordXML, .sheetXML, .packageXML, .access:
      self = .office
    case .pdf, .postScript: self = .pdf
    case .html, .mht, .mail, .svg: self = .page
    case .png, .jpeg, .gif, .bmp, .tiff, .webP, .icon, .heif, .enhancedMetafile, .metafile,
      .photoshop:
      self = .image
    case .audio, .video, .font, .flash: self = .media
    case .text, .xml, .json, .calendar, .contact, .csv, .openPGP, .certificate, .signature,
      .uuencoded,
      .yEncoded, .binHex:
      self = .text
    case .empty, .unknown, .olePackage, .oleNative, .tnef, .appleFile: self = .other
    default: self = kind.risk == .active ? .active : .archive
    }
  }

  init?(suffix: String) {
    switch suffix {
    case "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "docm", "xlsm", "pptm", "xlsb", "odt",
      "ods",
      "odp", "one", "dot", "dotx", "pps", "ppsx", "msg", "vsd", "pub", "mdb":
      self = .office
    case "pdf": self = .pdf
    case "htm", "html", "mht", "mhtml", "eml", "svg", "xhtml": self = .page
    case "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "ico", "heic": self = .image
    case "mp3", "wav", "mp4", "mov", "avi", "ogg", "m4a", "wmv": self = .media
    case "zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz", "cab", "lzh", "arj": self = .archive
    case "txt", "csv", "log", "ics", "vcf", "xml", "json", "md": self = .text
    default: return nil
    }
  }

  init?(type: String) {
    let top = type.prefix { $0 != "/" }
    switch (top, type) {
    case ("image", "image/svg+xml"), (_, "text/html"), (_, "application/xhtml+xml"): self = .page
    case ("image", _): self = .image
    case ("audio", _), ("video", _): self = .media
    case ("text", _): self = .text
    case (_, "application/pdf"): self = .pdf
    case (_, "application/zip"), (_, "application/x-7z-compressed"), (_, "application/gzip"):
      self = .archive
    default:
      let isOffice =
        type.contains("officedocument") || type.contains("msword") || type.contains("ms-excel")
      guard isOffice || type.contains("ms-powerpoint") || type == "application/rtf" else {
        return nil
      }
      self = .office
    }
  }

  /// A program that unpacks itself is one file with two kinds, and so is a document that is a zip.
  static func areCompanions(_ families: Set<Family>) -> Bool {
    families == [.active, .archive] || families == [.office, .archive]
      || families == [.text, .page]
  }
}

extension ArtefactKind {
  /// Active without being text: what no honest text file is.
  var isBinary: Bool {
    switch self {
    case .portableExecutable, .dosExecutable, .elf, .machO, .dex, .javaClass, .javaArchive,
      .androidPackage, .symbianPackage,
      .webAssembly, .windowsInstaller, .appPackage, .shortcut, .compiledHelp, .encodedScript:
      true
    default: false
    }
  }
}
