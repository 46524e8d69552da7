import Mail

/// Reads one command line (RFC 5321 §4.1.1 and the extensions we offer).
///
/// Strict where leniency has been abused: a path needs its angle brackets and follows the colon at
/// once, a parameter may not be said twice. Each refusal carries the reply the RFC gives it.
package struct CommandParser: Sendable {
  package init() {}

  /// Reads a line without its CRLF.
  package func parse(_ line: ArraySlice<UInt8>) throws(CommandError) -> Command {
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw CommandError(Reply(500, .init(5, 5, 2), "Control characters in a command"))
    }
    let trimmed = Self.trimmingEnd(line)
    let verbEnd = trimmed.firstIndex(of: 0x20) ?? trimmed.endIndex
    let verb = String(decoding: trimmed[..<verbEnd], as: UTF8.self).uppercased()
    let rest = trimmed[verbEnd...].drop { $0 == 0x20 }
    switch verb {
    case "HELO": return .hello(try helloName(rest))
    case "EHLO": return .extendedHello(try helloName(rest))
    case "LHLO": return .localHello(try helloName(rest))
    case "MAIL": return try MailCommand.mail(rest)
    case "RCPT": return try MailCommand.recipient(rest)
    case "BDAT": return try chunk(rest)
    case "AUTH": return try authenticate(rest)
    case "XCLIENT": return try clientAttributes(rest)
    case "VRFY": return .verify(String(decoding: rest, as: UTF8.self))
    case "EXPN": return .expand(String(decoding: rest, as: UTF8.self))
    case "HELP": return .help
    case "NOOP": return .noop
    case "ETRN", "TURN", "ATRN", "SEND", "SOML", "SAML", "XFORWARD": return .unsupported(verb)
    default: return try bare(verb, rest)
    }
  }

  /// Commands that take no argument (RFC 5321 §4.1.1, §4.3.2: 501 when there is one).
  private func bare(_ verb: String, _ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    let command: Command
    switch verb {
    case "DATA": command = .data
    case "RSET": command = .reset
    case "QUIT": command = .quit
    case "STARTTLS": command = .startTLS
    default: return .unknown(String(verb.prefix(Self.verbShown)))
    }
    guard rest.isEmpty else { throw Self.syntax("\(verb) takes no parameters") }
    return command
  }

  /// Characters of an unknown verb that go into the log.
  private static let verbShown = 32
  /// RFC 1035 §2.3.4 allows 253; more is no name.
  private static let helloLimit = 255

  private func helloName(_ bytes: ArraySlice<UInt8>) throws(CommandError) -> HelloName {
    guard !bytes.isEmpty, bytes.count <= Self.helloLimit,
      let text = String(validating: bytes, as: UTF8.self)
    else { throw Self.syntax("A host name is needed") }
    if let domain = Domain(text) { return .host(.domain(domain)) }
    if text.hasPrefix("["), text.hasSuffix("]"),
      let address = MailboxParser.literal(String(text.dropFirst().dropLast()))
    {
      return .host(.literal(address))
    }
    return .other(text)
  }

  /// `bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ]` (RFC 3030 §2).
  private func chunk(_ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    let parts = rest.split(separator: 0x20)
    guard (1...2).contains(parts.count), let size = Self.number(parts[0]) else {
      throw Self.syntax("BDAT needs a size")
    }
    guard parts.count == 2 else { return .chunk(size: size, last: false) }
    guard String(decoding: parts[1], as: UTF8.self).uppercased() == "LAST" else {
      throw Self.syntax("Only LAST may follow the size")
    }
    return .chunk(size: size, last: true)
  }

  /// `"AUTH" SP sasl-mech [SP initial-response]` (RFC 4954 §8).
  private func authenticate(_ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    let parts = rest.split(separator: 0x20)
    guard (1...2).contains(parts.count), (1...20).contains(parts[0].count) else {
      throw Self.syntax("AUTH needs a mechanism")
    }
    let mechanism = String(decoding: parts[0], as: UTF8.self).uppercased()
    guard parts.count == 2 else {
      return .authenticate(mechanism: mechanism, initialResponse: nil)
    }
    if parts[1].elementsEqual([0x3D]) {
      return .authenticate(mechanism: mechanism, initialResponse: [])
    }
    guard let response = Base64.decode(parts[1]) else {
      throw CommandError(Reply(501, .init(5, 5, 2), "Not base64"))
    }
    return .authenticate(mechanism: mechanism, initialResponse: response)
  }

  private func clientAttributes(_ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    var attributes: [ClientAttribute] = []
    for part in rest.split(separator: 0x20) {
      guard let equals = part.firstIndex(of: 0x3D), equals > part.startIndex,
        let raw = XText.decode(part[(equals + 1)...]),
        let value = String(validating: raw, as: UTF8.self)
      else { throw Self.syntax("Bad XCLIENT attribute") }
      let name = String(decoding: part[..<equals], as: UTF8.self).uppercased()
      let isUnknown = ["[UNAVAILABLE]", "[TEMPUNAVAIL]"].contains(value.uppercased())
      attributes.append(ClientAttribute(name: name, value: isUnknown ? nil : value))
    }
    guard !attributes.isEmpty else { throw Self.syntax("XCLIENT needs attributes") }
    return .clientAttributes(attributes)
  }

  static func syntax(_ text: String) -> CommandError {
    CommandError(Reply(501, .init(5, 5, 4), text))
  }

  /// Decimal digits only, at most what fits well below overflow (20 digits are RFC 1870's bound).
  static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard (1...18).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func trimmingEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line[..<((line.lastIndex { $0 != 0x20 && $0 != 0x09 }).map { $0 + 1 } ?? line.startIndex)]
  }
}
