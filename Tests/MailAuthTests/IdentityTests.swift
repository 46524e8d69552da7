import DNS
import Mail
import Testing

@testable import MailAuth

@Suite struct IdentityTests {
  private struct StillClock: Clock {
    func now() -> Timestamp { Timestamp(microseconds: 1_700_000_000_000_000) }
  }

  private func judge(
    _ zone: String, from: String = "taro@example.jp", sender: String? = "taro@example.jp",
    client: String = "192.0.2.1"
  ) async throws -> IdentityReport {
    let message = Array("From: \(from)\r\nSubject: x\r\n\r\nhello\r\n".utf8)
    let verifier = IdentityVerifier(
      resolver: ZoneResolver(zone), clock: StillClock(), receiver: "mx.example.test")
    return IdentityReport(
      await verifier.judge(
        message, client: try #require(IPAddress(client)), helo: "mail.example.jp",
        sender: sender.flatMap { Mailbox($0) }, now: StillClock().now()))
  }

  private let zone = """
    example.jp. TXT "v=spf1 ip4:192.0.2.1 -all"
    _dmarc.example.jp. TXT "v=DMARC1; p=reject"
    mail.example.jp. A 192.0.2.1
    mail.example.jp. TXT "v=spf1 a -all"
    1.2.0.192.in-addr.arpa. PTR mail.example.jp.
    """

  @Test func `SPF of the author's own domain proves it`() async throws {
    let report = try await judge(zone)
    #expect(report.dmarc.result == "pass")
    #expect(report.dmarc.aligned == ["spf example.jp"])
    #expect(report.clientName == "pass")
    #expect(report.authenticationResults.hasPrefix("Authentication-Results: mx.example.test;"))
    #expect(report.authenticationResults.contains("dmarc=pass"))
    #expect(report.authenticationResults.contains("iprev=pass"))
  }

  @Test func `a stranger who claims the domain is what its owner wants refused`() async throws {
    let report = try await judge(zone, client: "203.0.113.9")
    #expect(report.dmarc.result == "fail")
    #expect(report.dmarc.requested == "reject")
    #expect(report.spf.result == .fail)
    #expect(report.clientName == "permerror")
  }

  @Test func `a proof of another domain proves nothing about the author's`() async throws {
    let other = zone + "\nelsewhere.example. TXT \"v=spf1 +all\"\n"
    let report = try await judge(
      other, sender: "a@elsewhere.example", client: "203.0.113.9")
    #expect(report.spf.result == .pass)
    #expect(report.dmarc.result == "fail")
  }

  @Test func `a bounce is judged by the HELO name`() async throws {
    let report = try await judge(zone, from: "x@mail.example.jp", sender: nil)
    #expect(report.spf.result == .pass)
    #expect(report.dmarc.result == "pass")
  }

  @Test func `no record and no author are no errors`() async throws {
    #expect(try await judge("nothing.example. A 192.0.2.9").dmarc.result == "none")
    #expect(try await judge(zone, from: "a@b.example, c@d.example").dmarc.result == "permerror")
  }

  @Test func `a signature that leaves out a part of the body is told as no pass`() async throws {
    let zone = try """
    k._domainkey.example.jp. TXT "\(DKIMFixtures.record())"
    _dmarc.example.jp. TXT "v=DMARC1; p=reject"
    """
    for (length, told, dmarc) in [("", "dkim=pass", "pass"), ("; l=10", "dkim=policy", "fail")] {
      let message = try DKIMFixtures.signed(
        "v=1; a=ed25519-sha256; d=example.jp; s=k; h=from\(length)")
      let verifier = IdentityVerifier(
        resolver: ZoneResolver(zone), clock: StillClock(), receiver: "mx.example.test")
      let report = IdentityReport(
        await verifier.judge(
          message, client: try #require(IPAddress("203.0.113.9")), helo: "x.example", sender: nil,
          now: DKIMFixtures.now))
      #expect(report.authenticationResults.contains(told), "\(report.authenticationResults)")
      #expect(report.dmarc.result == dmarc)
    }
  }
}
