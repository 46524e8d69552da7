import Documents
import Mail

/// What a page and the pages that its scripts write do, together.
struct PageFacts {
  private(set) var traits: PageTraits
  private var scripts: [[UInt8]]

  /// Octets of `data:` addresses in evidence.
  private static let shownLimit = 60

  init(_ page: ActiveMarkup) {
    traits = page.traits
    scripts = page.script.isEmpty ? [] : [page.script]
    if traits.has(.offersDownload),
      let large = traits.dataAddresses.first(where: { $0.count >= ScriptTraits.literalSize })
    {
      traits.note(smuggled: Self.kind(of: large))
    }
    judgeScripts()
  }

  /// The `data:` address that tells most, cut.
  var dataAddress: String {
    let carrier = traits.dataAddresses.first(where: PageTraits.isPage)
    let shown = (carrier ?? traits.dataAddresses.first ?? []).prefix(Self.shownLimit)
    return String(decoding: shown, as: UTF8.self)
  }

  /// Reads the pages that scripts would write, too.
  mutating func unwrap() {
    for layer in 0...PageUnwrapping.depth {
      let found = scripts.map(PageUnwrapping.pages)
      let pages = found.flatMap { $0.pages }
      guard !pages.isEmpty else { return }
      if layer == PageUnwrapping.depth || found.contains(where: \.isCut) { traits.note(.cut) }
      guard layer < PageUnwrapping.depth else { return }
      // A page that writes a page by decoding it hides what it is.
      traits.note(.writesHiddenCode)
      let written = pages.map { PageFacts(ActiveMarkup($0)) }
      for page in written { traits.formUnion(page.traits) }
      scripts = written.flatMap(\.scripts)
    }
  }

  /// A page whose scripts build a file may keep its content outside of them.
  mutating func lookForContent(in octets: [UInt8]) {
    guard traits.has(.buildsFile), !traits.has(.smuggles) else { return }
    let literal = ScriptTraits.longestContent(octets)
    if !literal.isEmpty { traits.note(smuggled: Self.kind(ofBase64: literal)) }
  }

  /// The command may stand in the page, whose text says where to paste what was copied.
  mutating func lookForPasting(in octets: [UInt8]) {
    let isSmall = octets.count <= Self.pastingSize || traits.has(.fillsClipboard)
    guard !traits.has(.handsCommand), isSmall else { return }
    var (text, isTag): ([UInt8], Bool) = ([], false)
    for octet in octets {
      if octet == 0x3C { isTag = true }
      if !isTag, octet > 0x20 { text.append(octet.lowered) }
      if octet == 0x3E { isTag = false }
    }
    func has(_ words: [String]) -> Bool {
      words.contains { !text.places(of: Array($0.utf8), limit: 1).isEmpty }
    }
    guard has(Self.pasting) else { return }
    if traits.has(.fillsClipboard) {
      traits.note(.handsCommand)
    } else if has(Self.copying), has(Self.commands), has(["http"]) {
      traits.note(.tellsCommand)
    }
  }

  /// Octets of a page that tells the reader what to do.
  private static let pastingSize = 1 << 20
  /// What people are told to do with a command, and what it begins with.
  private static let copying = ["ctrl+v", "paste", "copythis", "貼り付け", "ペースト", "コピー"]
  private static let commands = ["powershell", "pwsh", "mshta", "msiexec", "rundll32", "cmd/c"]

  /// Windows' dialogue for running something, and what else runs it, without blanks.
  private static let pasting = [
    "win+r", "windows+r", "windowskey+r", "windowskeyandr", "windowsキー+r", "windowsキーとr",
    "ファイル名を指定して実行", "&#8862;+r", "⊞+r",
    "addressbaroffileexplorer", "fileexploreraddressbar", "エクスプローラーのアドレスバー",
  ]

  private mutating func judgeScripts() {
    for script in scripts {
      let found = ScriptTraits(script)
      if found.buildsFile { traits.note(.buildsFile) }
      if found.redirects { traits.note(.redirects) }
      if found.isBrief, leadsAway(found) {
        traits.note([.redirects, .redirectsAtOnce])
      }
      if found.redirects, found.isBrief { traits.note(.redirectsAtOnce) }
      if found.writesHiddenCode { traits.note(.writesHiddenCode) }
      if found.runsPrograms { traits.note(.runsPrograms) }
      if found.fetchesScript { traits.note(.remoteScript) }
      if found.fillsClipboard { traits.note(.fillsClipboard) }
      if found.handsCommand { traits.note(.handsCommand) }
      traits.note(shellAddress: found.shellAddress.utf8)
      guard found.clicksFile || (found.buildsFile && found.carriesContent), !traits.has(.smuggles)
      else { continue }
      traits.note(smuggled: found.isLiteralBase64 ? Self.kind(ofBase64: found.literal) : "")
    }
  }

  /// By a form that it sends somewhere, or the one link that it has.
  private func leadsAway(_ script: ScriptTraits) -> Bool {
    let sends = script.submitsForm && PageTraits.isWeb(Array(traits.formTarget.utf8))
    let isLittle = traits.webLinks.count == 1 && traits.elementCount <= Self.littleSize
    return sends || script.clicksLink && isLittle
  }

  /// Elements of a page that is there for its one link.
  private static let littleSize = 20

  private static func kind(of dataAddress: [UInt8]) -> String {
    guard let comma = dataAddress.firstIndex(of: 0x2C) else { return "" }
    return kind(ofBase64: dataAddress[(comma + 1)...])
  }

  /// Octets of a literal that say what it is.
  private static let headLimit = 1 << 16

  private static func kind(ofBase64 literal: ArraySlice<UInt8>) -> String {
    let octets = BodyDecoder.decode(literal.prefix(headLimit), .base64).octets
    var budgets = Budgets()
    budgets.depth = 0
    let kind = DocumentReader(budgets: budgets).read(octets).kind
    return kind == .unknown || kind == .text ? "" : kind.rawValue
  }
}
