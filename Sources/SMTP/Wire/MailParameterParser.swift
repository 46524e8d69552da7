import Mail

/// The `KEY=value` parameters behind a path; unknown ones are 555 (RFC 5321 §4.1.1.11).
enum MailParameterParser {
  static func mail(_ tail: ArraySlice<UInt8>) throws(CommandError) -> MailParameters {
    var result = MailParameters()
    for (key, value) in try pairs(tail) {
      switch key {
      case "SIZE": result.size = try need(CommandParser.number(value), key)
      case "BODY": result.body = try need(BodyKind(rawValue: upper(value)), key)
      case "SMTPUTF8": result.utf8 = try flag(value, key)
      case "RET": result.returnContent = try need(ReturnContent(rawValue: upper(value)), key)
      case "ENVID": result.envelopeID = try need(envelopeID(value), key)
      case "AUTH":
        // RFC 4954 §5: a mailbox in xtext, or `<>`.
        let mailbox = value.isEmpty ? nil : text(XText.decode(value))
        result.authenticated = try need(mailbox, key)
      case "REQUIRETLS": result.requireTLS = try flag(value, key)
      default: throw unknown(key)
      }
    }
    return result
  }

  static func recipient(
    _ tail: ArraySlice<UInt8>
  ) throws(CommandError) -> (NotifyConditions?, OriginalRecipient?) {
    var notify: NotifyConditions?
    var original: OriginalRecipient?
    for (key, value) in try pairs(tail) {
      switch key {
      case "NOTIFY": notify = try need(conditions(value), key)
      case "ORCPT": original = try need(originalRecipient(value), key)
      default: throw unknown(key)
      }
    }
    return (notify, original)
  }

  private typealias Pair = (key: String, value: ArraySlice<UInt8>)

  private static func pairs(_ tail: ArraySlice<UInt8>) throws(CommandError) -> [Pair] {
    var pairs: [Pair] = []
    for part in tail.split(separator: 0x20) {
      let equals = part.firstIndex(of: 0x3D) ?? part.endIndex
      let key = upper(part[..<equals])
      guard !key.isEmpty, !pairs.contains(where: { $0.key == key }) else {
        throw CommandParser.syntax("A parameter is given twice or has no name")
      }
      pairs.append((key, part[equals...].dropFirst()))
    }
    return pairs
  }

  private static func unknown(_ key: String) -> CommandError {
    CommandError(Reply(555, .init(5, 5, 4), "Parameter not recognised"))
  }

  private static func need<Value>(_ value: Value?, _ key: String) throws(CommandError) -> Value {
    guard let value else { throw CommandParser.syntax("Bad value of \(key)") }
    return value
  }

  private static func flag(
    _ value: ArraySlice<UInt8>, _ key: String
  ) throws(CommandError) -> Bool {
    guard value.isEmpty else { throw CommandParser.syntax("\(key) takes no value") }
    return true
  }

  /// RFC 3461 §4.4: at most 100 characters.
  private static func envelopeID(_ value: ArraySlice<UInt8>) -> String? {
    guard (1...100).contains(value.count) else { return nil }
    return text(XText.decode(value))
  }

  /// `"NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" )` (RFC 3461 §4.1).
  private static func conditions(_ value: ArraySlice<UInt8>) -> NotifyConditions? {
    let words = upper(value).split(separator: ",", omittingEmptySubsequences: false)
    if words == ["NEVER"] { return .never }
    var result = NotifyConditions.never
    for word in words {
      switch word {
      case "SUCCESS": result.insert(.success)
      case "FAILURE": result.insert(.failure)
      case "DELAY": result.insert(.delay)
      default: return nil
      }
    }
    return result
  }

  /// `addr-type ";" xtext`, at most 500 characters (RFC 3461 §4.2).
  private static func originalRecipient(_ value: ArraySlice<UInt8>) -> OriginalRecipient? {
    guard value.count <= 500, let semicolon = value.firstIndex(of: 0x3B),
      semicolon > value.startIndex,
      value[..<semicolon].allSatisfy(isTypeOctet)
    else { return nil }
    let type = String(decoding: value[..<semicolon], as: UTF8.self).lowercased()
    let written = value[(semicolon + 1)...]
    let address =
      type == "utf-8" ? InternationalAddressText.decode(written) : text(XText.decode(written))
    guard let address, !address.isEmpty else { return nil }
    return OriginalRecipient(addressType: type, address: address)
  }

  /// addr-type is an atom (RFC 3461 §4.2); it will be written into reports and commands.
  private static func isTypeOctet(_ byte: UInt8) -> Bool {
    byte < 0x80 && MailboxParser.isAtomText(byte)
  }

  /// Text without controls: it will be written into header fields of reports.
  private static func text(_ bytes: [UInt8]?) -> String? {
    guard let bytes, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func upper(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self).uppercased()
  }
}
