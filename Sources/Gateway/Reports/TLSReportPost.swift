import DNS
import Mail
import MailAuth
import Reports
import SMTP

/// One domain's day of TLS, ready to be sent.
struct TLSDayReport: Sendable {
  /// Days since 1970, UTC.
  let day: Int
  let domain: Domain
  let results: [TLSReport.PolicyResult]
  /// Whom it comes from, and our name.
  let sender: Mailbox
  let submitter: Domain

  private var begin: Timestamp { ReportDay(number: day).begin }
  private var end: Timestamp { ReportDay(number: day).end }
  private var reportID: String { "\(day).\(domain.ascii)@\(submitter.ascii)" }

  var report: TLSReport {
    TLSReport(
      organization: submitter.ascii, dateRange: .init(from: begin, to: end),
      contact: "\(sender)", reportID: reportID, policies: results)
  }

  /// As it is handed in by HTTPS; nil only when memory is short.
  var packed: [UInt8]? { Gzip.pack(report.json) }

  func message(
    to recipient: Mailbox, messageID: String, now: Timestamp, seed: UInt64
  ) -> [UInt8]? {
    packed.map { packed in
      OutgoingReport(
        kind: .tls, domain: domain, submitter: submitter, reportID: reportID,
        fileName: TLSReport.fileName(
          sender: submitter, domain: domain, begin: begin, end: end), packed: packed
      ).message(from: sender, to: recipient, messageID: messageID, now: now, seed: seed)
    }
  }
}

/// Brings reports to where a domain wants them (RFC 8460 §3, §5.3, §5.4).
struct TLSReportPost: Sendable {
  /// What became of one report.
  enum Outcome: Hashable, Sendable {
    /// To these places.
    case sent(String)
    /// The domain asks for none, or not where we could bring it.
    case unwanted
    case later(String)
  }

  let resolver: any Resolver
  let web: any WebClient

  /// Places of one record that get a report.
  private static let placeLimit = 4
  private static let seconds = 60
  /// Octets of an answer: nothing in it matters.
  private static let answerLimit = 65_536

  /// Sends to each place that the record names; `mail` puts one into the spool and says whether it did.
  func send(
    _ report: TLSDayReport, mail: (Mailbox) async -> Bool
  ) async -> Outcome {
    switch await TLSReportRecord.find(for: report.domain, resolver) {
    case .none, .several, .malformed: return .unwanted
    case .failure(let failure): return .later(failure.words)
    case .record(let record):
      var (sent, trouble): ([String], String?) = ([], nil)
      for address in record.addresses.prefix(Self.placeLimit) {
        if let mailbox = address.mailbox {
          if await mail(mailbox) { sent.append(address.uri) } else { trouble = "can't be kept" }
        } else if address.host != nil {
          trouble = await submit(report, address)
          if trouble == nil { sent.append(address.uri) }
        }
      }
      if !sent.isEmpty { return .sent(sent.joined(separator: " ")) }
      return trouble.map(Outcome.later) ?? .unwanted
    }
  }

  /// POST; nil when it was taken.
  private func submit(_ report: TLSDayReport, _ address: TLSReportAddress) async -> String? {
    guard let host = address.host, let place = address.place, let packed = report.packed else {
      return "\(address.uri) is no place"
    }
    let addresses: [IPAddress]
    switch await resolver.addresses(of: host) {
    case .success(let answer): addresses = answer.records
    case .failure(let failure): return "\(host): \(failure.words)"
    }
    guard let first = addresses.first else { return "\(host) has no address" }
    let request = WebRequest(
      .post(packed, type: "application/tlsrpt+gzip"), host: host, address: first,
      port: place.port, path: place.path, sizeLimit: Self.answerLimit, seconds: Self.seconds)
    switch await web.send(request) {
    case .success(let answer) where (200...299).contains(answer.status): return nil
    case .success(let answer): return "\(address.uri) says \(answer.status)"
    case .failure(let failure): return "\(address.uri): \(failure.words)"
    }
  }
}
