package import Mail

/// The Received field we put in front of each message (RFC 5321 §4.4), CRLF at its end.
package struct ReceivedField: Sendable {
  package let origin: Origin
  package let hostname: String
  package let id: TraceID
  package let usesUTF8: Bool
  /// Named only when there is one recipient: more would tell blind copies.
  package let onlyRecipient: String?
  package let at: Timestamp

  package init(origin: Origin, hostname: String, id: TraceID, envelope: Envelope, at: Timestamp) {
    self.origin = origin
    self.hostname = hostname
    self.id = id
    self.at = at
    usesUTF8 = envelope.parameters.utf8
    let only = envelope.recipients.count == 1 ? envelope.recipients.first : nil
    onlyRecipient = only?.path.mailbox.map { "\($0)" }
  }

  package var bytes: [UInt8] {
    var text = "Received: from \(clientName) (\(Host.literal(origin.address)))\r\n"
    text += "\tby \(hostname) (Kadomori)"
    text += " with \(origin.protocolName(utf8: usesUTF8)) id \(id)\r\n"
    if let tls = origin.tls { text += "\t(\(tls.version))\r\n" }
    if let onlyRecipient { text += "\tfor <\(onlyRecipient)>\r\n" }
    text.removeLast()  // "\r\n" is one Character
    return Array((text + ";\r\n\t\(at.mailDate)\r\n").utf8)
  }

  /// What the client called itself; a name that is no domain stands as a comment-safe word.
  private var clientName: String {
    switch origin.hello {
    case .host(let host): host.description
    case .other(let text):
      String(text.unicodeScalars.map { isWordScalar($0) ? Character($0) : "?" })
    case nil: "unknown"
    }
  }

  private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "-._:[]".unicodeScalars.contains(scalar))
  }
}
