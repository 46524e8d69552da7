import Documents
import Mail

/// What a page and the pages that its scripts write do, together.
struct PageFacts {
  private(set) var hasScript: Bool
  private(set) var hasHandler: Bool
  private(set) var hasScriptAddress: Bool
  private(set) var hasForm: Bool
  private(set) var hasPasswordField: Bool
  private(set) var hasForeignObject: Bool
  private(set) var hasFrame: Bool
  private(set) var formTarget: String
  private(set) var refreshTarget: String?
  private(set) var offersDownload: Bool
  /// A `data:` address that is a page.
  private(set) var carriesPage: Bool
  private(set) var dataAddress: String
  private(set) var shellAddress: String
  private(set) var hasRemoteScript: Bool
  private(set) var buildsFile = false
  /// Scripts that do little else lead elsewhere.
  private(set) var redirectsAtOnce = false
  private(set) var redirects = false
  private(set) var writesHiddenCode = false
  /// A file that scripts build from what stands in the page.
  private(set) var smuggles = false
  /// Whether mark-up or pages within scripts go on where nobody looked.
  private(set) var isCut: Bool
  /// What that file is.
  private(set) var smuggled = ""
  private var scripts: [[UInt8]]

  /// Octets of `data:` addresses in evidence.
  private static let shownLimit = 60

  init(_ page: ActiveMarkup) {
    isCut = page.isCut
    hasScript = page.hasScript
    hasHandler = page.hasHandler
    hasScriptAddress = page.hasScriptAddress
    hasForm = page.hasForm
    hasPasswordField = page.hasPasswordField
    hasForeignObject = page.hasForeignObject
    hasFrame = page.hasFrame
    formTarget = page.formTargets.first ?? ""
    refreshTarget = page.refreshTargets.first
    offersDownload = page.offersDownload
    shellAddress = page.shellAddress
    hasRemoteScript = page.hasRemoteScript
    let carrier = page.dataAddresses.first(where: Self.isPage)
    carriesPage = carrier != nil
    let shown = (carrier ?? page.dataAddresses.first ?? []).prefix(Self.shownLimit)
    dataAddress = String(decoding: shown, as: UTF8.self)
    scripts = page.script.isEmpty ? [] : [page.script]
    if page.offersDownload,
      let large = page.dataAddresses.first(where: { $0.count >= ScriptTraits.literalSize })
    {
      smuggles = true
      smuggled = Self.kind(of: large)
    }
    judgeScripts()
  }

  /// Reads the pages that scripts would write, too.
  mutating func unwrap() {
    for layer in 0...PageUnwrapping.depth {
      let found = scripts.map(PageUnwrapping.pages)
      let pages = found.flatMap { $0.pages }
      guard !pages.isEmpty else { return }
      isCut = isCut || layer == PageUnwrapping.depth || found.contains { $0.isCut }
      guard layer < PageUnwrapping.depth else { return }
      scripts = []
      for octets in pages { merge(PageFacts(ActiveMarkup(octets))) }
    }
  }

  /// A page whose scripts build a file may keep its content outside of them.
  mutating func lookForContent(in octets: [UInt8]) {
    guard buildsFile, !smuggles else { return }
    let literal = ScriptTraits.longestContent(octets)
    guard !literal.isEmpty else { return }
    (smuggles, smuggled) = (true, Self.kind(ofBase64: literal))
  }

  private mutating func merge(_ other: PageFacts) {
    isCut = isCut || other.isCut
    hasScript = hasScript || other.hasScript
    hasHandler = hasHandler || other.hasHandler
    hasScriptAddress = hasScriptAddress || other.hasScriptAddress
    hasForm = hasForm || other.hasForm
    hasPasswordField = hasPasswordField || other.hasPasswordField
    hasForeignObject = hasForeignObject || other.hasForeignObject
    hasFrame = hasFrame || other.hasFrame
    offersDownload = offersDownload || other.offersDownload
    carriesPage = carriesPage || other.carriesPage
    buildsFile = buildsFile || other.buildsFile
    redirects = redirects || other.redirects
    redirectsAtOnce = redirectsAtOnce || other.redirectsAtOnce
    hasRemoteScript = hasRemoteScript || other.hasRemoteScript
    // A page that writes a page by decoding it hides what it is.
    writesHiddenCode = true
    if formTarget.isEmpty { formTarget = other.formTarget }
    if shellAddress.isEmpty { shellAddress = other.shellAddress }
    if refreshTarget == nil { refreshTarget = other.refreshTarget }
    if dataAddress.isEmpty { dataAddress = other.dataAddress }
    if other.smuggles, !smuggles { (smuggles, smuggled) = (true, other.smuggled) }
    scripts += other.scripts
  }

  private mutating func judgeScripts() {
    for script in scripts {
      let traits = ScriptTraits(script)
      buildsFile = buildsFile || traits.buildsFile
      redirects = redirects || traits.redirects
      redirectsAtOnce = redirectsAtOnce || (traits.redirects && traits.isBrief)
      if shellAddress.isEmpty { shellAddress = traits.shellAddress }
      writesHiddenCode = writesHiddenCode || traits.writesHiddenCode
      let smugglesHere = traits.clicksFile || (traits.buildsFile && traits.carriesContent)
      guard smugglesHere, !smuggles else { continue }
      smuggles = true
      smuggled = traits.isLiteralBase64 ? Self.kind(ofBase64: traits.literal) : ""
    }
  }

  /// `data:text/html,…`, or SVG, or a type that says nothing.
  private static func isPage(_ address: [UInt8]) -> Bool {
    let type = String(decoding: address.dropFirst(5).prefix(40), as: UTF8.self).lowercased()
    return ["text/html", "application/xhtml", "image/svg", "text/xml", "application/xml"]
      .contains(where: type.hasPrefix)
  }

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
