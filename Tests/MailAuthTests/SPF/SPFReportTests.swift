import DNS
import Foundation
import Mail
import MailAuth
import Testing

@Suite struct SPFReportTests {
  private func report(
    _ terms: String, helo: String = "mail.example", sender: String = "a@a.example"
  ) async throws -> SPFReport {
    let client = try #require(IPAddress("192.0.2.1"))
    let request = SPFRequest(client: client, helo: helo, sender: sender)
    let zone = ZoneResolver("a.example TXT \"v=spf1 \(terms)\"")
    let outcome = await SPFVerifier(resolver: zone, clock: SPFTestClock()).check(request)
    return SPFReport(outcome, of: request, receiver: "gate.example")
  }

  @Test func `Received-SPF has what RFC 7208 §9_1 lists`() async throws {
    #expect(
      try await report("-all").receivedSPF
        == "Received-SPF: fail (gate.example: The record of a.example says \"-all\" of this client.)"
        + " client-ip=192.0.2.1; envelope-from=\"a@a.example\"; helo=mail.example;"
        + " identity=mailfrom; receiver=gate.example; mechanism=-all")
    let broken = try await report("moo").receivedSPF
    #expect(broken.contains("permerror (") && broken.contains("; problem=\"The record of"))
  }

  @Test func `nothing a stranger says breaks the field`() async throws {
    let field = try await report(
      "a:%{l}.example ?all", helo: "x\r\nBcc: y) \"\\", sender: "a\" (\\@a.example"
    ).receivedSPF
    #expect(!field.contains("\r") && !field.contains("\n"))
    #expect(field.contains(#"helo="x??Bcc: y) \"\\";"#))
    #expect(field.contains(#"envelope-from="a\" (\\@a.example";"#))
  }

  @Test func `a report reads as a sentence and as JSON`() async throws {
    let report = try await report("include:none.example")
    #expect(
      report.lines.first
        == "permerror: \"include:none.example\" of a.example leads to \"none.example\", "
        + "which has no SPF record.")
    let json = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(SPFReport.self, from: json) == report)
    #expect(report.result == .permerror && report.lookups == 1 && report.directive == nil)
  }
}
