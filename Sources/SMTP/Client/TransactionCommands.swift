import Mail

/// The command lines of one transaction, with the parameters that the server offers to take.
package struct TransactionCommands: Sendable {
  /// `MAIL FROM:<…> …` CRLF.
  package let mail: String
  /// One `RCPT TO:<…> …` CRLF for each recipient.
  package let recipients: [String]
  /// How the content travels.
  package let coding: ContentCoding

  package init(envelope: Envelope, size: Int, extensions: ServerExtensions) {
    let sender = envelope.sender.mailbox.map { "\($0)" } ?? ""
    var mail = "MAIL FROM:<\(sender)>"
    let parameters = envelope.parameters
    if extensions.hasSize { mail += " SIZE=\(size)" }
    // A server without 8BITMIME gets eight bits all the same: it has taken them for twenty years, and
    // converting would break signatures (against RFC 6152 §3, as Exim and qmail do).
    if extensions.eightBitMIME, parameters.body == .eightBitMIME { mail += " BODY=8BITMIME" }
    let isBinary = parameters.body == .binaryMIME && extensions.takesBinary
    coding = isBinary ? .chunk(size: size) : .dotted
    if isBinary { mail += " BODY=BINARYMIME" }
    if extensions.utf8, parameters.utf8 { mail += " SMTPUTF8" }
    if extensions.dsn {
      if let content = parameters.returnContent { mail += " RET=\(content.rawValue)" }
      if let id = parameters.envelopeID { mail += " ENVID=\(XText.encode(id.utf8))" }
    }
    if extensions.requireTLS, parameters.requireTLS { mail += " REQUIRETLS" }
    self.mail = mail + "\r\n"
    recipients = envelope.recipients.map { Self.line(for: $0, dsn: extensions.dsn) }
  }

  private static func line(for recipient: Recipient, dsn: Bool) -> String {
    let address = recipient.path.mailbox.map { "\($0)" } ?? "Postmaster"
    var line = "RCPT TO:<\(address)>"
    if dsn, let notify = recipient.notify { line += " NOTIFY=\(notify.words)" }
    if dsn, let original = recipient.original {
      let address =
        original.addressType == "utf-8"
        ? InternationalAddressText.encode(original.address) : XText.encode(original.address.utf8)
      line += " ORCPT=\(original.addressType);\(address)"
    }
    return line + "\r\n"
  }
}

/// How content is written to a server.
package enum ContentCoding: Hashable, Sendable {
  /// Behind DATA: dots stuffed, a lone dot at its end.
  case dotted
  /// Behind `BDAT size LAST`, as it is (RFC 3030 §2).
  case chunk(size: Int)

  /// The command that promises so many octets, CRLF included.
  package static func chunkCommand(size: Int) -> String { "BDAT \(size) LAST\r\n" }
}

extension NotifyConditions {
  /// As NOTIFY writes it (RFC 3461 §4.1).
  var words: String {
    if self == .never { return "NEVER" }
    let names: [(NotifyConditions, String)] = [
      (.success, "SUCCESS"), (.failure, "FAILURE"), (.delay, "DELAY"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
  }
}

extension ServerExtensions {
  /// BINARYMIME travels by BDAT only (RFC 3030 §3).
  var takesBinary: Bool { chunking && binaryMIME }

  /// Reads the lines of an EHLO answer behind the server's name (RFC 5321 §4.1.1.1).
  package init(helloLines: some Sequence<String>) {
    self.init()
    for line in helloLines {
      let words = line.split(separator: " ").map { $0.uppercased() }
      switch words.first {
      case "SIZE":
        hasSize = true
        size = words.count > 1 ? Int(words[1]).flatMap { $0 > 0 ? $0 : nil } : nil
      case "PIPELINING": pipelining = true
      case "8BITMIME": eightBitMIME = true
      case "SMTPUTF8": utf8 = true
      case "CHUNKING": chunking = true
      case "BINARYMIME": binaryMIME = true
      case "DSN": dsn = true
      case "ENHANCEDSTATUSCODES": enhancedStatusCodes = true
      case "STARTTLS": startTLS = true
      case "REQUIRETLS": requireTLS = true
      case "AUTH": authMechanisms = Array(words.dropFirst())
      case "LIMITS": readLimits(words.dropFirst())
      default: break
      }
    }
  }

  /// RFC 9422 §3.
  private mutating func readLimits(_ words: ArraySlice<String>) {
    for word in words {
      let parts = word.split(separator: "=")
      guard parts.count == 2, let number = Int(parts[1]), number > 0 else { continue }
      if parts[0] == "RCPTMAX" { maximumRecipients = number }
      if parts[0] == "MAILMAX" { maximumTransactions = number }
    }
  }
}
