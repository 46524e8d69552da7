import DNS
import Mail
import MailAuth
import SMTP
import Settings
import Spool
import Synchronization
import Testing

@testable import Gateway

/// What a sender can do to the time in which he is judged.
@Suite struct EvidenceDeskTests {
  /// A clock whose hands the resolver turns.
  private final class HandClock: Clock {
    private let moment = Mutex(Timestamp(microseconds: 1_700_000_000_000_000))
    func now() -> Timestamp { moment.withLock { $0 } }
    func turn(by span: Duration) {
      moment.withLock { $0 = $0 + Int(span.components.seconds) }
    }
  }

  /// Says nothing of names below `stall.example` for as long as one waits; the rest stands in a zone.
  private struct StallingResolver: Resolver {
    let zone: ZoneResolver
    let clock: HandClock

    func records(
      _ type: RecordType, of name: DNSName, within limit: Duration?
    ) async -> Result<DNSAnswer<[UInt8]>, DNSFailure> {
      guard let stall = DNSName("stall.example"), name.isWithin(stall) else {
        return await zone.records(type, of: name, within: limit)
      }
      clock.turn(by: limit ?? .seconds(20))
      return .failure(.timedOut)
    }
  }

  @Test(arguments: ["good.example", "sub.good.example"])
  func `a slow server of the sender's own silences no policy`(author: String) async throws {
    let gate = try await TestGate.judging(identityZone)
    let pipeline = gate.gate.parts.pipeline
    let clock = HandClock()
    let desk = EvidenceDesk(
      resolver: StallingResolver(zone: ZoneResolver(identityZone), clock: clock), clock: clock)
    let mail = Array("From: taro@\(author)\r\n\r\nx".utf8)
    let draft = pipeline.spool.draft(id: pipeline.newID(), prefix: [])
    _ = draft.write(mail) {}
    let origin = Origin(
      listener: .mx, address: try #require(IPAddress("203.0.113.9")), port: 9,
      hello: .other("mail.good.example"))
    let evidence = try await desk.judge(
      SignatureHeader(mail), draft, origin, sender: Mailbox("x@stall.example"),
      pipeline.settings.withLock { $0 }, wanted: [])
    let identity = try #require(evidence.identity)
    #expect(identity.spf.result == .temperror)
    #expect(identity.dmarc.outcome == .fail, "\(identity.dmarc.reason)")
    #expect(identity.dmarc.requestedPolicy == .reject)
    draft.discard()
    await gate.close()
  }
}
