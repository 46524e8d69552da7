import Mail

/// Reads the fields of a feedback report (RFC 5965 §3): a header section of its own. Of a field
/// that may stand once the first counts.
extension FeedbackReport {
  /// Values of one field that may come again.
  package static let listLimit = 100
  /// Octets of one value that are kept; a canonicalised body may be long.
  package static let valueLimit = 16_384

  /// `original` is the part with the message or its header section, if there is one.
  package init(fields bytes: [UInt8], original: [UInt8]?) throws(ReportRefusal) {
    let section = HeaderFields(bytes)
    for field in section.fields {
      let name = String(decoding: bytes[field.name], as: UTF8.self)
      take(name.lowercased().filter { $0 != " " && $0 != "\t" }, Self.value(bytes[field.value]))
    }
    guard !type.isEmpty else { throw .notAReport }
    if let original {
      let message = HeaderFields(original)
      messageFrom = message.first("From").map(Self.bounded)
      messageSubject = message.first("Subject").map(Self.bounded)
      messageDate = message.first("Date").map(Self.bounded)
      messageID = message.first("Message-ID").map(Self.bounded)
    }
  }

  private static func bounded(_ text: String) -> String { String(text.prefix(1000)) }

  /// Unfolded (RFC 5322 §2.2.3): line ends go, blanks stay.
  private static func value(_ raw: ArraySlice<UInt8>) -> String {
    let octets = raw.prefix(valueLimit).filter { $0 != 0x0D && $0 != 0x0A }
    let front = octets.drop { $0 == 0x20 || $0 == 0x09 }
    let end = front.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? front.startIndex
    return String(decoding: front[..<end], as: UTF8.self)
  }

  private static func add(_ value: String, to list: inout [String]) {
    if list.count < listLimit { list.append(value) }
  }

  private static func set(_ field: inout String?, _ value: String) {
    if field == nil { field = value }
  }

  /// `<a@b>` or `a@b`.
  private static func address(_ value: String) -> String {
    value.hasPrefix("<") && value.hasSuffix(">") ? String(value.dropFirst().dropLast()) : value
  }

  private mutating func take(_ name: String, _ value: String) {
    switch name {
    case "feedback-type": if type.isEmpty { type = value.lowercased() }
    case "user-agent": Self.set(&userAgent, value)
    case "version": Self.set(&version, value)
    case "original-envelope-id": Self.set(&originalEnvelopeID, value)
    case "original-mail-from": Self.set(&originalMailFrom, Self.address(value))
    case "original-rcpt-to": Self.add(Self.address(value), to: &originalRecipients)
    // `Received-Date` is what the format's first draft called it (RFC 5965 §3.2).
    case "arrival-date", "received-date": Self.set(&arrivalDate, value)
    case "reporting-mta": Self.set(&reportingMTA, value)
    // A comment behind the address tells the host's name.
    case "source-ip": Self.set(&sourceAddress, String(value.prefix { $0 != " " && $0 != "(" }))
    case "source-port": sourcePort = sourcePort ?? Int(value)
    case "incidents": incidents = max(1, Int(value) ?? 1)
    case "authentication-results": Self.add(value, to: &authenticationResults)
    case "reported-domain": Self.add(value, to: &reportedDomains)
    case "reported-uri": Self.add(value, to: &reportedURIs)
    default: takeFailure(name, value)
    }
  }

  /// RFC 6591 §3.1, §3.2.
  private mutating func takeFailure(_ name: String, _ value: String) {
    switch name {
    case "auth-failure": Self.set(&authFailure, value.lowercased())
    case "delivery-result": Self.set(&deliveryResult, value.lowercased())
    case "identity-alignment": Self.set(&identityAlignment, value.lowercased())
    case "dkim-domain": Self.set(&dkimDomain, value)
    case "dkim-identity": Self.set(&dkimIdentity, value)
    case "dkim-selector": Self.set(&dkimSelector, value)
    case "dkim-selector-dns": Self.set(&dkimSelectorDNS, value)
    case "dkim-canonicalized-header": Self.set(&dkimCanonicalizedHeader, value)
    case "dkim-canonicalized-body": Self.set(&dkimCanonicalizedBody, value)
    case "spf-dns": Self.set(&spfDNS, value)
    default: break
    }
  }
}
