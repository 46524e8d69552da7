/// What a `Received` field says (RFC 5321 §4.4): who gave the message to whom, how and when.
///
///     from NAME (comment) by NAME via LINK with PROTOCOL id ID for PATH; DATE
///
/// Programs write clauses in any order, leave most of them out and put the client's address and its HELO
/// into comments in ways of their own. The first clause of a kind counts.
package struct TraceField: Hashable, Sendable {
  /// Who the client said it was: a name, or an address in the form of `IPAddress`.
  package private(set) var from: String?
  /// The client's address, where a comment or a literal behind the name gives it.
  package private(set) var address: IPAddress?
  /// What it said in HELO, EHLO or LHLO, where a comment tells that apart.
  package private(set) var helo: String?
  package private(set) var by: String?
  package private(set) var via: String?
  /// In upper case; nil for what is no protocol that is registered for this place.
  package private(set) var with: String?
  package private(set) var id: String?
  /// Without angle brackets.
  package private(set) var recipient: String?
  package private(set) var date: HeaderDate?

  /// Octets of a field that are looked at.
  private static let lengthLimit = 4096

  private enum Clause: String {
    case from, by, via, with, id
    case recipient = "for"
  }

  private var clause: Clause?
  private var seen: Set<Clause> = []

  package init(_ field: [UInt8]) {
    let bytes = Array(field.prefix(Self.lengthLimit))
    var cursor = FieldCursor(bytes, 0..<bytes.count)
    while let byte = cursor.current {
      switch byte {
      case 0x3B:
        date = HeaderDate(Array(bytes[(cursor.at + 1)...]))
        return
      case 0x28:
        if let comment = cursor.comment(), clause == .from { note(comment: bytes[comment]) }
      case _ where byte.isBlank: cursor.at += 1
      default:
        take(bytes[cursor.run { $0.isBlank || $0 == 0x28 || $0 == 0x3B }])
      }
    }
  }

  private mutating func take(_ word: ArraySlice<UInt8>) {
    let text = String(decoding: word, as: UTF8.self)
    if let next = Clause(rawValue: text.lowercased()), seen.insert(next).inserted {
      clause = next
      return
    }
    switch clause {
    case .from:
      if from != nil {
        // `from name [192.0.2.1] by …`
        if word.first == 0x5B { address = address ?? Self.address(word) }
      } else if address == nil {
        from = Self.address(word).map { "\($0)" } ?? Self.bare(word)
      }
    case .by: by = by ?? Self.address(word).map { "\($0)" } ?? Self.bare(word)
    case .via: via = via ?? Self.bare(word)
    case .with: with = with ?? Self.protocolName(word)
    case .id: id = id ?? Self.bare(word)
    case .recipient: recipient = recipient ?? Self.bare(word)
    case nil: break
    }
  }

  /// Behind the client's name: `(name [192.0.2.1])`, `(HELO name) (192.0.2.1)`, `([192.0.2.1]:25 helo=name)`.
  private mutating func note(comment: ArraySlice<UInt8>) {
    let words = comment.split { byte in
      byte.isBlank || [0x2C, 0x28, 0x29, 0x3D, 0x3C, 0x3E].contains(byte)
    }
    var isGreeting = false
    for word in words.flatMap(Self.apart) {
      if isGreeting {
        helo = helo ?? Self.address(word).map { "\($0)" } ?? Self.bare(word)
        isGreeting = false
      } else if Self.greetings.contains(String(decoding: word.map(\.lowered), as: UTF8.self)) {
        isGreeting = true
      } else {
        address = address ?? Self.address(word)
      }
    }
  }

  private static let greetings: Set<String> = ["helo", "ehlo", "lhlo"]

  /// `name[192.0.2.1]` is two words.
  private static func apart(_ word: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    guard let open = word.firstIndex(of: 0x5B), open > word.startIndex else { return [word] }
    return [word[..<open], word[open...]]
  }

  /// `192.0.2.1`, `[192.0.2.1]:2525`, `[IPv6:2001:db8::1]`.
  private static func address(_ word: ArraySlice<UInt8>) -> IPAddress? {
    var inner = word
    if inner.first == 0x5B {
      guard let close = inner.firstIndex(of: 0x5D) else { return nil }
      inner = inner[(inner.startIndex + 1)..<close]
    }
    if inner.prefix(5).map(\.lowered).elementsEqual("ipv6:".utf8) { inner = inner.dropFirst(5) }
    let text = String(decoding: inner, as: UTF8.self)
    if let address = IPAddress(text) { return address }
    // A port behind the address.
    let parts = inner.split(separator: 0x3A)
    guard parts.count == 2, parts[1].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return IPAddress(String(decoding: parts[0], as: UTF8.self))
  }

  /// Without angle brackets and the comma or semicolon behind it; nil when nothing is left.
  private static func bare(_ word: ArraySlice<UInt8>) -> String? {
    let marks: [UInt8] = [0x3C, 0x3E, 0x2C]
    let start = word.drop { marks.contains($0) }
    let text = start.reversed().drop { marks.contains($0) }.reversed()
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }

  /// `ESMTPS`, also of `ESMTPS/TLS1.3`; Microsoft's `SMTPSVC(5.0)` is SMTP.
  private static func protocolName(_ word: ArraySlice<UInt8>) -> String? {
    let letters = word.prefix { (0x41...0x5A).contains($0 & 0xDF) || (0x30...0x39).contains($0) }
    let isWhole = letters.count == word.count || !Self.isHyphen(word[letters.endIndex])
    let name = String(decoding: letters, as: UTF8.self).uppercased()
    if name == "SMTPSVC" { return "SMTP" }
    return isWhole && protocols.contains(name) ? name : nil
  }

  private static func isHyphen(_ byte: UInt8) -> Bool { byte == 0x2D }

  /// IANA's registry "Mail Transmission Types", and what programs write besides.
  private static let protocols: Set<String> = {
    let forms = ["", "A", "S", "SA"]
    let bases = ["SMTP", "ESMTP", "LMTP", "UTF8SMTP", "UTF8LMTP"]
    let registered = bases.flatMap { base in forms.map { base + $0 } }
    return Set(registered + ["MMS", "HTTP", "HTTPS", "LOCAL", "POP3", "IMAP"])
  }()
}
