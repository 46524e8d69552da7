import Mail

/// Reads `_dmarc` TXT records (RFC 9989 §4.8):
///
///     dmarc-record  = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]
///     dmarc-version = "v" equals %s"DMARC1"
///     dmarc-sep     = *WSP ";" *WSP
///     dmarc-tag     = 1*ALPHA equals 1*dmarc-value
///
/// The version decides whether a text is a record at all. Behind it nothing can be wrong enough to
/// lose the record: what does not fit is passed over and named in `flaws` (RFC 9989 §4.7). A tag
/// that stands twice counts where it stands first.
extension DMARCRecord {
  /// Tags that one record may have; the rest is passed over.
  package static let tagLimit = 64
  /// Addresses of one `rua` or `ruf` that are read.
  package static let addressLimit = 16

  /// Nil for a text that is no DMARC record: it does not begin with `v=DMARC1`.
  package init?(parsing bytes: [UInt8]) {
    var specs = bytes.split(separator: 0x3B, omittingEmptySubsequences: false)
    guard bytes.first == 0x76 || bytes.first == 0x56, let version = specs.first,
      let (_, value) = Self.tag(version), value.elementsEqual("DMARC1".utf8)
    else { return nil }
    specs.removeFirst()
    if specs.count > Self.tagLimit { flaws.append("more than \(Self.tagLimit) tags") }
    var tags: [String: ArraySlice<UInt8>] = [:]
    for spec in specs.prefix(Self.tagLimit) where !spec.allSatisfy(Self.isSpace) {
      guard let (name, value) = Self.tag(spec), !value.isEmpty else {
        flaws.append("a part that is no tag")
        continue
      }
      if tags[name] != nil { flaws.append("\(name) stands twice") } else { tags[name] = value }
    }
    read(tags)
  }

  /// A tag's name in lower case, as RFC 5234 §2.3 reads the literals of the grammar, and its value.
  private static func tag(_ spec: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    guard let equals = spec.firstIndex(of: 0x3D) else { return nil }
    let name = trimmed(spec[..<equals])
    guard !name.isEmpty, name.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else { return nil }
    return (String(decoding: name.map { $0 | 0x20 }, as: UTF8.self), trimmed(spec[(equals + 1)...]))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let front = bytes.drop(while: isSpace)
    return front[..<(front.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? front.startIndex)]
  }

  private mutating func read(_ tags: [String: ArraySlice<UInt8>]) {
    suffixFlag = choice("psd", tags) ?? .unknown
    dkimAlignment = choice("adkim", tags) ?? .relaxed
    spfAlignment = choice("aspf", tags) ?? .relaxed
    isTesting = tags["t"].map { Self.word($0) == "y" } ?? false
    percent = number("pct", tags, 0...100) ?? 100
    reportIntervalSeconds = number("ri", tags, 0...Int(UInt32.max)) ?? 86_400
    aggregateReports = addresses("rua", tags)
    failureReports = addresses("ruf", tags)
    let options = tags["fo"].map { Self.word($0).split(separator: ":") } ?? []
    let known = Set(options.compactMap { FailureOption(rawValue: String($0)) })
    if !known.isEmpty { failureOptions = known }
    readPolicies(tags)
  }

  /// RFC 9989 §4.10.1: without a valid `p`, or with an invalid `sp` or `np`, the record counts as
  /// `p=none` if reports are wanted somewhere, and else as nothing.
  private mutating func readPolicies(_ tags: [String: ArraySlice<UInt8>]) {
    policy = choice("p", tags)
    subdomainPolicy = choice("sp", tags)
    nonexistentPolicy = choice("np", tags)
    let isWhole =
      policy != nil && (tags["sp"] == nil) == (subdomainPolicy == nil)
      && (tags["np"] == nil) == (nonexistentPolicy == nil)
    if isWhole { return }
    if tags["p"] == nil { flaws.append("no p") }
    (subdomainPolicy, nonexistentPolicy) = (nil, nil)
    policy = aggregateReports.isEmpty ? nil : Policy.none
  }

  private static func word(_ value: ArraySlice<UInt8>) -> String {
    String(decoding: value.map(\.lowered), as: UTF8.self)
  }

  private mutating func choice<Value: RawRepresentable>(
    _ name: String, _ tags: [String: ArraySlice<UInt8>]
  ) -> Value? where Value.RawValue == String {
    guard let octets = tags[name] else { return nil }
    let value = Value(rawValue: Self.word(octets))
    if value == nil { flaws.append("\(name) has no known value") }
    return value
  }

  private mutating func number(
    _ name: String, _ tags: [String: ArraySlice<UInt8>], _ range: ClosedRange<Int>
  ) -> Int? {
    guard let octets = tags[name] else { return nil }
    let isNumber = octets.count <= 10 && octets.allSatisfy { (0x30...0x39).contains($0) }
    let value = isNumber ? Int(String(decoding: octets, as: UTF8.self)) : nil
    if let value, range.contains(value) { return value }
    flaws.append("\(name) is no number it may be")
    return nil
  }

  /// `dmarc-urilist = dmarc-uri *(*WSP "," *WSP dmarc-uri)`; one that is no URI is passed over.
  private mutating func addresses(
    _ name: String, _ tags: [String: ArraySlice<UInt8>]
  ) -> [ReportAddress] {
    let parts = tags[name]?.split(separator: 0x2C) ?? []
    if parts.count > Self.addressLimit { flaws.append("\(name) has too many addresses") }
    return parts.prefix(Self.addressLimit).compactMap { part in
      let address = ReportAddress(parsing: Self.trimmed(part))
      if address == nil { flaws.append("\(name) has what is no URI") }
      return address
    }
  }
}
