import Documents

/// Names that want a file to be taken for another: of attachments, and of what is within them.
struct NameCheck: AttachmentCheck {
  func findings(of attachment: Attachment) -> [Finding] {
    var found: [Finding] = []
    for (name, facts) in attachment.names {
      found += Self.findings(name, facts, attachment, attachment.path)
    }
    for entry in attachment.entries where entry.depth > 0 && !entry.isPiece {
      let artefact = entry.artefact
      found += Self.findings(
        artefact.name.text, artefact.nameFacts, attachment, attachment.path(of: artefact))
      found += Self.secondNames(artefact, attachment)
    }
    if let disagreement = Self.disagreement(attachment) { found.append(disagreement) }
    return found
  }

  private static func findings(
    _ name: String, _ facts: NameFacts, _ attachment: Attachment, _ path: String
  ) -> [Finding] {
    let isRisky = facts.risk >= .page
    return facts.oddities.sorted { $0.rawValue < $1.rawValue }.compactMap { oddity in
      guard let row = rows[oddity] else { return nil }
      let weight = isRisky ? row.risky : row.harmless
      guard weight > 0 else { return nil }
      return row.remark.finding(name, at: attachment.place, path: path, weight: weight)
    }
  }

  /// A file within a container that has two names there, of which one is riskier than the other.
  private static func secondNames(_ artefact: Artefact, _ attachment: Attachment) -> [Finding] {
    artefact.facts.filter { $0.kind == .secondName }.compactMap { fact in
      let facts = NameFacts(ArtefactName(fact.detail))
      guard facts.suffix != artefact.nameFacts.suffix,
        max(facts.risk, artefact.nameFacts.risk) >= .page
      else { return nil }
      return twoNames.finding(
        "\(artefact.name.text) / \(fact.detail)", at: attachment.place,
        path: attachment.path(of: artefact))
    }
  }

  /// Two names for one attachment, of which one is riskier than the other.
  private static func disagreement(_ attachment: Attachment) -> Finding? {
    guard let first = attachment.names.first,
      let other = attachment.names.dropFirst().first(where: {
        $0.facts.suffix != first.facts.suffix && max($0.facts.risk, first.facts.risk) >= .page
      })
    else { return nil }
    return twoNames.finding(
      "\(first.name) / \(other.name)", at: attachment.place, path: attachment.path)
  }

  /// A remark, and what it weighs for a name whose suffix is risky and for another.
  private typealias Row = (remark: Remark, risky: Double, harmless: Double)

  private static let twoNames = Remark(
    "name.two-names", .attachment, 6,
    ja: "添付ファイルに二つの名前があり({})、ソフトによって異なる種類のファイルに見えます。",
    en: "The attachment has two names ({}): programs will take it for different kinds of file.")

  private static let rows: [NameFacts.Oddity: Row] = [
    .bidiControl: (
      Remark(
        "name.rtlo", .attachment, 8,
        ja: "ファイル名「{}」は文字の並ぶ向きを変える制御文字で拡張子を偽っています。",
        en: "The file name \"{}\" has characters that turn its direction, to show another ending."),
      8, 4
    ),
    .doubleSuffix: (
      Remark(
        "name.double-suffix", .attachment, 6,
        ja: "ファイル名「{}」は二重拡張子で、文書のように見えて別の種類のファイルです。",
        en: "The file name \"{}\" has two endings: it looks like a document and is something else."),
      6, 0
    ),
    .paddedSuffix: (
      Remark(
        "name.padded", .attachment, 6,
        ja: "ファイル名「{}」は長い空白で本当の拡張子を画面の外に隠しています。",
        en: "The file name \"{}\" pushes its ending out of sight with blanks."), 6, 2
    ),
    .likeDot: (
      Remark(
        "name.like-dot", .attachment, 6,
        ja: "ファイル名「{}」には「.」に似せた別の文字があります。",
        en: "The file name \"{}\" has a character that only looks like a dot."), 6, 0
    ),
    .likeSuffix: (
      Remark(
        "name.like-suffix", .attachment, 6,
        ja: "ファイル名「{}」の拡張子に、形の似た別の文字が使われています。",
        en: "The ending of \"{}\" has letters that only look like those of a usual one."), 6, 4
    ),
    .controlCharacter: (
      Remark(
        "name.control", .attachment, 4,
        ja: "ファイル名「{}」に制御文字が含まれます。",
        en: "The file name \"{}\" has control characters."), 4, 2
    ),
    .nul: (
      Remark(
        "name.nul", .attachment, 6,
        ja: "ファイル名「{}」の途中にNUL文字があり、ソフトによって異なる名前に見えます。",
        en: "The file name \"{}\" has a NUL: programs will see different names."), 6, 4
    ),
    .invisibleCharacter: (
      Remark(
        "name.invisible", .attachment, 3,
        ja: "ファイル名「{}」に見えない文字が含まれます。",
        en: "The file name \"{}\" has characters that can't be seen."), 3, 0
    ),
    .pathTraversal: (
      Remark(
        "name.traversal", .attachment, 6,
        ja: "ファイル名「{}」は、展開すると指定外のフォルダーに書き込まれます。",
        en: "The file name \"{}\" leads out of the folder that it is unpacked to."), 6, 4
    ),
    .absolutePath: (
      Remark(
        "name.absolute", .attachment, 2,
        ja: "ファイル名「{}」は書き込み先の場所を指定しています。",
        en: "The file name \"{}\" says itself where it is to be put."), 2, 1
    ),
    .deviceName: (
      Remark(
        "name.device", .attachment, 3,
        ja: "ファイル名「{}」はWindowsの装置名です。",
        en: "The file name \"{}\" is a device on Windows."), 3, 2
    ),
    .alternateStream: (
      Remark(
        "name.stream", .attachment, 4,
        ja: "ファイル名「{}」はWindowsの隠しストリームを指します。",
        en: "The file name \"{}\" is a hidden stream on Windows."), 4, 0
    ),
    .trailingDotOrSpace: (
      Remark(
        "name.trailing", .attachment, 3,
        ja: "ファイル名「{}」は末尾の点や空白で拡張子の判定を避けています。",
        en:
          "The file name \"{}\" ends with a dot or blank, which hides its real ending from filters."
      ), 3, 0
    ),
    .overlong: (
      Remark(
        "name.overlong", .attachment, 2,
        ja: "ファイル名が異常に長く、末尾の拡張子が見えません。",
        en: "The file name is so long that its ending is out of sight."), 2, 0
    ),
  ]
}
