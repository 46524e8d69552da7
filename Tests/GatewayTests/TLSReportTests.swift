import DNS
import Delivery
import Mail
import MailAuth
import Reports
import SMTP
import Synchronization
import Testing

@testable import Gateway

/// A day's report on its way to whom a domain names.
@Suite struct TLSReportTests {
  /// Takes everything, or answers as it is told.
  private final class Desk: WebClient {
    let requests = Mutex<[WebRequest]>([])
    let answer: Result<WebAnswer, WebFailure>
    init(_ answer: Result<WebAnswer, WebFailure> = .success(WebAnswer(status: 201))) {
      self.answer = answer
    }
    func send(_ request: WebRequest) async -> Result<WebAnswer, WebFailure> {
      requests.withLock { $0.append(request) }
      return answer
    }
  }

  private static let zone = """
    _smtp._tls.mail.example  TXT "v=TLSRPTv1; rua=mailto:tls@reports.example"
    _smtp._tls.web.example   TXT "v=TLSRPTv1; rua=https://desk.example:8443/take?x=1"
    desk.example             A   192.0.2.1
    _smtp._tls.both.example  TXT "v=TLSRPTv1; rua=https://desk.example/,mailto:a@both.example"
    _smtp._tls.odd.example   TXT "v=TLSRPTv1; rua=ftp://desk.example/"
    _smtp._tls.slow.example  FAIL TIMEOUT
    """

  private func report(_ domain: String) throws -> TLSDayReport {
    let name = try #require(Domain(domain))
    var tally = TLSTally()
    tally.fail(
      .init(.none, of: name), .init(type: "starttls-not-supported", sessions: 1))
    return TLSDayReport(
      day: 20_000, domain: name, results: tally.policies,
      sender: try #require(Mailbox("tls@gate.example")),
      submitter: try #require(Domain("gate.example")))
  }

  private func send(_ domain: String, _ desk: Desk = Desk()) async throws -> (
    outcome: TLSReportPost.Outcome, mailed: [Mailbox]
  ) {
    var mailed: [Mailbox] = []
    let outcome = await TLSReportPost(resolver: ZoneResolver(Self.zone), web: desk)
      .send(try report(domain)) {
        mailed.append($0)
        return true
      }
    return (outcome, mailed)
  }

  @Test func `by mail, by HTTPS, or both`() async throws {
    let mail = try await send("mail.example")
    #expect(mail.outcome == .sent("mailto:tls@reports.example"))
    #expect(mail.mailed.map { "\($0)" } == ["tls@reports.example"])
    let desk = Desk()
    #expect(
      try await send("web.example", desk).outcome == .sent("https://desk.example:8443/take?x=1"))
    let request = try #require(desk.requests.withLock { $0.first })
    #expect(request.port == 8443)
    #expect(request.path == "/take?x=1")
    guard case .post(let body, let type) = request.verb else {
      Issue.record("\(request)")
      return
    }
    #expect(type == "application/tlsrpt+gzip")
    #expect(try TLSReport(json: Gzip.unpack(body)) == report("web.example").report)
    let both = try await send("both.example", Desk(.failure(.timedOut)))
    #expect(both.outcome == .sent("mailto:a@both.example"))
  }

  @Test func `who asks for nothing gets nothing, who can't be asked is asked again`() async throws {
    #expect(try await send("none.example").outcome == .unwanted)
    #expect(try await send("odd.example").outcome == .unwanted)
    guard case .later = try await send("slow.example").outcome else {
      Issue.record("given up")
      return
    }
    guard
      case .later = try await send("web.example", Desk(.success(WebAnswer(status: 500)))).outcome
    else {
      Issue.record("given up")
      return
    }
  }

  @Test func `the mail reads back as the report`() throws {
    let day = try report("mail.example")
    let recipient = try #require(Mailbox("tls@reports.example"))
    let now = Timestamp(microseconds: 1_728_000_000_000_000)
    let mail = day.message(to: recipient, messageID: "1@gate.example", now: now, seed: 1)
    let bytes = try #require(mail)
    #expect(try ReceivedReport.read(bytes) == .tls(day.report))
    #expect(day.report.dateRange.start == "2024-10-04T00:00:00Z")
    #expect(day.report.dateRange.end == "2024-10-04T23:59:59Z")
    #expect(day.report.failures == 1)
  }

  @Test func `sessions become policies and failures`() throws {
    let domain = try #require(Domain("a.example"))
    let policy = try STSPolicy(
      parsing: Array("version: STSv1\nmode: testing\nmx: *.a.example\nmax_age: 1\n".utf8))
    let told = TLSReport.Policy(.sts(policy), of: domain)
    #expect(told.strings == policy.lines)
    #expect(told.hosts == ["*.a.example"])
    let good = TLSSession(
      at: Timestamp(microseconds: 0), domain: domain, policy: .none, host: domain)
    #expect(TLSReport.Failure(good) == nil)
    let bad = TLSSession(
      at: Timestamp(microseconds: 0), domain: domain, policy: .tlsa(["3 1 1 ab"], host: domain),
      host: domain, address: IPAddress("192.0.2.1"), failure: .dnssecInvalid,
      reason: String(repeating: "x", count: 1000))
    let failure = try #require(TLSReport.Failure(bad))
    #expect(failure.type == "dnssec-invalid")
    #expect(failure.receivingAddress == "192.0.2.1")
    #expect(failure.reasonCode?.count == 200)
  }
}
