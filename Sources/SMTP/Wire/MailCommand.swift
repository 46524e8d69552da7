import Mail

/// The arguments of MAIL and RCPT: a path and its parameters.
///
///     mail = "MAIL FROM:" Reverse-path [SP Mail-parameters]     (RFC 5321 §4.1.1.2)
///     rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters]       (RFC 5321 §4.1.1.3)
enum MailCommand {
  /// Octets of a path with its brackets; RFC 5321 §4.5.3.1.3 says 256, U-labels need more.
  private static let pathLimit = 1024

  static func mail(_ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    let (path, tail) = try bracketed(rest, after: "FROM:", status: .init(5, 1, 7))
    let parameters = try MailParameterParser.mail(tail)
    guard !path.isEmpty else { return .mail(.null, parameters) }
    let parsed = try forwardPath(path, status: .init(5, 1, 7))
    guard let mailbox = parsed.mailbox else {
      throw CommandError(Reply(501, .init(5, 1, 7), "A sender needs a domain"))
    }
    if !parameters.utf8, path.contains(where: { $0 >= 0x80 }) {
      throw CommandError(Reply(553, .init(5, 6, 7), "This address needs SMTPUTF8"))
    }
    return .mail(.mailbox(mailbox), parameters)
  }

  static func recipient(_ rest: ArraySlice<UInt8>) throws(CommandError) -> Command {
    let status = EnhancedStatus(5, 1, 3)
    let (path, tail) = try bracketed(rest, after: "TO:", status: status)
    guard !path.isEmpty else {
      throw CommandError(Reply(501, status, "The null address receives nothing"))
    }
    let (notify, original) = try MailParameterParser.recipient(tail)
    return .recipient(try forwardPath(path, status: status), notify: notify, original: original)
  }

  /// RFC 5321 §3.3 allows no blank behind the colon, but cameras, printers and old mailers write one, and
  /// it can't be misread.
  private static let acceptsSpaceBeforePath = true

  /// Splits `FROM:<path> parameters`.
  private static func bracketed(
    _ rest: ArraySlice<UInt8>, after keyword: String, status: EnhancedStatus
  ) throws(CommandError) -> (path: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) {
    let length = keyword.utf8.count
    guard String(decoding: rest.prefix(length), as: UTF8.self).uppercased() == keyword else {
      throw CommandParser.syntax("\(keyword)<address> is needed")
    }
    var path = rest.dropFirst(length)
    if acceptsSpaceBeforePath { path = path.drop { $0 == 0x20 } }
    guard path.first == 0x3C, let close = closingBracket(path) else {
      throw CommandError(Reply(501, status, "An address needs its <angle brackets>"))
    }
    let tail = path[(close + 1)...]
    guard tail.isEmpty || tail.first == 0x20, close - path.startIndex <= pathLimit else {
      throw CommandError(Reply(501, status, "Bad address syntax"))
    }
    return (path[(path.startIndex + 1)..<close], tail)
  }

  /// The `>` that is not inside quotes.
  private static func closingBracket(_ bytes: ArraySlice<UInt8>) -> Int? {
    var isQuoted = false
    var index = bytes.startIndex
    while index < bytes.endIndex {
      switch bytes[index] {
      case 0x22: isQuoted.toggle()
      case 0x5C where isQuoted: index += 1
      case 0x3E where !isQuoted: return index
      default: break
      }
      index += 1
    }
    return nil
  }

  /// `Path = "<" [ A-d-l ":" ] Mailbox ">"`, and the bare `Postmaster` (RFC 5321 §4.5.1).
  private static func forwardPath(
    _ bytes: ArraySlice<UInt8>, status: EnhancedStatus
  ) throws(CommandError) -> ForwardPath {
    if String(decoding: bytes, as: UTF8.self).lowercased() == "postmaster" {
      return ForwardPath(mailbox: nil)
    }
    do {
      var rest = bytes
      let route = bytes.first == 0x40 ? try sourceRoute(&rest) : []
      let (mailbox, end) = try MailboxParser.parse(rest)
      guard end == bytes.endIndex else {
        throw SyntaxError(expected: "the end of the address", at: end - bytes.startIndex)
      }
      return ForwardPath(mailbox: mailbox, sourceRoute: route)
    } catch {
      throw CommandError(Reply(501, status, "Bad address syntax"))
    }
  }

  /// `A-d-l = At-domain *( "," At-domain )`, with its colon.
  private static func sourceRoute(_ bytes: inout ArraySlice<UInt8>) throws(SyntaxError) -> [Domain]
  {
    guard let colon = bytes.firstIndex(of: 0x3A) else {
      throw SyntaxError(expected: ":", at: 0)
    }
    var route: [Domain] = []
    for hop in bytes[..<colon].split(separator: 0x2C, omittingEmptySubsequences: false) {
      guard hop.first == 0x40 else { throw SyntaxError(expected: "@", at: 0) }
      route.append(try Domain(parsing: hop.dropFirst()))
    }
    bytes = bytes[(colon + 1)...]
    return route
  }
}
