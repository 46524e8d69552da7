import Documents

/// Files that run something when they are opened: programs, scripts, shortcuts. Decided by content; a name
/// counts where the content is text that could be anything.
struct ActiveFileCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    var found: [Finding] = []
    for entry in attachment.entries {
      guard !(attachment.isBody && entry.depth == 0), let threat = Threat(of: entry) else {
        continue
      }
      found.append(finding(threat, entry.artefact, entry.depth, attachment))
    }
    return found
  }

  private func finding(
    _ threat: Threat, _ artefact: Artefact, _ depth: Int, _ attachment: Attachment
  ) -> Finding {
    let name = artefact.name.text
    let what = artefact.kind == .unknown ? name : "\(artefact.kind.rawValue) \(name)"
    let isHidden = depth > 0
    let remark: Remark
    switch threat {
    case .program: remark = isHidden ? Self.packedProgram : Self.program
    case .windowsScript: remark = isHidden ? Self.packedScript : Self.script
    case .shortcut: remark = isHidden ? Self.packedShortcut : Self.shortcut
    case .otherProgram: remark = Self.otherProgram
    case .otherScript: remark = Self.otherScript
    case .help: remark = Self.help
    }
    return remark.finding(what, at: attachment.place, path: attachment.path(of: artefact))
  }

  private static let program = Remark(
    "file.program", .attachment, 12,
    ja: "実行プログラム({})が添付されています。開くと動作します。",
    en: "A program is attached ({}): it runs when it is opened.")
  private static let packedProgram = Remark(
    "file.packed-program", .attachment, 12,
    ja: "添付ファイルの中に実行プログラム({})が入っています。",
    en: "There is a program within the attachment ({}).")
  private static let script = Remark(
    "file.script", .attachment, 12,
    ja: "Windowsが実行するスクリプト({})が添付されています。",
    en: "A script that Windows runs is attached ({}).")
  private static let packedScript = Remark(
    "file.packed-script", .attachment, 12,
    ja: "添付ファイルの中に、Windowsが実行するスクリプト({})が入っています。",
    en: "There is a script that Windows runs within the attachment ({}).")
  private static let shortcut = Remark(
    "file.shortcut", .attachment, 12,
    ja: "別のものを実行させるショートカット({})が添付されています。",
    en: "A shortcut is attached ({}): it makes Windows run something else.")
  private static let packedShortcut = Remark(
    "file.packed-shortcut", .attachment, 12,
    ja: "添付ファイルの中に、別のものを実行させるショートカット({})が入っています。",
    en: "There is a shortcut within the attachment ({}): it makes Windows run something else.")
  private static let otherProgram = Remark(
    "file.other-program", .attachment, 6,
    ja: "実行できるプログラム({})が添付されています。",
    en: "A file that can be run is attached ({}).")
  private static let otherScript = Remark(
    "file.other-script", .attachment, 1,
    ja: "スクリプト({})が添付されています。",
    en: "A script is attached ({}).")
  private static let help = Remark(
    "file.help", .attachment, 8,
    ja: "スクリプトを含み得るヘルプファイル({})が添付されています。",
    en: "A help file, which can run scripts, is attached ({}).")
}

/// What opening a file would start.
private enum Threat {
  /// What Windows, macOS or a phone runs at a click.
  case program
  /// What Windows' own script hosts run at a click.
  case windowsScript
  case shortcut
  /// Programs that need more than a click.
  case otherProgram
  /// Scripts of languages that people exchange as text.
  case otherScript
  case help

  init?(of entry: Attachment.Entry) {
    let artefact = entry.artefact
    guard let threat = Self.byContent(artefact) ?? (entry.isPiece ? nil : Self.byName(artefact))
    else { return nil }
    // The source of a document's macros is told as that.
    if entry.isPiece, threat == .windowsScript || threat == .otherScript { return nil }
    self = threat
  }

  private static func byContent(_ artefact: Artefact) -> Threat? {
    for kind in artefact.kinds {
      switch kind {
      case .portableExecutable, .dosExecutable, .windowsInstaller, .appPackage, .androidPackage,
        .symbianPackage, .javaArchive, .dex, .machO:
        return .program
      case .elf, .javaClass, .webAssembly: return .otherProgram
      case .encodedScript, .windowsScript, .htmlApplication, .vbScript, .autoIt:
        return .windowsScript
      case .shortcut, .shellCommand, .savedSearch, .library, .settingContent, .javaLauncher,
        .appInstaller, .clickOnce, .webQuery, .registry, .setupInformation:
        return .shortcut
      case .compiledHelp, .windowsHelp: return .help
      case .batch, .powerShell, .javaScript:
        // Text that may be quoted code: the name decides whether a click would run it.
        return artefact.nameFacts.risk == .script ? .windowsScript : .otherScript
      case .shellScript, .pythonScript, .perlScript, .phpScript, .appleScript: return .otherScript
      case .internetShortcut, .desktopEntry, .remoteDesktop, .symbolicLink: return .shortcut
      default: continue
      }
    }
    return nil
  }

  /// Suffixes by which Windows runs text of any content, and those that need content we do not know.
  private static func byName(_ artefact: Artefact) -> Threat? {
    let suffix = artefact.nameFacts.suffix
    if clicked.contains(suffix) { return .windowsScript }
    switch artefact.nameFacts.risk {
    case .executable where artefact.kind == .unknown || !artefact.isRead:
      // `.bin` and its like are data as often as not.
      return windowsPrograms.contains(suffix) ? .program : nil
    case .executable where artefact.kind == .compoundFile:
      // An installer that is damaged here may be whole to Windows.
      return installers.contains(suffix) ? .program : nil
    case .shortcut where strongShortcuts.contains(suffix): return .shortcut
    default: return nil
    }
  }

  private static let clicked: Set<String> = [
    "js", "jse", "vbs", "vbe", "wsf", "wsh", "wsc", "sct", "hta", "bat", "cmd", "ps1",
  ]
  private static let windowsPrograms: Set<String> = [
    "exe", "com", "scr", "pif", "cpl", "dll", "msi", "msp", "msix", "appx", "jar", "apk", "xll",
  ]
  private static let installers: Set<String> = ["msi", "msp", "mst"]
  private static let strongShortcuts: Set<String> = [
    "lnk", "scf", "url", "website", "library-ms", "search-ms", "searchconnector-ms",
    "settingcontent-ms", "jnlp", "iqy", "oqy", "rqy", "appinstaller", "appref-ms", "diagcab", "msc",
  ]
}
