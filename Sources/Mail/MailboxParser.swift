/// Reads mailboxes where SMTP and the settings write them (RFC 5321 §4.1.2, RFC 6531 §3.3).
///
/// Strict: comments, folding and obsolete forms of message headers are not SMTP's.
package struct MailboxParser: Sendable {
  /// RFC 5321 §4.5.3.1.1.
  package static let localPartLimit = 64

  /// `Mailbox = Local-part "@" ( Domain / address-literal )` from the front of `bytes`; returns where
  /// it ended. Offsets in errors count from the start of `bytes`.
  package static func parse(
    _ bytes: ArraySlice<UInt8>
  ) throws(SyntaxError) -> (mailbox: Mailbox, end: Int) {
    let (localPart, at) = try localPart(bytes)
    guard at < bytes.endIndex, bytes[at] == 0x40 else {
      throw SyntaxError(expected: "@", at: at - bytes.startIndex)
    }
    let (host, end) = try host(bytes[(at + 1)...], base: bytes.startIndex)
    return (Mailbox(localPart: localPart, host: host), end)
  }

  private static func localPart(_ bytes: ArraySlice<UInt8>) throws(SyntaxError) -> (String, Int) {
    let isQuoted = bytes.first == 0x22
    let (raw, end) = isQuoted ? try quotedString(bytes) : dotString(bytes)
    let length = end - bytes.startIndex
    guard !isQuoted || !raw.isEmpty, length > 0, let text = String(validating: raw, as: UTF8.self),
      text.unicodeScalars.allSatisfy(isShowable)
    else { throw SyntaxError(expected: "a local part", at: 0) }
    guard length <= localPartLimit else {
      throw SyntaxError(expected: "at most \(localPartLimit) octets of local part", at: 0)
    }
    if !isQuoted, raw.first == 0x2E || raw.last == 0x2E || hasDoubleDot(raw) {
      throw SyntaxError(expected: "a local part without empty atoms", at: 0)
    }
    return (text, end)
  }

  /// `Dot-string = Atom *("." Atom)`; the dots' places are checked by the caller.
  private static func dotString(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Int) {
    let end = bytes.firstIndex { !isAtomText($0) && $0 != 0x2E } ?? bytes.endIndex
    return (Array(bytes[..<end]), end)
  }

  /// `Quoted-string = DQUOTE *QcontentSMTP DQUOTE`, unquoted.
  private static func quotedString(
    _ bytes: ArraySlice<UInt8>
  ) throws(SyntaxError) -> ([UInt8], Int) {
    var text: [UInt8] = []
    var index = bytes.startIndex + 1
    while index < bytes.endIndex {
      var byte = bytes[index]
      if byte == 0x22 { return (text, index + 1) }
      if byte == 0x5C {
        index += 1
        guard index < bytes.endIndex, bytes[index] < 0x80 else { break }
        byte = bytes[index]
      }
      guard byte >= 0x20, byte != 0x7F else { break }
      text.append(byte)
      index += 1
    }
    throw SyntaxError(expected: "a closing quote", at: index - bytes.startIndex)
  }

  private static func host(
    _ bytes: ArraySlice<UInt8>, base: Int
  ) throws(SyntaxError) -> (Host, Int) {
    let offset = bytes.startIndex - base
    if bytes.first == 0x5B {
      guard let close = bytes.firstIndex(of: 0x5D) else {
        throw SyntaxError(expected: "]", at: bytes.endIndex - base)
      }
      let inner = String(decoding: bytes[(bytes.startIndex + 1)..<close], as: UTF8.self)
      guard let address = literal(inner) else {
        throw SyntaxError(expected: "an address literal", at: offset)
      }
      return (.literal(address), close + 1)
    }
    let end = bytes.firstIndex { !isDomainByte($0) } ?? bytes.endIndex
    do {
      return (.domain(try Domain(parsing: bytes[..<end])), end)
    } catch {
      throw SyntaxError(expected: error.expected, at: offset + error.offset)
    }
  }

  /// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3); other tags are not registered.
  package static func literal(_ inner: String) -> IPAddress? {
    if inner.lowercased().hasPrefix("ipv6:") {
      let text = inner.dropFirst(5)
      return text.contains(":") ? IPAddress(text) : nil
    }
    return inner.contains(":") ? nil : IPAddress(inner)
  }

  /// RFC 5322 §3.2.3 `atext`, and every non-ASCII octet (RFC 6531 §3.3).
  package static func isAtomText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    default: atomSymbols.contains(byte)
    }
  }

  private static let atomSymbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  private static func isDomainByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == 0x2D || byte == 0x2E || byte == 0x5F
      || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }

  /// Nothing that breaks a line or turns its direction: it would forge what people read in logs.
  private static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: !scalar.properties.isBidiControl
    }
  }

  /// By octets: to `String`, a dot with a combining mark behind it is no dot.
  static func hasDoubleDot(_ bytes: [UInt8]) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
  }
}

extension Mailbox: CustomStringConvertible {
  /// Reads a whole text as one mailbox.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)[...]
    guard let (mailbox, end) = try? MailboxParser.parse(bytes), end == bytes.endIndex
    else { return nil }
    self = mailbox
  }

  /// The wire form, quoted where an atom would not do.
  package var description: String { "\(quotedLocalPart)@\(host)" }

  private var quotedLocalPart: String {
    let bytes = Array(localPart.utf8)
    let isDotString =
      bytes.allSatisfy { MailboxParser.isAtomText($0) || $0 == 0x2E } && bytes.first != 0x2E
      && bytes.last != 0x2E && !MailboxParser.hasDoubleDot(bytes) && !bytes.isEmpty
    if isDotString { return localPart }
    var quoted = "\""
    for character in localPart.unicodeScalars {
      if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  /// Whether the address can only travel with SMTPUTF8.
  package var needsUTF8: Bool { !localPart.utf8.allSatisfy { $0 < 0x80 } }
}
