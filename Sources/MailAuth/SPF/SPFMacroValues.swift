import DNS
import Mail

/// What the macros of one check stand for (RFC 7208 §7.2), and how they are expanded.
struct SPFMacroValues {
  let client: IPAddress
  let helo: [UInt8]
  let localPart: [UInt8]
  let senderDomain: [UInt8]
  /// The host that checks, `unknown` where nobody said.
  let receiver: String
  let time: Timestamp
  /// The domain whose record is looked at; changes with `include` and `redirect`.
  var domain: [UInt8]
  /// `unknown` where the client has none (RFC 7208 §7.3).
  var validatedName = "unknown"

  /// A name in text has at most 253 octets (RFC 7208 §7.3).
  private static let nameLimit = 253

  /// The name a term means, without a dot at the end. Labels that make it too long are cut off at its
  /// left (RFC 7208 §7.3). Nil when it is not ASCII: such a term does not match (RFC 8616 §4).
  func name(_ text: SPFMacroText) -> [UInt8]? {
    var name: [UInt8] = []
    // From the right, and no further than a name can reach, however long the text is.
    for piece in text.pieces.reversed() where name.count <= Self.nameLimit + 1 {
      name = expand(piece) + name
    }
    if name.last == 0x2E { name.removeLast() }
    while name.count > Self.nameLimit {
      guard let dot = name.firstIndex(of: 0x2E) else { return nil }
      name.removeFirst(dot + 1)
    }
    return name.allSatisfy { $0 < 0x80 } ? name : nil
  }

  /// What a stranger may put into a reply of ours: one line of it.
  private static let explanationLimit = 500

  /// For people. Octets that a reply must not have become question marks; a local part can have any.
  func explanation(_ text: SPFMacroText) -> String {
    var octets: [UInt8] = []
    for piece in text.pieces where octets.count < Self.explanationLimit { octets += expand(piece) }
    let clean = octets.prefix(Self.explanationLimit).map {
      (0x20...0x7E).contains($0) ? $0 : 0x3F
    }
    return String(decoding: clean, as: UTF8.self)
  }

  private func expand(_ piece: SPFMacroText.Piece) -> [UInt8] {
    switch piece {
    case .literal(let octets): return octets
    case .macro(let macro):
      let octets = transformed(value(macro.letter), macro)
      return macro.isEscaped ? Self.escaped(octets) : octets
    }
  }

  private func value(_ letter: SPFMacroText.Letter) -> [UInt8] {
    switch letter {
    case .sender: localPart + [0x40] + senderDomain
    case .localPart: localPart
    case .senderDomain: senderDomain
    case .domain: domain
    // Both are RFC 7208 §7.4's: dotted quad, or nibbles with dots between them.
    case .address: Array(client.reverseLabels.reversed().joined(separator: ".").uppercased().utf8)
    case .validatedName: Array(validatedName.utf8)
    case .family: Array((client.octets.count == 4 ? "in-addr" : "ip6").utf8)
    case .helo: helo
    case .readableAddress: Array("\(client)".utf8)
    case .receiver: Array(receiver.utf8)
    case .time: Array("\(time.seconds)".utf8)
    }
  }

  /// Split, reversed, cut to the last parts, and joined by dots (RFC 7208 §7.3).
  private func transformed(_ value: [UInt8], _ macro: SPFMacroText.Macro) -> [UInt8] {
    guard macro.parts != nil || macro.isReversed || !macro.delimiters.isEmpty else { return value }
    let delimiters = macro.delimiters.isEmpty ? [0x2E] : macro.delimiters
    var parts = value.split(omittingEmptySubsequences: false) { delimiters.contains($0) }
    if macro.isReversed { parts.reverse() }
    return Array(parts.suffix(macro.parts ?? parts.count).joined(separator: [0x2E]))
  }

  /// All but RFC 3986's unreserved characters as `%XX`.
  private static func escaped(_ octets: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return octets.flatMap { byte in
      SPFMacroParser.isLetter(byte) || SPFMacroParser.isDigit(byte) || unreserved.contains(byte)
        ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private static let unreserved = Set("-._~".utf8)
}
