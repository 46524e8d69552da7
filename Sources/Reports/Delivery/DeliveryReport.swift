/// What became of a message that we sent: the fields of a part `message/delivery-status` (RFC 3464),
/// one group for the message and one for each recipient.
package struct DeliveryReport: Hashable, Sendable, Codable {
  /// RFC 3464 §2.2; names without their type.
  package var reportingMTA: String?
  package var originalEnvelopeID: String?
  package var arrivalDate: String?
  package var recipients: [Recipient] = []
  /// Of the message that is reported, if it came along.
  package var messageID: String?

  /// What became of one recipient (RFC 3464 §2.3).
  package struct Recipient: Hashable, Sendable, Codable {
    package var original: String?
    package var final: String?
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`, in lower case.
    package var action: String?
    /// RFC 3463 §2: three numbers.
    package var status: String?
    package var remoteMTA: String?
    /// Type in lower case, and text.
    package var diagnosticType: String?
    package var diagnostic: String?
    package var willRetryUntil: String?
  }

  init() {}

  /// The report on one screen.
  package var summary: [String] {
    let by = ShownText(reportingMTA ?? "nobody")
    let lines = recipients.map { recipient in
      let who = recipient.final ?? recipient.original ?? "somebody"
      let what = [recipient.action, recipient.status, recipient.diagnostic].compactMap { $0 }
      return "  \(ShownText(who)): \(ShownText(what.joined(separator: ", "), limit: 200))"
    }
    return ["Delivery report by \(by), \(recipients.count) recipient(s)"] + lines.firstLines(20)
  }
}

extension DeliveryReport.Recipient {
  /// The reply's code that the diagnostic begins with (RFC 5321 §4.2), for the types that tell one.
  package var replyCode: Int? {
    guard let diagnostic, diagnosticType?.hasPrefix("x-") != true || diagnosticType == "x-postfix"
    else { return nil }
    return Self.words(diagnostic).lazy.compactMap(Self.replyCode).first
  }

  /// The enhanced code that the diagnostic tells, often more than `Status` says.
  package var diagnosticStatus: String? {
    diagnostic.flatMap { Self.words($0).lazy.compactMap { Self.enhanced($0) }.first }
  }

  /// The first words, in which codes stand; brackets and `#` are left off (`(#5.1.1)`).
  private static func words(_ text: String) -> [Substring] {
    text.prefix(400).split { $0 == " " || $0 == "-" || $0 == "\t" || "()[]#:;,<>".contains($0) }
  }

  private static func replyCode(_ word: Substring) -> Int? {
    guard word.utf8.count == 3, let code = Int(word), (200...559).contains(code) else { return nil }
    return code
  }

  /// `class "." 1*3digit "." 1*3digit` (RFC 3463 §2).
  static func enhanced(_ word: Substring) -> String? {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, ["2", "4", "5"].contains(parts[0]) else { return nil }
    let areNumbers = parts[1...].allSatisfy { part in
      (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    return areNumbers ? String(word) : nil
  }
}
