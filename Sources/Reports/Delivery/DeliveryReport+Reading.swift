import Mail

/// Reads the fields of a delivery report (RFC 3464 §2.1): header sections with empty lines between.
///
///     delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields )
///
/// A group without a recipient's field is the message's, wherever it stands; of a field that comes
/// twice the first counts.
extension DeliveryReport {
  /// Recipients of one report; a list's bounce names hundreds.
  package static let recipientLimit = 10_000
  /// Octets of one value that are kept.
  package static let valueLimit = 4096

  package init(fields bytes: [UInt8], original: [UInt8]?) throws(ReportRefusal) {
    var at = 0
    while at < bytes.count {
      let section = HeaderFields(bytes, in: at..<bytes.count)
      guard section.bodyStart > at else {
        // A line that is no field is passed over.
        at = bytes[at...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        continue
      }
      take(section, bytes)
      guard recipients.count <= Self.recipientLimit else {
        throw .tooMuch("recipients", limit: Self.recipientLimit)
      }
      at = section.bodyStart
    }
    guard !recipients.isEmpty else { throw .notAReport }
    messageID = original.flatMap { HeaderFields($0).first("Message-ID") }.map {
      String($0.prefix(1000))
    }
  }

  private mutating func take(_ section: HeaderFields, _ bytes: [UInt8]) {
    var recipient = Recipient()
    for field in section.fields {
      let value = Self.value(bytes[field.value])
      switch section.name(field).lowercased() {
      case "reporting-mta": Self.set(&reportingMTA, Self.typed(value).text)
      case "original-envelope-id": Self.set(&originalEnvelopeID, value)
      case "arrival-date": Self.set(&arrivalDate, value)
      case "original-recipient": Self.set(&recipient.original, Self.address(value))
      case "final-recipient": Self.set(&recipient.final, Self.address(value))
      case "action": Self.set(&recipient.action, Self.word(value).lowercased())
      case "status": Self.set(&recipient.status, Self.status(value))
      case "remote-mta": Self.set(&recipient.remoteMTA, Self.typed(value).text)
      case "will-retry-until": Self.set(&recipient.willRetryUntil, value)
      case "diagnostic-code":
        let (type, text) = Self.typed(value)
        Self.set(&recipient.diagnosticType, type)
        Self.set(&recipient.diagnostic, text)
      default: break
      }
    }
    let isRecipient = recipient.final != nil || recipient.original != nil
    if isRecipient || recipient.action != nil { recipients.append(recipient) }
  }

  private static func set(_ field: inout String?, _ value: String?) {
    if field == nil { field = value }
  }

  /// Unfolded and without white space around.
  private static func value(_ raw: ArraySlice<UInt8>) -> String {
    let octets = raw.prefix(valueLimit).filter { $0 != 0x0D && $0 != 0x0A }
    let front = octets.drop { $0 == 0x20 || $0 == 0x09 }
    let end = front.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? front.startIndex
    return String(decoding: front[..<end], as: UTF8.self)
  }

  /// `type ";" text` (RFC 3464 §2.1.2); some leave the type out.
  private static func typed(_ value: String) -> (type: String?, text: String) {
    guard let mark = value.utf8.firstIndex(of: 0x3B) else { return (nil, value) }
    let type = value[..<mark].lowercased().filter { $0 != " " }
    guard type.utf8.count <= 30, type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return (nil, value)
    }
    return (type, String(value[value.utf8.index(after: mark)...].drop { $0 == " " }))
  }

  /// The address behind `rfc822;` or `utf-8;`, brackets and comments left off.
  private static func address(_ value: String) -> String? {
    let text = typed(value).text
    let bare = text.hasPrefix("<") && text.hasSuffix(">") ? text.dropFirst().dropLast() : text[...]
    return bare.isEmpty ? nil : String(bare)
  }

  private static func word(_ value: String) -> String {
    String(value.prefix { $0 != " " && $0 != "(" && $0 != ";" })
  }

  /// RFC 3464 §2.3.4: the code, with a comment perhaps.
  private static func status(_ value: String) -> String? { Recipient.enhanced(word(value)[...]) }
}
