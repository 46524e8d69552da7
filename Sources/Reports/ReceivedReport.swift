import Mail

/// A report of any kind, read from whatever it came in: the bare document, gzip, zip, or a mail.
///
///     report    = xml / json / gzip(document) / zip(document) / mail(report ...)
///
/// A container inside a container is opened once more and never again.
package enum ReceivedReport: Hashable, Sendable {
  case aggregate(AggregateReport)
  case tls(TLSReport)
  case feedback(FeedbackReport)
  case delivery(DeliveryReport)

  /// Octets of a file or mail that are looked at.
  package static let sizeLimit = ReportMail.sizeLimit
  /// Containers inside each other: a gzip in a zip happens.
  private static let layerLimit = 2

  /// The first report that is found.
  package static func read(_ bytes: [UInt8]) throws(ReportRefusal) -> ReceivedReport {
    guard bytes.count <= sizeLimit else { throw .tooMuch("octets", limit: sizeLimit) }
    if isDocument(bytes) { return try document(bytes, layers: layerLimit) }
    let mail = try ReportMail(bytes)
    for (place, part) in mail.parts.enumerated() {
      let original = original(in: mail.parts[(place + 1)...])
      switch part.type {
      case "message/feedback-report":
        return .feedback(try FeedbackReport(fields: part.content, original: original))
      case "message/delivery-status", "message/global-delivery-status":
        return .delivery(try DeliveryReport(fields: part.content, original: original))
      default: continue
      }
    }
    do throws(ReportRefusal) {
      return try attached(mail)
    } catch {
      guard error == .notAReport, let report = try disguised(bytes) else { throw error }
      return .delivery(report)
    }
  }

  /// A delivery report that only another reading of the mail shows: bounces come with wrong boundaries
  /// and without their empty lines.
  private static func disguised(_ bytes: [UInt8]) throws(ReportRefusal) -> DeliveryReport? {
    let message = Message(bytes)
    let subtypes = ["delivery-status", "global-delivery-status"]
    let leaf = message.leaves.first {
      let type = $0.reading.contentType
      return type.type == "message" && subtypes.contains(type.subtype)
    }
    guard let leaf else { return nil }
    return try DeliveryReport(fields: message.content(of: leaf.reading).octets, original: nil)
  }

  /// The message that is reported, or its header section.
  private static func original(in parts: ArraySlice<ReportMail.Part>) -> [UInt8]? {
    let types = [
      "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
    ]
    return parts.first { types.contains($0.type) }?.content
  }

  /// The first part that is a report; else why the first that looked like one is none.
  private static func attached(_ mail: ReportMail) throws(ReportRefusal) -> ReceivedReport {
    var refusal: ReportRefusal?
    for part in mail.parts where part.type != "text/plain" && part.type != "text/html" {
      guard isDocument(part.content) else { continue }
      do throws(ReportRefusal) {
        return try document(part.content, layers: layerLimit)
      } catch {
        refusal = refusal ?? error
      }
    }
    throw refusal ?? .notAReport
  }

  private static func isDocument(_ bytes: [UInt8]) -> Bool {
    if Gzip.isPacked(bytes) || ZipArchive.isPacked(bytes) { return true }
    let first = start(of: bytes)
    return first == 0x3C || first == 0x7B
  }

  /// The first octet that is neither white space nor a byte order mark.
  private static func start(of bytes: [UInt8]) -> UInt8? {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D && $0 != 0x0A }
  }

  private static func document(
    _ bytes: [UInt8], layers: Int
  ) throws(ReportRefusal) -> ReceivedReport {
    if Gzip.isPacked(bytes) || ZipArchive.isPacked(bytes) {
      guard layers > 0 else { throw .tooMuch("containers inside each other", limit: layerLimit) }
      let inner = Gzip.isPacked(bytes) ? try Gzip.unpack(bytes) : try onlyFile(ZipArchive(bytes))
      return try document(inner, layers: layers - 1)
    }
    switch start(of: bytes) {
    case 0x3C: return .aggregate(try AggregateReport(xml: bytes))
    case 0x7B: return .tls(try TLSReport(json: bytes))
    default: throw .notAReport
    }
  }

  /// The file in an archive, chosen by its name where there are several.
  private static func onlyFile(_ archive: ZipArchive) throws(ReportRefusal) -> [UInt8] {
    let files = archive.entries.filter { !$0.isFolder }
    let named = files.first { entry in
      [".xml", ".json", ".gz"].contains { entry.name.lowercased().hasSuffix($0) }
    }
    guard let file = named ?? files.first else { throw .notAReport }
    return try archive.unpack(file)
  }

  /// On one screen.
  package var summary: [String] {
    switch self {
    case .aggregate(let report): report.summary
    case .tls(let report): report.summaryLines
    case .feedback(let report): report.summary
    case .delivery(let report): report.summary
    }
  }
}

/// As JSON: what kind it is, and the report.
extension ReceivedReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case report
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .aggregate(let report):
      try members.encode("dmarc", forKey: .kind)
      try members.encode(report, forKey: .report)
    case .tls(let report):
      try members.encode("tls", forKey: .kind)
      try members.encode(report, forKey: .report)
    case .feedback(let report):
      try members.encode("feedback", forKey: .kind)
      try members.encode(report, forKey: .report)
    case .delivery(let report):
      try members.encode("delivery", forKey: .kind)
      try members.encode(report, forKey: .report)
    }
  }
}
