/// What a name does to be taken for another: facts by themselves, whatever the content is.
package struct NameFacts: Hashable, Codable, Sendable {
  /// The names are stable: rules and the journal refer to them.
  package enum Oddity: String, Hashable, Codable, Sendable, CaseIterable {
    /// `invoice.pdf.exe`.
    case doubleSuffix
    /// U+202E and its like: `invoice‮fdp.exe` shows as `invoiceexe.pdf`.
    case bidiControl
    /// Many blanks before the suffix push it out of sight.
    case paddedSuffix
    /// U+FF0E and other characters that look like a dot.
    case likeDot
    /// Letters that only look like those of a suffix: Cyrillic `ехе`, full-width `ｅｘｅ`.
    case likeSuffix
    case controlCharacter, invisibleCharacter, nul
    case pathTraversal, absolutePath, backslash, deviceName, alternateStream
    /// Windows drops trailing dots and blanks: `a.exe. ` is `a.exe`.
    case trailingDotOrSpace
    case overlong, notUnicode
  }

  package private(set) var oddities: Set<Oddity> = []
  /// The last suffix in lower case as Windows takes it: `exe`. Empty where there is none.
  package private(set) var suffix = ""
  package private(set) var risk = SuffixRisk.none

  /// Octets of a name: file systems end at 255.
  private static let lengthLimit = 255
  /// Blanks in a row before the suffix, or anywhere.
  private static let (suffixPadding, padding) = (4, 20)

  package init(_ name: ArtefactName) {
    let scalars = Array(name.text.unicodeScalars.prefix(4 * Self.lengthLimit))
    noteCharacters(scalars, name)
    notePath(scalars)
    let file = Self.file(scalars)
    noteEnd(file)
    noteSuffix(Self.trimmed(file))
  }

  /// Of several names of one thing the first whose suffix does most; without any, an empty one.
  package static func riskiest(_ names: [ArtefactName]) -> ArtefactName {
    let risks = names.map { NameFacts($0).risk }
    guard let most = risks.max(), let index = risks.firstIndex(of: most) else {
      return ArtefactName("")
    }
    return names[index]
  }

  package func has(_ oddity: Oddity) -> Bool { oddities.contains(oddity) }

  private mutating func noteCharacters(_ scalars: [Unicode.Scalar], _ name: ArtefactName) {
    for scalar in scalars {
      if scalar.value == 0 {
        oddities.insert(.nul)
      } else if Self.isControl(scalar) {
        oddities.insert(.controlCharacter)
      } else if Self.turnsDirection(scalar) {
        oddities.insert(.bidiControl)
      } else if Self.isInvisible(scalar) {
        oddities.insert(.invisibleCharacter)
      } else if Lookalikes.isDot(scalar) {
        oddities.insert(.likeDot)
      } else if scalar.value == 0xFFFD {
        oddities.insert(.notUnicode)
      }
    }
    if name.octets.count > Self.lengthLimit { oddities.insert(.overlong) }
    if Self.longestBlank(scalars[...]) >= Self.padding { oddities.insert(.paddedSuffix) }
  }

  private mutating func notePath(_ scalars: [Unicode.Scalar]) {
    if scalars.contains("\\") { oddities.insert(.backslash) }
    if let first = scalars.first, first == "/" || first == "\\" { oddities.insert(.absolutePath) }
    if scalars.count >= 2, scalars[1] == ":", scalars[0].isASCII {
      oddities.insert(.absolutePath)
    }
    for word in scalars.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
      let bare = word.filter { $0 != " " }
      if bare.elementsEqual("..".unicodeScalars) { oddities.insert(.pathTraversal) }
      if Self.isDevice(Array(word)) { oddities.insert(.deviceName) }
    }
  }

  private mutating func noteEnd(_ file: [Unicode.Scalar]) {
    guard let last = file.last, file.count > 2 else { return }
    if last == "." || Self.isBlank(last) { oddities.insert(.trailingDotOrSpace) }
    // A stream of another name: `a.txt:b.exe`; `C:` is a drive.
    if file.dropFirst(2).contains(":") { oddities.insert(.alternateStream) }
  }

  private mutating func noteSuffix(_ file: [Unicode.Scalar]) {
    let plain = file.map(Lookalikes.plain)
    guard let dot = plain.lastIndex(of: ".") else { return }
    let raw = file[(dot + 1)...].filter { !Self.isUnseen($0) }
    let seen = plain[(dot + 1)...].filter { !Self.isUnseen($0) && !Self.isBlank($0) }
    suffix = String(String.UnicodeScalarView(seen.prefix(20))).lowercased()
    risk = SuffixRisk(suffix)
    guard risk > .none else { return }
    let isLike = zip(raw.filter { !Self.isBlank($0) }, seen).contains { $0 != $1 }
    if isLike { oddities.insert(.likeSuffix) }
    if Self.trailingBlank(plain[..<dot]) >= Self.suffixPadding { oddities.insert(.paddedSuffix) }
    if risk > .container, Self.hasInnerSuffix(plain[..<dot]) { oddities.insert(.doubleSuffix) }
  }

  /// Another suffix before the last, with blanks around it as may be.
  private static func hasInnerSuffix(_ stem: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let dot = stem.lastIndex(of: ".") else { return false }
    let inner = stem[(dot + 1)...].filter {
      !isUnseen($0) && !isBlank($0) && $0 != "_" && $0 != "-"
    }
    return SuffixRisk.familiar.contains(String(String.UnicodeScalarView(inner)).lowercased())
  }
}
