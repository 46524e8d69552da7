import Documents

/// Files that run something when they are opened: programs, scripts, shortcuts. Decided by content; a name
/// counts where the content is text that could be anything.
struct ActiveFileCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    var found: [Finding] = []
    for entry in attachment.entries {
      guard !(attachment.isBody && entry.depth == 0) else { continue }
      let second = entry.artefact.facts.filter { $0.kind == .secondName }
      let names =
        entry.depth == 0
        ? attachment.names.map(\.facts)
        : [entry.artefact.nameFacts] + second.map { NameFacts(ArtefactName($0.detail)) }
      guard let threat = Threat(of: entry, names) else { continue }
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
    case .database: remark = Self.database
    case .profile: remark = Self.profile
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
    "file.help", .attachment, 12,
    ja: "開くとスクリプトを実行し得るヘルプファイル({})が添付されています。",
    en: "A help file is attached ({}): it can run scripts when it is opened.")
  private static let profile = Remark(
    "file.profile", .attachment, 6,
    ja: "端末の通信や証明書の設定を変える構成プロファイル({})が添付されています。",
    en: "A profile is attached ({}): it changes a device's connections and whom it trusts.")
  private static let database = Remark(
    "file.database", .unread, 6,
    ja: "開くと処理を実行し得るデータベース({})で、中身を検査できません。",
    en: "A database is attached ({}): it can run code when opened, and can't be looked into.")
}

/// What opening a file would start, the worst first.
private enum Threat: Int, Comparable {
  /// What Windows, macOS or a phone runs at a click.
  case program
  /// What Windows' own script hosts run at a click.
  case windowsScript
  case shortcut
  case help
  case database
  /// Settings of a phone or Mac, certificates and proxies among them.
  case profile
  /// Programs that need more than a click.
  case otherProgram
  /// Scripts of languages that people exchange as text.
  case otherScript

  /// `names` are all that it has, where it has more than its first.
  init?(of entry: Attachment.Entry, _ names: [NameFacts]) {
    let artefact = entry.artefact
    let names = names.isEmpty ? [artefact.nameFacts] : names
    let byContent = names.lazy.compactMap { Self.byContent(artefact, $0, entry.container) }.min()
    let byName = names.lazy.compactMap { Self.byName(artefact, $0) }.min()
    guard let threat = entry.isPiece ? byContent : [byContent, byName].compactMap({ $0 }).min()
    else { return nil }
    // The source of a document's macros is told as that.
    if entry.isPiece, threat == .windowsScript || threat == .otherScript { return nil }
    self = threat
  }

  static func < (left: Threat, right: Threat) -> Bool { left.rawValue < right.rawValue }

  private static func byContent(
    _ artefact: Artefact, _ name: NameFacts, _ container: ArtefactKind?
  ) -> Threat? {
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
        // Pages of a notebook have files without names, to be clicked.
        return name.risk == .script || container == .oneNote ? .windowsScript : .otherScript
      case .access: return compiled.contains(name.suffix) ? .program : .database
      case .shellScript where name.suffix == "command": return .program
      case .shellScript, .pythonScript, .perlScript, .phpScript, .appleScript: return .otherScript
      case .internetShortcut, .desktopEntry, .remoteDesktop, .symbolicLink: return .shortcut
      default: continue
      }
    }
    return nil
  }

  /// Suffixes by which Windows runs text of any content, and those that need content we do not know.
  private static func byName(_ artefact: Artefact, _ name: NameFacts) -> Threat? {
    let suffix = name.suffix
    if clicked.contains(suffix) { return .windowsScript }
    switch name.risk {
    case .executable where artefact.kind == .unknown || !artefact.isRead:
      // `.bin` and its like are data as often as not.
      return windowsPrograms.contains(suffix) ? .program : nil
    case .executable where artefact.kind == .compoundFile:
      // An installer that is damaged here may be whole to Windows.
      return installers.contains(suffix) ? .program : nil
    case _ where suffix == "mobileconfig": return .profile
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
  /// Databases whose code is compiled, and projects that lead to one.
  private static let compiled: Set<String> = ["ade", "adp", "mde", "accde"]
  private static let installers: Set<String> = ["msi", "msp", "mst"]
  private static let strongShortcuts: Set<String> = [
    "lnk", "scf", "url", "website", "library-ms", "search-ms", "searchconnector-ms",
    "settingcontent-ms", "jnlp", "iqy", "oqy", "rqy", "appinstaller", "appref-ms", "diagcab", "msc",
    "rdp", "wsb", "theme", "themepack", "deskthemepack", "xnk", "mcf", "webloc", "inetloc",
    "fileloc", "terminal", "udl",
  ]
}
