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
    rules.reserveCapacity(bytes.count / 32)
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
    // Thousands of comments are of another kind.
    guard comment.contains(0x3D) else { return nil }
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
    guard let key = key(name) else { return }
    switch (isException, isWildcard) {
    case (true, _): rules[key, default: Rules()].exception = section
    case (_, true): rules[key, default: Rules()].wildcard = section
    default: rules[key, default: Rules()].exact = section
    }
  }

  /// As `Domain` spells it. Most of the list is spelt so already: each inspector reads it when it starts.
  private static func key(_ name: ArraySlice<UInt8>) -> Substring? {
    if isPlain(name) { return String(decoding: name, as: UTF8.self)[...] }
    return (try? Domain(parsing: name))?.ascii[...]
  }

  /// Labels of small letters, digits and hyphens within.
  private static func isPlain(_ name: ArraySlice<UInt8>) -> Bool {
    var last = UInt8(ascii: ".")
    for byte in name {
      let isInner = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
      let isHyphen = byte == 0x2D && last != 0x2E
      let isDot = byte == 0x2E && last != 0x2E && last != 0x2D
      guard isInner || isHyphen || isDot else { return false }
      last = byte
    }
    return last != 0x2E && last != 0x2D
  }
}
