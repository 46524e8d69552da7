import Mail
import Testing

@testable import SMTP

/// REQUIRETLS and TLS-Required where mail comes in (RFC 8689 §2, §3).
@Suite struct RequireTLSTests {
  /// Says yes, and keeps what it was asked.
  private final class Yes: SessionGuard {
    func ask(
      _ question: Question, origin: Origin, envelope: Envelope?,
      answer: @escaping @Sendable (Answer) -> Void
    ) { answer(.proceed) }
    func transactionEnded() {}
    func connectionEnded(_ origin: Origin, _ summary: SessionSummary) {}
  }

  private func session(inTLS: Bool) throws -> ServerSession {
    var profile = ServerProfile(hostname: "gate.example.test", listener: .mx)
    profile.offersStartTLS = true
    let address = try #require(IPAddress("192.0.2.1"))
    var origin = Origin(listener: .mx, address: address, port: 1)
    if inTLS { origin.tls = TLSFacts(version: "TLSv1.3") }
    var session = ServerSession(profile: profile, origin: origin, guard: Yes())
    _ = session.connected()
    _ = session.answered(.proceed)
    return session
  }

  private func said(_ line: String, _ session: inout ServerSession) -> Step {
    session.received(Array(line.utf8)[...], moreFollows: false)
  }

  @Test func `it is offered and taken in TLS`() throws {
    var session = try session(inTLS: true)
    let hello = said("EHLO me", &session)
    #expect(hello.replies.last?.lines.contains("REQUIRETLS") == true)
    guard
      case .ask(.sender(_, let parameters)) = said("MAIL FROM:<a@b.example> REQUIRETLS", &session)
        .next
    else {
      Issue.record("not taken")
      return
    }
    #expect(parameters.requireTLS)
  }

  @Test func `in clear it is neither offered nor taken`() throws {
    var session = try session(inTLS: false)
    let hello = said("EHLO me", &session)
    #expect(hello.replies.last?.lines.contains("REQUIRETLS") == false)
    let reply = try #require(said("MAIL FROM:<a@b.example> REQUIRETLS", &session).replies.last)
    #expect(reply.code == 530)
    #expect(reply.status == EnhancedStatus(5, 7, 10))
  }

  @Test func `it has no value`() throws {
    var session = try session(inTLS: true)
    _ = said("EHLO me", &session)
    #expect(said("MAIL FROM:<a@b.example> REQUIRETLS=yes", &session).replies.last?.code == 501)
  }

  @Test(arguments: [
    ("TLS-Required: No", true), ("tls-required:  NO ", true),
    ("TLS-Required: No\r\nTLS-Required: No", false),
    ("TLS-Required: Yes", false), ("TLS-Required:", false), ("TLS-Required: n o", false),
    ("X-TLS-Required: No", false), ("Subject: x\r\n\r\nTLS-Required: No", false),
  ])
  func `the header field says no or nothing`(header: String, isNo: Bool) {
    #expect(TLSRequiredField.isNo(HeaderFields(Array((header + "\r\n\r\n").utf8))) == isNo)
  }
}
