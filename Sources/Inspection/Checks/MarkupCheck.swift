import Documents
import Mail

/// HTML and SVG that act: in the message's own text, where mail programs forbid most of it, and as files,
/// where a browser does all of it.
struct MarkupCheck: ContentCheck {
  func findings(of item: Item) -> [Finding] {
    let isSVG = item.isKind(.svg) || item.suffix == "svg" || item.declaredType == "image/svg+xml"
    guard isSVG || Self.isPage(item) else { return [] }
    let plain = Self.plain(item.octets)
    let styles = StyleInstructions(plain)
    let octets = styles.carried.reduce(Self.expanded(plain), +)
    var page = PageFacts(ActiveMarkup(octets))
    page.unwrap()
    page.lookForContent(in: octets)
    if !item.isBody { page.lookForPasting(in: octets) }
    var found: [(Remark, String)] = []
    if item.isBody {
      found = Self.body(page)
    } else {
      found = isSVG ? Self.picture(page.traits) : []
      found += Self.file(page, isSVG: isSVG)
      if !isSVG, let frame = Self.soleFrame(page.traits, octets) {
        found.append((Self.frame, frame))
      }
      if !styles.carried.isEmpty { found.append((Self.carriedStyle, "")) }
      if !styles.remote.isEmpty { found.append((Self.remoteStyle, styles.remote)) }
    }
    if !page.traits.shareAddress.isEmpty { found.append((Self.share, page.traits.shareAddress)) }
    if page.traits.has(.cut) { found.append((Self.unread, "")) }
    return found.map { remark, evidence in
      remark.finding(evidence, at: item.place, path: item.path)
    }
  }

  /// A page of the web that it shows in place of itself: there is next to nothing to read around it.
  private static func soleFrame(_ traits: PageTraits, _ octets: [UInt8]) -> String? {
    guard traits.coveringTarget.isEmpty else { return traits.coveringTarget }
    guard !traits.frameTarget.isEmpty else { return nil }
    let letters = MarkupText(octets).visible.unicodeScalars.count { $0.value > 0x20 }
    return letters <= frameTextLimit ? traits.frameTarget : nil
  }

  /// Letters beside a frame that are too few to be a page.
  private static let frameTextLimit = 60

  /// By its content, or because a browser or mail program would take it for a page whatever it holds.
  private static func isPage(_ item: Item) -> Bool {
    item.isKind(.html) || item.isKind(.htmlApplication) || item.declaredType == "text/html"
      || item.declaredType == "application/xhtml+xml" || suffixes.contains(item.suffix)
      || item.isKind(.xml) && ["text/xml", "application/xml"].contains(item.declaredType)
  }

  private static let suffixes: Set<String> = [
    "html", "htm", "shtml", "xhtml", "xht", "hta", "xml", "xsl", "xslt",
  ]

  /// In UTF-8; where many NULs stand among the letters without being UTF-16, as some programs read it that
  /// pass over them.
  private static func plain(_ octets: [UInt8]) -> [UInt8] {
    let plain = MarkupEncoding.plain(octets)
    let head = plain.prefix(200)
    return head.count { $0 == 0 } * 3 > head.count ? plain.filter { $0 != 0 } : plain
  }

  /// Entities may spell tags by references (XML 1.0 §4.4): with those undone behind what stands there.
  private static func expanded(_ octets: [UInt8]) -> [UInt8] {
    guard let start = octets.places(of: Array("<!ENTITY".utf8), limit: 1).first else {
      return octets
    }
    return octets + CharacterEscapes.undone(octets[start...].prefix(entityLimit))
  }

  private static let entityLimit = 1 << 20

  private static func body(_ page: PageFacts) -> [(Remark, String)] {
    let traits = page.traits
    var found: [(Remark, String)] = []
    if traits.has(.passwordField) { found.append((bodyPassword, traits.formTarget)) }
    if traits.hasAny([.script, .scriptAddress]) { found.append((bodyScript, "")) }
    if let target = traits.refreshTargets.first { found.append((bodyRefresh, target)) }
    if traits.has(.carriesPage) { found.append((dataLink, page.dataAddress)) }
    // Some programs show a second text of a message as a file.
    if traits.has(.smuggles) { found.append((smuggling, traits.smuggled)) }
    if !traits.shellAddress.isEmpty { found.append((shellAddress, traits.shellAddress)) }
    return found
  }

  private static func picture(_ traits: PageTraits) -> [(Remark, String)] {
    var found: [(Remark, String)] = []
    if traits.hasAny([.script, .handler, .scriptAddress]) {
      found.append((traits.hasAny([.redirects, .carriesPage]) ? svgRedirect : svgScript, ""))
    }
    if traits.has(.foreignObject), traits.hasAny([.form, .frame]) { found.append((svgForm, "")) }
    if traits.webLinks.count == 1, traits.elementCount <= plainPicture {
      found.append((svgLink, traits.webLinks[0]))
    }
    return found
  }

  private static func file(_ page: PageFacts, isSVG: Bool) -> [(Remark, String)] {
    let traits = page.traits
    var found: [(Remark, String)] = []
    if traits.has(.smuggles) {
      found.append((smuggling, traits.smuggled))
    } else if traits.has(.buildsFile) {
      found.append((buildsFile, ""))
    } else if traits.has(.offersDownload) {
      found.append((buildsFile, page.dataAddress))
    }
    if !traits.shellAddress.isEmpty { found.append((shellAddress, traits.shellAddress)) }
    if traits.has(.runsPrograms) { found.append((runsPrograms, "")) }
    if traits.has(.handsCommand) { found.append((handsCommand, "")) }
    if traits.has(.tellsCommand) { found.append((tellsCommand, "")) }
    if traits.has(.passwordField) { found.append((passwordForm, traits.formTarget)) }
    if traits.has(.writesHiddenCode) { found.append((hiddenCode, "")) }
    if let target = traits.refreshTargets.first {
      found.append((redirect, target))
    } else if traits.has(.redirectsAtOnce), !isSVG {
      found.append((scriptRedirect, ""))
    } else if traits.has(.redirects), !isSVG {
      found.append((mayRedirect, ""))
    }
    if traits.has(.remoteScript), !isSVG { found.append((remoteScript, "")) }
    if traits.has(.carriesPage) { found.append((dataLink, page.dataAddress)) }
    if found.isEmpty, traits.has(.script), !isSVG { found.append((script, "")) }
    return found
  }

  /// Elements of a picture that shows little but its link; a drawing has hundreds, and a diagram many links.
  private static let plainPicture = 30

  private static let svgLink = Remark(
    "svg.link", .phishing, 6,
    ja: "画像(SVG)が、ほぼ一つのリンク({})だけでできています。",
    en: "A picture (SVG) is little more than one link ({}).")
  private static let carriedStyle = Remark(
    "xml.carried-style", .attachment, 6,
    ja: "XMLの表示を変えるプログラム(XSLT)が、アドレスの中に隠されています。",
    en: "The XML hides what makes a page of it (XSLT) in an address.")
  private static let remoteStyle = Remark(
    "xml.remote-style", .attachment, 3,
    ja: "XMLが、表示を変えるプログラム(XSLT)を外部({})から読み込みます。",
    en: "The XML fetches what makes a page of it (XSLT) from elsewhere ({}).")
  private static let unread = Remark(
    "html.unread", .unread, 6,
    ja: "HTMLが検査の上限を超え、一部を検査できていません。",
    en: "The HTML goes beyond what is inspected; a part of it is not inspected.")
  private static let bodyPassword = Remark(
    "html.body-password", .phishing, 6,
    ja: "本文の中にパスワード入力欄があります({})。",
    en: "The message's own text asks for a password ({}).")
  private static let bodyScript = Remark(
    "html.body-script", .format, 1,
    ja: "本文のHTMLにスクリプトが含まれます。",
    en: "The message's own text holds a script.")
  private static let bodyRefresh = Remark(
    "html.body-refresh", .phishing, 4,
    ja: "本文のHTMLが自動的に別のページ({})へ移動させます。",
    en: "The message's own text leads to another page by itself ({}).")
  private static let dataLink = Remark(
    "html.data-link", .phishing, 6,
    ja: "リンク先のページがリンク自体に埋め込まれています({})。",
    en: "A link carries the page that it leads to within itself ({}).")
  private static let svgScript = Remark(
    "svg.script", .attachment, 6,
    ja: "画像(SVG)の中にスクリプトがあります。",
    en: "A picture (SVG) holds a script.")
  private static let svgRedirect = Remark(
    "svg.redirect", .attachment, 12,
    ja: "画像(SVG)を開くと、スクリプトが別のページへ移動させます。",
    en: "A picture (SVG) leads the browser to another page by script.")
  private static let svgForm = Remark(
    "svg.form", .attachment, 12,
    ja: "画像(SVG)の中に入力欄やページが埋め込まれています。",
    en: "A picture (SVG) holds a form or a page.")
  private static let smuggling = Remark(
    "html.smuggling", .attachment, 14,
    ja: "HTMLファイルがスクリプトでファイル({})を組み立てて保存させます。検査を逃れる手口です。",
    en: "The HTML file builds a file by script and hands it over ({}): a way around filters.")
  private static let buildsFile = Remark(
    "html.builds-file", .attachment, 6,
    ja: "HTMLファイルがスクリプトなどでファイルを保存させます({})。",
    en: "The HTML file hands a file over ({}).")
  private static let passwordForm = Remark(
    "html.password-form", .phishing, 10,
    ja: "添付のHTMLファイルがパスワードの入力を求めます({})。",
    en: "The attached HTML file asks for a password ({}).")
  private static let hiddenCode = Remark(
    "html.hidden-code", .attachment, 6,
    ja: "HTMLファイルのスクリプトが、隠した内容を実行時に組み立てます。",
    en: "A script of the HTML file puts hidden content together when it is opened.")
  private static let redirect = Remark(
    "html.redirect", .phishing, 6,
    ja: "添付のHTMLファイルを開くと自動的に別のページ({})へ移動します。",
    en: "The attached HTML file leads to another page by itself ({}).")
  private static let scriptRedirect = Remark(
    "html.script-redirect", .phishing, 6,
    ja: "添付のHTMLファイルのスクリプトが別のページへ移動させます。",
    en: "A script of the attached HTML file leads to another page.")
  private static let mayRedirect = Remark(
    "html.may-redirect", .phishing, 3,
    ja: "添付のHTMLファイルのスクリプトが別のページへ移動させることがあります。",
    en: "A script of the attached HTML file may lead to another page.")
  private static let remoteScript = Remark(
    "html.remote-script", .attachment, 6,
    ja: "添付のHTMLファイルが、外部から読み込んだスクリプトを実行します。",
    en: "The attached HTML file runs scripts that it fetches from elsewhere.")
  private static let shellAddress = Remark(
    "html.shell-address", .attachment, 12,
    ja: "Windowsに検索や設定などの操作をさせる特別なリンク({})があります。",
    en: "It has a link that makes Windows itself act ({}).")
  private static let runsPrograms = Remark(
    "html.runs-programs", .attachment, 12,
    ja: "HTMLのスクリプトがWindowsのプログラムを起動したり、ファイルを書き込んだりします。",
    en: "A script of the HTML runs programs or writes files, as Windows' HTML applications do.")
  private static let handsCommand = Remark(
    "html.hands-command", .attachment, 12,
    ja: "HTMLのスクリプトがコマンドをクリップボードに入れます。貼り付けて実行させる手口です。",
    en: "A script of the HTML puts a command into the clipboard, for the reader to paste and run.")
  private static let tellsCommand = Remark(
    "html.tells-command", .phishing, 8,
    ja: "添付のHTMLファイルが、コマンドを貼り付けて実行するよう指示します。",
    en: "The attached HTML file tells the reader to paste a command and run it.")
  private static let frame = Remark(
    "html.remote-frame", .phishing, 6,
    ja: "添付のHTMLファイルは、外部のページ({})を表示するだけのものです。",
    en: "The attached HTML file does nothing but show a page from elsewhere ({}).")
  private static let share = Remark(
    "html.share", .attachment, 8,
    ja: "外部のコンピューター上のファイル({})を参照し、パスワード情報が漏れるおそれがあります。",
    en: "It leads to a computer elsewhere ({}), which gives away the reader's login.")
  private static let script = Remark(
    "html.script", .attachment, 2,
    ja: "添付のHTMLファイルにスクリプトが含まれます。",
    en: "The attached HTML file holds a script.")
}
