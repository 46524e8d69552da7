import Documents

/// Documents that do more than show themselves: macros, links that are fetched at opening, embedded
/// programs.
struct DocumentCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    let hasText = attachment.root.all.contains { Self.texts.contains($0.kind) }
    return attachment.entries.flatMap { entry -> [Finding] in
      let artefact = entry.artefact
      let path = attachment.path(of: artefact)
      var told: Set<String> = []
      // A rule is told once, with what weighs most.
      let facts = Self.facts(of: artefact).enumerated().map { ($0, $1, Self.weight($1, hasText)) }
        .sorted {
          ($1.2, $0.0) < ($0.2, $1.0)
        }
      return facts.compactMap { _, fact, weight in
        guard weight > 0, let remark = Self.remarks[fact.kind], told.insert(remark.rule).inserted
        else { return nil }
        let evidence = fact.detail.isEmpty ? artefact.name.text : fact.detail
        return remark.finding(evidence, at: attachment.place, path: path, weight: weight)
      }
    }
  }

  /// A project of macros that can't be read hides them.
  private static func facts(of artefact: Artefact) -> [ArtefactFact] {
    let isProject = artefact.name.text.lowercased().hasSuffix("vbaproject.bin")
    guard isProject, artefact.size > 0, !artefact.has(.macros) else { return artefact.facts }
    return artefact.facts + [ArtefactFact(.hiddenMacro, artefact.name.shown)]
  }

  /// `Button1_Click` and its like run when the reader does something, not by themselves.
  private static func waitsForReader(_ fact: ArtefactFact) -> Bool {
    guard fact.kind == .autoExec else { return false }
    return ["_click", "_change", "_dblclick"].contains(where: fact.detail.lowercased().hasSuffix)
  }

  /// Documents for which equations are written.
  private static let texts: Set<ArtefactKind> = [
    .word, .wordBinary, .slides, .slidesBinary, .openDocument,
  ]

  /// What a fact weighs; 0 is not told.
  private static func weight(_ fact: ArtefactFact, _ hasText: Bool) -> Double {
    let usual = remarks[fact.kind]?.weight ?? 0
    switch fact.kind {
    case .autoExec where waitsForReader(fact): return 2
    case .remoteTemplate: return ExternalTarget(fact.detail).templateWeight
    case .externalRelationship: return ExternalTarget(fact.detail).weight
    // Old documents of schools have equations; elsewhere nobody puts them but to attack.
    case .pdfLink where fact.detail.isEmpty: return 0
    case .equation where hasText && fact.detail != ArtefactFact.overlongFont: return 10
    // Developers link to the sources of scripts, which servers show as text.
    case .programLink where sources.contains(where: fact.detail.lowercased().hasSuffix): return 3
    // Controls that lead out of the document, and those that were attacked; forms have others.
    case .activeX where exposed.contains(fact.detail): return 8
    default: return usual
    }
  }

  private static let sources = [".js", ".ps1", ".bat", ".cmd", ".vbs"]

  private static let exposed: Set<String> = [
    "ShellBrowserWindow", "Internet Explorer", "MSCOMCTL", "script",
  ]

  private static let remarks: [ArtefactFact.Kind: Remark] = [
    .macros: Remark(
      "office.macros", .attachment, 6,
      ja: "マクロを含む文書です({})。",
      en: "The document holds macros ({})."),
    .autoExec: Remark(
      "office.auto-macro", .attachment, 6,
      ja: "文書を開くと自動実行されるマクロ({})があります。",
      en: "A macro runs by itself when the document is opened ({})."),
    .macroActs: Remark(
      "office.acting-macro", .attachment, 6,
      ja: "マクロがプログラムの起動や通信など({})を行います。",
      en: "A macro runs programs, fetches files or the like ({})."),
    .hiddenMacro: Remark(
      "office.hidden-macro", .unread, 8,
      ja: "マクロのソースコードが隠されており({})、検査できません。",
      en: "The source of a macro is hidden ({}) and can't be inspected."),
    .excel4Macros: Remark(
      "office.excel4", .attachment, 12,
      ja: "旧式のExcel 4.0マクロを含みます。現在は攻撃にしか使われません。",
      en: "It holds Excel 4.0 macros, which nobody but attackers uses today."),
    .hiddenSheet: Remark(
      "office.hidden-sheet", .attachment, 1,
      ja: "通常の操作では表示できないシートがあります({})。",
      en: "It has a sheet that can't be shown by ordinary means ({})."),
    .dynamicDataExchange: Remark(
      "office.dde", .attachment, 12,
      ja: "文書を開くとほかのプログラムを起動するDDEが含まれます({})。",
      en: "It uses DDE to start another program ({})."),
    .remoteTemplate: Remark(
      "office.remote-template", .attachment, 12,
      ja: "開くと外部からテンプレートを取り込みます({})。",
      en: "It fetches its template from elsewhere when opened ({})."),
    .externalRelationship: Remark(
      "office.external", .attachment, 1,
      ja: "開くと文書の外にあるもの({})を読み込みます。",
      en: "It fetches something from outside when opened ({})."),
    .equation: Remark(
      "office.equation", .attachment, 12,
      ja: "脆弱性が悪用される数式エディタのオブジェクトを含みます。",
      en: "It holds an object of the equation editor, whose flaws attackers use."),
    .olePackage: Remark(
      "office.package", .attachment, 3,
      ja: "文書に別のファイル({})が埋め込まれています。",
      en: "Another file is embedded in the document ({})."),
    .importedPart: Remark(
      "office.imported-part", .attachment, 1,
      ja: "文書を開くと、別の形式のファイル({})が本文として読み込まれます。",
      en: "The document takes in another file as its text when opened ({})."),
    .programLink: Remark(
      "office.program-link", .attachment, 6,
      ja: "文書の中に、開くと動作するファイルへのリンクがあります({})。",
      en: "The document links to a file that runs when it is opened ({})."),
    .activeX: Remark(
      "office.activex", .attachment, 4,
      ja: "文書にActiveXコントロールが埋め込まれています({})。",
      en: "It holds an ActiveX control ({})."),
    .objectUpdate: Remark(
      "office.object-update", .attachment, 6,
      ja: "開くと埋め込みオブジェクトが自動的に読み込まれます。",
      en: "It has an embedded object loaded as soon as it is opened."),
    .flash: Remark(
      "office.flash", .attachment, 6,
      ja: "Flashのオブジェクトを含みます。",
      en: "It holds a Flash object."),
    .customInterface: Remark(
      "office.custom-interface", .attachment, 2,
      ja: "開いたときに処理を呼び出す画面定義があります。",
      en: "It defines an interface that calls code when opened."),
    .pdfJavaScript: Remark(
      "pdf.javascript", .attachment, 4,
      ja: "PDFにJavaScriptが含まれます。",
      en: "The PDF holds JavaScript."),
    .pdfScriptActs: Remark(
      "pdf.script-acts", .attachment, 6,
      ja: "PDFのスクリプトが外部へ導いたり、処理を隠したりします({})。",
      en: "A script of the PDF leads elsewhere or hides what it does ({})."),
    .pdfExport: Remark(
      "pdf.export", .attachment, 12,
      ja: "PDFのスクリプトが、埋め込んだファイルを取り出して開こうとします。",
      en: "A script of the PDF takes a file out of it, to save or open it."),
    .pdfLaunch: Remark(
      "pdf.launch", .attachment, 12,
      ja: "PDFがほかのプログラムを起動しようとします({})。",
      en: "The PDF wants to start a program ({})."),
    .pdfOpensAddress: Remark(
      "pdf.opens-address", .phishing, 6,
      ja: "PDFを開くと自動的に外部のページを開くか、入力内容を送信します({})。",
      en: "The PDF opens an address or sends a form by itself when it is opened ({})."),
    .pdfEmbeddedFile: Remark(
      "pdf.embedded-file", .attachment, 1,
      ja: "PDFに別のファイルが埋め込まれています({})。",
      en: "Another file is embedded in the PDF ({})."),
    .pdfLink: Remark(
      "pdf.program-link", .attachment, 6,
      ja: "PDFの中に、開くと動作するファイルへのリンクがあります({})。",
      en: "The PDF links to a file that runs when it is opened ({})."),
    .pdfArchiveLink: Remark(
      "pdf.archive-link", .attachment, 2,
      ja: "PDFの中に、圧縮ファイルへのリンクがあります({})。",
      en: "The PDF links to an archive ({})."),
    .pdfRichMedia: Remark(
      "pdf.rich-media", .attachment, 3,
      ja: "PDFに動画などの動的な内容が埋め込まれています。",
      en: "The PDF holds rich media."),
    .externalEntity: Remark(
      "xml.external-entity", .attachment, 6,
      ja: "XMLが外部のファイルを読み込もうとします({})。",
      en: "The XML wants to read a file from elsewhere ({})."),
    .encodedScript: Remark(
      "script.encoded", .attachment, 8,
      ja: "難読化されたスクリプトを含みます。",
      en: "It holds a script that is encoded so that nobody can read it."),
    .arguments: Remark(
      "shortcut.arguments", .attachment, 4,
      ja: "ショートカットがコマンド({})を実行します。",
      en: "The shortcut runs a command ({})."),
  ]
}
