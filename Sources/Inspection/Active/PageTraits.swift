/// What a page does, by its mark-up and by its scripts. Pages within it and those that its scripts write do it,
/// too: `formUnion` takes them together.
struct PageTraits {
  /// Each of these is there or not.
  struct Signs: OptionSet {
    let rawValue: Int

    static let script = Self(rawValue: 1 << 0)
    static let handler = Self(rawValue: 1 << 1)
    /// `javascript:…`
    static let scriptAddress = Self(rawValue: 1 << 2)
    /// Scripts are fetched from elsewhere.
    static let remoteScript = Self(rawValue: 1 << 3)
    static let form = Self(rawValue: 1 << 4)
    static let passwordField = Self(rawValue: 1 << 5)
    static let foreignObject = Self(rawValue: 1 << 6)
    static let frame = Self(rawValue: 1 << 7)
    /// A `data:` address that is a page.
    static let carriesPage = Self(rawValue: 1 << 8)
    /// A `data:` address is offered for download.
    static let offersDownload = Self(rawValue: 1 << 9)
    static let buildsFile = Self(rawValue: 1 << 10)
    /// A file is built from what stands in the page.
    static let smuggles = Self(rawValue: 1 << 11)
    static let redirects = Self(rawValue: 1 << 12)
    /// Scripts that do little else lead elsewhere.
    static let redirectsAtOnce = Self(rawValue: 1 << 13)
    static let writesHiddenCode = Self(rawValue: 1 << 14)
    /// It goes on where nobody looked.
    static let cut = Self(rawValue: 1 << 15)
    /// Scripts ask Windows for what runs programs: no browser lets them, `mshta` does.
    static let runsPrograms = Self(rawValue: 1 << 16)
    /// A command is put where the reader is told to paste it from ("ClickFix").
    static let handsCommand = Self(rawValue: 1 << 17)
    static let fillsClipboard = Self(rawValue: 1 << 18)
    /// Its text tells the reader to paste a command that fetches something.
    static let tellsCommand = Self(rawValue: 1 << 19)
  }

  private(set) var signs: Signs = []
  /// Where forms send what is typed; empty for the page's own address.
  private(set) var formTargets: [String] = []
  /// Where `<meta http-equiv=refresh>` leads.
  private(set) var refreshTargets: [String] = []
  /// Where the first two links (`<a>`) lead on the web that lead to different places, and how many elements
  /// there are in all.
  private(set) var webLinks: [String] = []
  private(set) var elementCount = 0
  /// `data:` addresses that a person or the page itself opens, with what they carry.
  private(set) var dataAddresses: [[UInt8]] = []
  /// An address that makes the shell do something: `search-ms:…`.
  private(set) var shellAddress = ""
  /// A file on a computer elsewhere that it leads to or shows: `file://203.0.113.5/…`.
  private(set) var shareAddress = ""
  /// The first page of the web that it shows within itself.
  private(set) var frameTarget = ""
  /// The first that lies over all else.
  private(set) var coveringTarget = ""
  /// What the file is that is built; empty where that can't be told.
  private(set) var smuggled = ""

  /// Of each list.
  private static let itemLimit = 50
  private static let linkLimit = 2
  /// Octets of an address that are kept, and of one that acts on the shell.
  private static let (addressLimit, shownLimit) = (2000, 200)

  /// Where the first form does that says so.
  var formTarget: String { formTargets.first { !$0.isEmpty } ?? "" }

  func has(_ sign: Signs) -> Bool { signs.contains(sign) }
  func hasAny(_ some: Signs) -> Bool { !signs.isDisjoint(with: some) }

  mutating func note(_ some: Signs) { signs.formUnion(some) }

  mutating func noteElement() { elementCount += 1 }

  /// Of `<a>`; one that leads nowhere on the web is none.
  mutating func note(link: [UInt8]) {
    guard webLinks.count < Self.linkLimit else { return }
    guard Self.isWeb(link) else { return }
    let text = Self.text(link.filter { $0 > 0x20 })
    if !webLinks.contains(text) { Self.add(text, to: &webLinks) }
  }

  mutating func note(formTarget: [UInt8]) { Self.add(Self.text(formTarget), to: &formTargets) }
  mutating func note(refreshTarget: ArraySlice<UInt8>) {
    Self.add(Self.text(refreshTarget), to: &refreshTargets)
  }

  mutating func note(dataAddress: [UInt8]) {
    if Self.isPage(dataAddress) { note(.carriesPage) }
    Self.add(dataAddress, to: &dataAddresses)
  }

  mutating func note(shellAddress address: some Sequence<UInt8>) {
    Self.keep(address, as: &shellAddress)
  }

  mutating func note(shareAddress address: some Sequence<UInt8>) {
    Self.keep(address, as: &shareAddress)
  }

  /// Of a frame; one that shows nothing of the web is none.
  mutating func note(frameTarget address: [UInt8], coversAll: Bool) {
    guard Self.isWeb(address) else { return }
    let plain = address.filter { $0 > 0x20 }
    Self.keep(plain, as: &frameTarget)
    if coversAll { Self.keep(plain, as: &coveringTarget) }
  }

  /// The first that comes.
  private static func keep(_ address: some Sequence<UInt8>, as kept: inout String) {
    guard kept.isEmpty else { return }
    kept = String(decoding: Array(address.prefix(shownLimit)), as: UTF8.self)
  }

  static func isWeb(_ address: [UInt8]) -> Bool {
    let start = address.lazy.filter { $0 > 0x20 }.prefix(8)
    let scheme = String(decoding: Array(start), as: UTF8.self).lowercased()
    return ["http:", "https:", "//"].contains(where: scheme.hasPrefix)
  }

  /// The first file that is built says what it is.
  mutating func note(smuggled kind: String) {
    guard !has(.smuggles) else { return }
    note(.smuggles)
    smuggled = kind
  }

  mutating func formUnion(_ other: PageTraits) {
    if other.has(.smuggles) { note(smuggled: other.smuggled) }
    note(other.signs)
    note(shellAddress: other.shellAddress.utf8)
    note(shareAddress: other.shareAddress.utf8)
    Self.keep(other.frameTarget.utf8, as: &frameTarget)
    Self.keep(other.coveringTarget.utf8, as: &coveringTarget)
    for target in other.formTargets { Self.add(target, to: &formTargets) }
    for target in other.refreshTargets { Self.add(target, to: &refreshTargets) }
    elementCount += other.elementCount
    for link in other.webLinks { note(link: Array(link.utf8)) }
    for address in other.dataAddresses { Self.add(address, to: &dataAddresses) }
  }

  private static func add<Item>(_ item: Item, to list: inout [Item]) {
    if list.count < itemLimit { list.append(item) }
  }

  private static func text(_ octets: some Collection<UInt8>) -> String {
    String(decoding: octets.prefix(addressLimit), as: UTF8.self)
  }

  /// `data:text/html,…`, or SVG, or a type that says nothing.
  static func isPage(_ dataAddress: [UInt8]) -> Bool {
    let type = String(decoding: dataAddress.dropFirst(5).prefix(40), as: UTF8.self).lowercased()
    return ["text/html", "application/xhtml", "image/svg", "text/xml", "application/xml"]
      .contains(where: type.hasPrefix)
  }
}
