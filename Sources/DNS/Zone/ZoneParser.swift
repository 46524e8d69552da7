import Mail

/// Reads zone files (RFC 1035 §5): `$ORIGIN`, `$TTL`, `@`, owners left out, parentheses, quotes and
/// escapes. TTL and class may stand in either order or not at all; every class is IN. `$INCLUDE` is
/// refused: a zone is one file.
///
/// What ordinary zone files can't say is said by directives of ours and a kind of record:
///
/// ```
/// $SECURE   [NAME]                      ; DNSSEC proves everything from NAME downwards
/// $INSECURE [NAME]                      ; and nothing from here; without NAME from the origin
/// slow.test  FAIL TIMEOUT               ; or SERVFAIL, REFUSED, BOGUS: what no record answers, fails
/// half.test  FAIL SERVFAIL TXT MX       ; questions for these types fail
/// *.dead.test FAIL TIMEOUT              ; below a name
/// ```
package struct ZoneParser {
  /// Beyond it a file is no zone that anybody tries out.
  package static let lengthLimit = 4 << 20

  private var zone: Zone
  private var origin: DNSName
  private var owner: DNSName?

  private init(_ zone: Zone, _ origin: DNSName) {
    self.zone = zone
    self.origin = origin
  }

  /// `isSecure` is what holds for names that no directive marks.
  package static func parse(
    _ bytes: [UInt8], origin: DNSName = .root, isSecure: Bool = false
  ) throws(ZoneFault) -> Zone {
    guard bytes.count <= lengthLimit else {
      throw ZoneFault(expected: "at most \(lengthLimit) octets of zone", line: 1, column: 1)
    }
    var parser = ZoneParser(Zone(isSecure: isSecure), origin)
    var entries = ZoneEntries(bytes)
    while let entry = try entries.next() {
      let first = entry.words[0]
      if !entry.beginsBlank, !first.isQuoted, first.octets.first == 0x24 {
        try parser.directive(entry)
      } else {
        try parser.record(entry)
      }
    }
    return parser.zone
  }

  private mutating func directive(_ entry: ZoneEntry) throws(ZoneFault) {
    let word = entry.words[0]
    let argument = entry.words.dropFirst().first
    if let extra = entry.words.dropFirst(2).first { throw extra.fault("the line's end") }
    switch word.text.uppercased() {
    case "$ORIGIN": origin = try name(argument, in: entry)
    case "$TTL":
      guard let argument else { throw entry.fault("a time") }
      _ = try RecordLayout.seconds(argument)
    case "$SECURE": zone.setSecure(true, from: try mark(argument))
    case "$INSECURE": zone.setSecure(false, from: try mark(argument))
    default: throw word.fault("$ORIGIN, $TTL, $SECURE or $INSECURE")
    }
  }

  private func mark(_ word: ZoneEntry.Word?) throws(ZoneFault) -> DNSName {
    guard let word else { return origin }
    return try name(word)
  }

  private func name(
    _ word: ZoneEntry.Word?, in entry: ZoneEntry
  ) throws(ZoneFault) -> DNSName {
    guard let word else { throw entry.fault("a name") }
    return try name(word)
  }

  private func name(_ word: ZoneEntry.Word) throws(ZoneFault) -> DNSName {
    if word.isQuoted { throw word.fault("a name without quotes") }
    let origin = origin
    return try word.read { text throws(SyntaxError) in
      try DNSName(text: text, origin: origin)
    }
  }

  /// `[owner] [TTL] [class] type data`
  private mutating func record(_ entry: ZoneEntry) throws(ZoneFault) {
    var words = entry.words[...]
    if !entry.beginsBlank { owner = try name(words.removeFirst()) }
    guard let owner else {
      throw entry.words[0].fault("an owner; no record stands before that has one")
    }
    Self.skipTimeAndClass(&words)
    guard let word = words.popFirst() else { throw entry.fault("a type of record") }
    if word.text.uppercased() == "FAIL" { return try failure(owner, words, in: entry) }
    guard !word.isQuoted, let type = RecordType(word.text) else {
      throw word.fault("a type of record")
    }
    let data = try RecordLayout.wire(type, words, in: entry, origin: origin)
    try zone.edit(owner) { node throws(ZoneFault) in
      guard let data else { return }
      if type == .cname {
        guard node.records.isEmpty, node.alias == nil else {
          throw word.fault("no alias beside other records (RFC 1034 §3.6.2)")
        }
        node.alias = DNSName(wire: data)
      } else if node.alias != nil {
        throw word.fault("no record beside an alias (RFC 1034 §3.6.2)")
      }
      node.add(type, data)
    }
  }

  private static func skipTimeAndClass(_ words: inout ArraySlice<ZoneEntry.Word>) {
    var (hasTime, hasClass) = (false, false)
    while let word = words.first, !word.isQuoted {
      if !hasClass, word.text.uppercased() == "IN" {
        hasClass = true
      } else if !hasTime, RecordLayout.seconds(word.octets) != nil {
        hasTime = true
      } else {
        return
      }
      words.removeFirst()
    }
  }

  /// `FAIL kind *type`
  private mutating func failure(
    _ owner: DNSName, _ words: ArraySlice<ZoneEntry.Word>, in entry: ZoneEntry
  ) throws(ZoneFault) {
    let kinds = "TIMEOUT, SERVFAIL, REFUSED or BOGUS"
    guard let word = words.first else { throw entry.fault(kinds) }
    guard let failure = Self.failures[word.text.uppercased()] else { throw word.fault(kinds) }
    var types: [RecordType] = []
    for word in words.dropFirst() {
      guard let type = RecordType(word.text) else { throw word.fault("a type of record") }
      types.append(type)
    }
    zone.edit(owner) { node in
      if types.isEmpty { node.otherwise = failure }
      for type in types { node.failures[type] = failure }
    }
  }

  private static let failures: [String: DNSFailure] = [
    "TIMEOUT": .timedOut, "SERVFAIL": .serverFailure("SERVFAIL"),
    "REFUSED": .serverFailure("REFUSED"), "BOGUS": .bogus("the zone says so"),
  ]
}
