import Mail

// The list as it is published: one rule a line, to the first white space, `//` begins a comment.
// Which section a rule belongs to is said by comments, `// ===BEGIN PRIVATE DOMAINS===`.
extension PublicSuffixList {
  /// Octets of a list that are read; the list of 2026 has 340,000.
  package static let sizeLimit = 8 << 20

  /// Reads a list. A rule that is no domain name is passed over: the list is the machine's own, and
  /// one odd line must not cost all the others.
  package init(parsing bytes: [UInt8]) {
    var rules: [Substring: Rules] = [:]
    var section = Section.icann
    for line in bytes.prefix(Self.sizeLimit).split(separator: 0x0A) {
      if line.starts(with: "//".utf8) {
        section = Self.section(line) ?? section
        continue
      }
      let rule = line.prefix { $0 > 0x20 }
      if !rule.isEmpty { Self.add(rule, section, to: &rules) }
    }
    self.init(rules: rules)
  }

  private static func section(_ comment: ArraySlice<UInt8>) -> Section? {
    let text = String(decoding: comment, as: UTF8.self)
    if text.contains("===BEGIN ICANN") { return .icann }
    return text.contains("===BEGIN PRIVATE") ? .private : nil
  }

  private static func add(
    _ rule: ArraySlice<UInt8>, _ section: Section, to rules: inout [Substring: Rules]
  ) {
    let isException = rule.first == 0x21
    let isWildcard = rule.starts(with: "*.".utf8)
    let name = rule.dropFirst(isException ? 1 : isWildcard ? 2 : 0)
    guard let domain = try? Domain(parsing: name) else { return }
    let path: WritableKeyPath<Rules, Section?> =
      isException ? \.exception : isWildcard ? \.wildcard : \.exact
    rules[domain.ascii[...], default: Rules()][keyPath: path] = section
  }
}
