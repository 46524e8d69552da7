import Mail

/// Whether a file is a message: its name says so, or its first lines are fields that messages have.
enum MailGuess {
  private static let suffixes = [".eml", ".emlx", ".mbox", ".msg.txt"]

  /// RFC 5322 §3.6, RFC 2045 §3, and what servers put in front.
  private static let fields: Set<String> = [
    "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version",
    "content-type", "reply-to", "sender", "delivered-to", "dkim-signature", "x-original-to",
    "x-mailer", "references", "in-reply-to", "list-id", "authentication-results",
  ]

  /// Fields looked at.
  private static let depth = 40

  static func isMail(_ octets: [UInt8], name: String) -> Bool {
    if suffixes.contains(where: name.lowercased().hasSuffix) { return true }
    let head = HeaderFields(Array(octets.prefix(HeaderFields.octetLimit)))
    return head.fields.prefix(depth).contains { fields.contains(head.name($0).lowercased()) }
  }
}
