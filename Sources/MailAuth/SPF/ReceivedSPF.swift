import Mail

/// The header field that keeps a check with the message (RFC 7208 §9.1):
///
///     Received-SPF: fail (mx.example: The record of …) client-ip=192.0.2.1;
///      envelope-from="a@b.example"; helo=mail.example; identity=mailfrom; receiver=mx.example
package struct ReceivedSPF: Sendable {
  /// With its name and CRLF, folded.
  package let field: [UInt8]

  package init(_ outcome: SPFOutcome, of request: SPFRequest, receiver: String) {
    var pairs = [
      ("client-ip", "\(request.client)"), ("envelope-from", request.sender),
      ("helo", request.helo), ("identity", outcome.identity.rawValue), ("receiver", receiver),
    ]
    if case .matched(let term, _) = outcome.reason { pairs.append(("mechanism", term)) }
    if [.temperror, .permerror].contains(outcome.result) {
      pairs.append(("problem", outcome.reason.sentence))
    }
    let list = pairs.map { "\($0)=\(Self.value($1))" }.joined(separator: "; ")
    let comment = Self.comment("\(receiver): \(outcome.reason.sentence)")
    var writer = HeaderWriter()
    writer.field("Received-SPF", "\(outcome.result.rawValue) (\(comment)) \(list)")
    field = writer.bytes
  }

  /// `dot-atom / quoted-string`; what is no visible ASCII becomes a question mark.
  private static func value(_ text: String) -> String {
    let clean = SPFText.shown(text.utf8)
    let isAtom =
      !clean.isEmpty && clean.utf8.allSatisfy { MailboxParser.isAtomText($0) || $0 == 0x2E }
      && clean.utf8.first != 0x2E && clean.utf8.last != 0x2E
      && !clean.utf8.hasDoubleDot
    return isAtom ? clean : "\"\(escaped(clean, "\"\\"))\""
  }

  /// RFC 5322 §3.2.2: parentheses inside a comment are escaped.
  private static func comment(_ text: String) -> String {
    escaped(SPFText.shown(text.utf8), "()\\")
  }

  private static func escaped(_ text: String, _ special: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if special.unicodeScalars.contains(scalar) { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }
}

extension String.UTF8View {
  /// Whether two dots stand together, which no dot-atom has.
  fileprivate var hasDoubleDot: Bool {
    zip(self, dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
  }
}
