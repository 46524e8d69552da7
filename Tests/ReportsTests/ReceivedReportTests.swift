import Foundation
import Reports
import Testing

@Suite struct ReceivedReportTests {
  private static let xml = Array(AggregateReportTests.sample.utf8)
  private static let json = Array(TLSReportTests.sample.utf8)

  private func kind(_ bytes: [UInt8]) throws -> String {
    switch try ReceivedReport.read(bytes) {
    case .aggregate: "dmarc"
    case .tls: "tls"
    case .feedback: "feedback"
    case .delivery: "delivery"
    }
  }

  private func refusal(_ bytes: [UInt8]) -> ReportRefusal? {
    do throws(ReportRefusal) {
      _ = try ReceivedReport.read(bytes)
      return nil
    } catch { return error }
  }

  private func mail(_ type: String, _ coding: String, _ body: [UInt8]) -> [UInt8] {
    let text = """
      From: r@reporter.example\r
      MIME-Version: 1.0\r
      Content-Type: multipart/mixed; x=y; boundary="a b"\r
      \r
      preamble\r
      --a b\r
      Content-Type: text/plain\r
      \r
      <not> a report\r
      --a b  \r
      Content-Type: multipart/alternative; boundary=in\r
      \r
      --in\r
      Content-Type: \(type)\r
      Content-Transfer-Encoding: \(coding)\r
      \r

      """
    return Array(text.utf8) + body + Array("\r\n--in--\r\n--a b--\r\nepilogue".utf8)
  }

  @Test func `a report is found in whatever it came in`() throws {
    let gzip = try #require(Gzip.pack(Self.xml))
    let zip = ZipMaker.make([("x/", []), ("r.txt", [1]), ("r.xml", Self.xml)], deflated: true)
    #expect(try kind(Self.xml) == "dmarc")
    #expect(try kind([0xEF, 0xBB, 0xBF, 0x0A] + Self.json) == "tls")
    #expect(try kind(gzip) == "dmarc")
    #expect(try kind(zip) == "dmarc")
    #expect(try kind(ZipMaker.make([("r.xml.gz", gzip)], deflated: false)) == "dmarc")
    let base64 = Array(Data(gzip).base64EncodedString(options: .lineLength76Characters).utf8)
    #expect(try kind(mail("application/gzip", "BASE64", base64)) == "dmarc")
    #expect(try kind(mail("application/tlsrpt+json", "7bit", Self.json)) == "tls")
    let printable = TLSReportTests.sample.replacingOccurrences(of: "=", with: "=3D")
      .replacingOccurrences(of: "\n", with: "=\r\n \r\n")
    #expect(try kind(mail("application/json", "quoted-printable", Array(printable.utf8))) == "tls")
  }

  @Test func `a complaint is read with the message it is about`() throws {
    let text = """
      Content-Type: multipart/report; report-type=feedback-report; boundary=b

      --b
      Content-Type: text/plain

      words
      --b
      Content-Type: message/feedback-report

      Feedback-Type: Auth-Failure
      User-Agent: X/1
      Version: 1
      Original-Mail-From: <a@example.jp>
      Original-Rcpt-To: <b@example.com>
      Original-Rcpt-To: c@example.com
      Source-IP: 192.0.2.1
      Source-Port: 99999
      Incidents: 3
      Reported-Domain: example.jp
      Auth-Failure: dmarc
      Version: 2

      --b
      Content-Type: text/rfc822-headers

      From: a@example.jp
      Subject: hello
       there

      --b--
      """
    guard case .feedback(let report) = try ReceivedReport.read(Array(text.utf8)) else {
      Issue.record("no complaint")
      return
    }
    #expect(report.type == "auth-failure")
    #expect(report.version == "1")
    #expect(report.originalMailFrom == "a@example.jp")
    #expect(report.originalRecipients == ["b@example.com", "c@example.com"])
    #expect(report.sourceAddress == "192.0.2.1")
    #expect(report.incidents == 3)
    #expect(report.authFailure == "dmarc")
    #expect(report.messageFrom == "a@example.jp")
    #expect(report.messageSubject == "hello there")
    #expect(report.summary.count <= 24)
    #expect(report.summary[0] == "Feedback: auth-failure (dmarc), 3 message(s), by X/1")
  }

  @Test func `what is no report is refused by name`() throws {
    #expect(refusal([]) == .notAReport)
    #expect(refusal(Array("Subject: hello\r\n\r\nthere".utf8)) == .notAReport)
    #expect(refusal([0x1F, 0x8B, 8]) == .damaged)
    let bomb = try #require(Gzip.pack(Array(repeating: 0x3C, count: 20 << 20)))
    #expect(refusal(bomb) == .tooMuch("times its packed size", limit: Inflation.ratioLimit))
    let laughs = Array("<!DOCTYPE a []><a/>".utf8)
    #expect(refusal(mail("application/xml", "8bit", laughs)) == .documentType)
    var layers = Self.xml
    for _ in 0..<4 { layers = try #require(Gzip.pack(layers)) }
    #expect(refusal(layers) == .tooMuch("containers inside each other", limit: 2))
  }

  @Test func `parts have bounds`() {
    var deep = ""
    for number in 0..<20 {
      deep += "Content-Type: multipart/mixed; boundary=b\(number)\n\n--b\(number)\n"
    }
    #expect(refusal(Array(deep.utf8)) == .tooMuch("parts inside each other", limit: 8))
    let wide =
      "Content-Type: multipart/mixed; boundary=b\n\n"
      + String(repeating: "--b\n\n\n", count: 100_000)
    #expect(refusal(Array(wide.utf8)) == .tooMuch("parts", limit: 64))
  }

  @Test func `as JSON it says what it is`() throws {
    let report = try ReceivedReport.read(Self.json)
    let text = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    #expect(text.contains("\"kind\":\"tls\""))
  }
}
