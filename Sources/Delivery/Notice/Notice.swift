import Mail
import SMTP
import Spool

/// A delivery status notification (RFC 3464, RFC 6533): what became of one message for some recipients,
/// for people in two languages and for programs.
struct Notice: Sendable {
  /// The actions of RFC 3464 §2.3.3 that we report.
  enum Kind: String, Hashable, Sendable {
    case failed
    case delayed
    case delivered
    case relayed
  }

  /// One recipient of the notice.
  struct Entry: Hashable, Sendable {
    let recipient: Recipient
    let status: EnhancedStatus
    let reply: Reply?
    /// The host that replied.
    let remote: String?
    /// Our own sentence.
    let text: String
  }

  let kind: Kind
  let about: StoredMessage
  let entries: [Entry]
  let hostname: String
  let from: String
  let now: Timestamp
  /// Until when it is tried.
  let expiresAt: Timestamp

  /// Octets of the original's header section that go back.
  static let headerLimit = 65_536
  /// Octets of an original that goes back whole.
  static let fullLimit = 1 << 20

  /// Whether the original, or its header alone, is to be returned (RFC 3461 §4.3). Only failures
  /// return content.
  var returnsFull: Bool {
    // RFC 8689 §5: RET=FULL does not count beside REQUIRETLS.
    kind == .failed && about.envelope.parameters.returnContent == .full
      && !about.envelope.parameters.requireTLS
      && about.size <= Self.fullLimit
  }

  private var isInternational: Bool {
    about.envelope.parameters.utf8
      && (entries.contains { $0.recipient.path.mailbox?.needsUTF8 == true }
        || about.envelope.sender.mailbox?.needsUTF8 == true)
  }

  /// The whole notice. `original` is the message, or at least its header section.
  func bytes(id: TraceID, original: [UInt8], seed: UInt64) -> [UInt8] {
    let report = NoticeText(notice: self).bytes
    let fields = fields
    let returned = returnsFull ? original : Self.header(of: original)
    let parts = [report, fields, returned]
    let boundary = MultipartWriter.boundary(for: parts, seed: seed)
    var multipart = MultipartWriter(boundary: boundary)
    multipart.part(Self.partHeader("text/plain; charset=utf-8", "Notification"), report)
    let status = isInternational ? "message/global-delivery-status" : "message/delivery-status"
    multipart.part(Self.partHeader(status, "Delivery report"), fields)
    multipart.part(Self.partHeader(returnedType(returned), "Message"), returned)
    multipart.end()
    return header(id, boundary) + multipart.bytes
  }

  private func header(_ id: TraceID, _ boundary: String) -> [UInt8] {
    var header = HeaderWriter()
    header.field("From", "Mail Delivery System <\(from)>")
    header.field("To", about.envelope.sender.mailbox.map { "\($0)" } ?? "undisclosed-recipients:;")
    header.text("Subject", NoticeText(notice: self).subject)
    header.field("Date", now.mailDate)
    header.field("Message-ID", "<\(id)@\(hostname)>")
    if let original = about.facts.messageID, Self.isMessageID(original) {
      header.field("In-Reply-To", original)
      header.field("References", original)
    }
    header.field("Auto-Submitted", "auto-replied")  // RFC 3834 §5
    header.field("MIME-Version", "1.0")
    header.field(
      "Content-Type", "multipart/report; report-type=delivery-status; boundary=\"\(boundary)\"")
    header.end()
    return header.bytes
  }

  private static func partHeader(_ type: String, _ description: String) -> HeaderWriter {
    var header = HeaderWriter()
    header.field("Content-Type", type)
    header.field("Content-Description", description)
    header.field("Content-Transfer-Encoding", "8bit")
    return header
  }

  /// RFC 3462 §2 and RFC 6533 §3: what stands in the third part.
  private func returnedType(_ returned: [UInt8]) -> String {
    // Raw eight bits in the header of mail that did not come with SMTPUTF8 are a fault of its own, which
    // message/rfc822 carries as it carried them before.
    let isGlobal = isInternational
    if returnsFull { return isGlobal ? "message/global" : "message/rfc822" }
    return isGlobal ? "message/global-headers" : "text/rfc822-headers"
  }

  /// The header section, cut at a line's end where it is monstrous.
  static func header(of original: [UInt8]) -> [UInt8] {
    var lineStart = 0
    for index in original.indices.prefix(headerLimit) where original[index] == 0x0A {
      let line = original[lineStart..<index]
      if line.allSatisfy({ $0 == 0x0D }) { break }
      lineStart = index + 1
    }
    return Array(original[..<lineStart])
  }

  private static func isMessageID(_ text: String) -> Bool {
    text.hasPrefix("<") && text.hasSuffix(">") && text.utf8.count <= 250
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  // MARK: The fields for programs (RFC 3464 §2)

  private var fields: [UInt8] {
    var header = HeaderWriter()
    header.field("Reporting-MTA", "dns; \(hostname)")
    if let id = about.envelope.parameters.envelopeID { header.field("Original-Envelope-Id", id) }
    header.field("Arrival-Date", about.acceptedAt.mailDate)
    header.end()
    for (index, entry) in entries.enumerated() {
      write(entry, into: &header)
      if index < entries.count - 1 { header.end() }
    }
    return header.bytes
  }

  private func write(_ entry: Entry, into header: inout HeaderWriter) {
    if let original = entry.recipient.original {
      header.field("Original-Recipient", "\(original.addressType); \(original.address)")
    }
    let mailbox = entry.recipient.path.mailbox
    let type = mailbox?.needsUTF8 == true ? "utf-8" : "rfc822"
    header.field("Final-Recipient", "\(type); \(mailbox.map { "\($0)" } ?? "postmaster")")
    header.field("Action", kind.rawValue)
    header.field("Status", "\(entry.status)")
    if let reply = entry.reply {
      if let name = entry.remote?.split(separator: " ").first {
        // RFC 3464 §2.1.2: an address stands in brackets.
        let isAddress = IPAddress(name) != nil
        header.field("Remote-MTA", isAddress ? "dns; [\(name)]" : "dns; \(name)")
      }
      header.field("Diagnostic-Code", "smtp; \(Self.words(of: reply))")
    }
    header.field("Last-Attempt-Date", now.mailDate)
    if kind == .delayed { header.field("Will-Retry-Until", expiresAt.mailDate) }
  }

  /// Octets of a remote's reply that are shown; it may be hostile.
  private static let replyLimit = 900

  /// A reply in one line of ASCII.
  static func words(of reply: Reply) -> String {
    let status = reply.status.map { "\($0) " } ?? ""
    let text = "\(reply.code) \(status)" + reply.lines.joined(separator: " ")
    let safe = text.utf8.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
    return String(decoding: safe.prefix(replyLimit), as: UTF8.self)
  }
}
