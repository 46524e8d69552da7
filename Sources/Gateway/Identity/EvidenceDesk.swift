import DNS
import Mail
import MailAuth
import SMTP
import Settings
import Spool
import Synchronization

/// What is known of a message besides its content.
struct Evidence: Sendable {
  /// What the proofs say; nil for our own people's mail, and where nobody is judged.
  var identity: MailAuth.Identity?
  /// Blocklists that name the client or its domains.
  var listings: [BlocklistHit] = []
  /// The body's hashes that were asked for.
  var hashes = SignatureBodyHashes()
}

/// Collects what proves or disproves a message's sender.
///
/// Look-ups are awaited, never waited for, and end with the message's deadline, those of policies a little
/// later; the body is hashed piece by piece. While too many are under way a message is put off: a few clients
/// could else see to it that nobody is judged.
final class EvidenceDesk: Sendable {
  /// Messages that are judged at once. Each may have some 200 look-ups under way in the worst case, of
  /// which the resolver takes 4,096 for all.
  static let limit = 400

  /// As many messages as can be are being judged.
  struct Overload: Error, CustomStringConvertible {
    let description = "too many messages are being judged"
  }

  /// What look-ups of policies have beyond the deadline of the proofs.
  static let policySeconds = 5

  let resolver: any Resolver
  private let clock: any Clock
  private let limit: Int
  private let underWay = Atomic<Int>(0)

  init(resolver: any Resolver, clock: any Clock, limit: Int = EvidenceDesk.limit) {
    self.resolver = resolver
    self.clock = clock
    self.limit = limit
  }

  /// Judges a message whose content has come. `wanted` are hashes for us, beside those of signatures.
  func judge(
    _ header: SignatureHeader, _ draft: Draft, _ origin: Origin, sender: Mailbox?,
    _ settings: GateSettings, wanted: Set<SignatureBodyHasher.Request>
  ) async throws -> Evidence {
    let before = underWay.add(1, ordering: .relaxed).oldValue
    defer { underWay.subtract(1, ordering: .relaxed) }
    guard before < limit else { throw Overload() }
    let now = clock.now()
    func resolver(_ seconds: Int) -> DeadlineResolver {
      DeadlineResolver(resolver: self.resolver, clock: clock, end: now + seconds)
    }
    let seconds = settings.identity.timeoutSeconds
    let verifier = IdentityVerifier(
      resolver: resolver(seconds), policyResolver: resolver(seconds + Self.policySeconds),
      clock: clock, receiver: settings.serverID)
    var evidence = Evidence()
    evidence.identity = try await verifier.judge(
      header, client: origin.address, helo: origin.hello.map { "\($0)" } ?? "", sender: sender,
      now: now
    ) { requests in
      evidence.hashes = try await Self.hashes(
        of: draft, bodyStart: header.bodyStart, requests.union(wanted))
      return evidence.hashes
    }
    return evidence
  }

  /// Hashes a draft's body, piece by piece; `bodyStart` counts from what the client sent.
  static func hashes(
    of draft: Draft, bodyStart: Int, _ requests: Set<SignatureBodyHasher.Request>
  ) async throws -> SignatureBodyHashes {
    guard !requests.isEmpty else { return SignatureBodyHashes() }
    var hasher = SignatureBodyHasher(requests)
    var skipped = 0
    let content = draft.content
    while let piece = try await content.next() {
      let skip = min(bodyStart - skipped, piece.count)
      skipped += skip
      hasher.append(piece[skip...])
    }
    return hasher.finish()
  }
}
