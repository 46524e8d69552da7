package import Mail

/// A report as the mail that carries it: a line for people, and the document packed by gzip.
package struct OutgoingReport: Sendable {
  /// What it carries.
  package enum Kind: Hashable, Sendable {
    /// RFC 9990 §3, RFC 7489 §7.2.1.1.
    case dmarc
    /// RFC 8460 §5.3.
    case tls
  }

  package let kind: Kind
  /// Whose mail is reported on.
  package let domain: Domain
  /// Our own name.
  package let submitter: Domain
  /// Unique; without white space.
  package let reportID: String
  package let fileName: String
  package let packed: [UInt8]

  package init(
    kind: Kind, domain: Domain, submitter: Domain, reportID: String, fileName: String,
    packed: [UInt8]
  ) {
    self.kind = kind
    self.domain = domain
    self.submitter = submitter
    self.reportID = reportID
    self.fileName = fileName
    self.packed = packed
  }

  /// The whole mail. `seed` picks a boundary.
  package func message(
    from sender: Mailbox, to recipient: Mailbox, messageID: String, now: Timestamp, seed: UInt64
  ) -> [UInt8] {
    let words = Array(
      "This is a report of \(submitter) on mail of \(domain), for programs.\r\n".utf8)
    let content = Self.lines(Base64.encode(packed))
    let boundary = MultipartWriter.boundary(for: [words, content], seed: seed)
    var multipart = MultipartWriter(boundary: boundary)
    multipart.part(Self.part("text/plain; charset=utf-8", []), words)
    multipart.part(
      Self.part(
        kind == .dmarc ? "application/gzip" : "application/tlsrpt+gzip",
        [
          ("Content-Transfer-Encoding", "base64"),
          ("Content-Disposition", "attachment; filename=\"\(fileName)\""),
        ]), content)
    multipart.end()
    return header(sender, recipient, messageID, now, boundary) + multipart.bytes
  }

  private func header(
    _ sender: Mailbox, _ recipient: Mailbox, _ messageID: String, _ now: Timestamp,
    _ boundary: String
  ) -> [UInt8] {
    var header = HeaderWriter()
    header.field("From", "<\(sender)>")
    header.field("To", "<\(recipient)>")
    header.field(
      "Subject", "Report Domain: \(domain) Submitter: \(submitter) Report-ID: <\(reportID)>")
    header.field("Date", now.mailDate)
    header.field("Message-ID", "<\(messageID)>")
    header.field("Auto-Submitted", "auto-generated")  // RFC 3834 §5
    header.field("MIME-Version", "1.0")
    switch kind {
    case .dmarc: header.field("Content-Type", "multipart/mixed; boundary=\"\(boundary)\"")
    case .tls:
      header.field("TLS-Report-Domain", domain.ascii)
      header.field("TLS-Report-Submitter", submitter.ascii)
      header.field(
        "Content-Type", "multipart/report; report-type=\"tlsrpt\"; boundary=\"\(boundary)\"")
    }
    header.end()
    return header.bytes
  }

  private static func part(_ type: String, _ fields: [(String, String)]) -> HeaderWriter {
    var header = HeaderWriter()
    header.field("Content-Type", type)
    for (name, value) in fields { header.field(name, value) }
    return header
  }

  /// RFC 2045 §6.8: lines of at most 76.
  private static func lines(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: 76).flatMap { at in
      bytes[at..<min(at + 76, bytes.count)] + [0x0D, 0x0A]
    }
  }
}
