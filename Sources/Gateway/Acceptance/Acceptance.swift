import Journal
import Mail
import MailAuth
import Relay
import SMTP
import Settings
import Spool
import Synchronization

/// One message between its last octet and our answer, in stages; each reads what those before it made.
///
///     draft ─▶ evidence ─▶ ruling ─▶ amendment ─▶ commit ─▶ 250
///                              └──▶ refused: 5xx, nothing is kept
///
/// Findings about the content belong between evidence and ruling (`judged`): a ruling is the harsher of
/// what either calls for (`Ruling.or`). A message that is held has its `Hold`, and what is said of it and
/// taken from it its `Amendment`, in the commit that its 250 speaks of.
struct Acceptance: Sendable {
  let pipeline: Pipeline
  /// As they are when the content has come.
  let settings: GateSettings
  let draft: Draft
  let origin: Origin
  let envelope: Envelope
  let standing: Standing
  let facts: HeaderFacts
  /// What the client sent, its header section at least.
  let header: SignatureHeader
  /// Blocklists that named the client at RCPT.
  let listings: [BlocklistHit]
  /// Why each recipient was taken.
  let reasons: [String]
  /// Fields that claim to be our words (RFC 8601 §5), as places in what the client sent.
  let forged: [Range<Int>]
  /// Who signs; nil for nobody.
  let signingDomain: Domain?

  init(
    _ pipeline: Pipeline, _ settings: GateSettings, _ draft: Draft, _ origin: Origin,
    _ envelope: Envelope, _ standing: Standing, _ facts: HeaderFacts, listings: [BlocklistHit],
    reasons: [String]
  ) {
    self.pipeline = pipeline
    self.settings = settings
    self.draft = draft
    self.origin = origin
    self.envelope = envelope
    self.standing = standing
    self.facts = facts
    self.listings = listings
    self.reasons = reasons
    header = SignatureHeader(Array(draft.head.dropFirst(draft.prefixSize)))
    forged = ForgedResults(names: Set([settings.serverID, settings.hostname])).ranges(in: header)
    signingDomain = standing.signingDomain(of: header, settings)
  }

  /// What the stages come to.
  struct Outcome: Sendable {
    var ruling = Ruling.accept
    var amendment = Amendment.none
    var evidence = Evidence()
    var identityRuling: IdentityRules.Ruling?
    /// What a report of others' says, where the message brings one.
    var report: JournalEvent?
  }

  /// Answers once, now or later, on any thread. Stages that take time run on threads of their own; a message that needs none of them goes to the disk at once.
  func begin(_ answer: @escaping @Sendable (Answer) -> Void) {
    guard needsStages else { return commit(Outcome(), answer) }
    Task(executorPreference: pipeline.judging) {
      do {
        finish(try await judged(), answer)
      } catch {
        pipeline.log.write("not-judged", ["id": "\(draft.id)", "why": "\(error)"])
        draft.discard()
        answer(.refuse(Reply(451, .init(4, 3, 0), "Can't read mail now, try again [\(draft.id)]")))
      }
    }
  }

  private var needsStages: Bool {
    isJudged || signingDomain != nil || isForReports || !listings.isEmpty || !forged.isEmpty
  }

  private func judged() async throws -> Outcome {
    var outcome = Outcome()
    outcome.evidence = try await evidence()
    if let identity = outcome.evidence.identity {
      outcome.identityRuling = IdentityRules(settings: settings.identity).ruling(
        on: identity, sample: Int(draft.id.random % 100))
    }
    outcome.ruling = signingRuling.or(identityRuling(outcome.identityRuling))
    try await report(&outcome)
    if let amendment = amendment(outcome.evidence) {
      outcome.amendment = amendment
    } else {
      outcome.ruling = .refuse(
        Reply(554, .init(5, 6, 0), "Too many header fields"), reason: "too many forged fields")
    }
    return outcome
  }

  private func finish(_ outcome: Outcome, _ answer: @escaping @Sendable (Answer) -> Void) {
    logEvidence(outcome)
    noteForReport(outcome)
    switch outcome.ruling {
    case .accept, .hold: commit(outcome, answer)
    case .putOff(let reply, let reason), .refuse(let reply, let reason):
      draft.discard()
      refused(reply, reason, answer)
    }
  }

  // MARK: Evidence

  /// Strangers are judged, where the settings say so.
  var isJudged: Bool {
    standing == .stranger && settings.identity.judged.contains(origin.listener)
  }

  private func evidence() async throws -> Evidence {
    let wanted: Set = signingDomain == nil && !isSealed ? [] : [DKIMSigner.bodyHash]
    var evidence = Evidence()
    if isJudged {
      evidence = try await pipeline.evidence.judge(
        header, draft, origin, sender: envelope.sender.mailbox, settings, wanted: wanted)
    } else {
      evidence.hashes = try await EvidenceDesk.hashes(
        of: draft, bodyStart: header.bodyStart, wanted)
    }
    evidence.listings = listings
    return evidence
  }

  // MARK: Ruling

  private func identityRuling(_ ruling: IdentityRules.Ruling?) -> Ruling {
    switch ruling?.action {
    case nil, .mark: return .accept
    case .hold: return .hold(reason: ruling?.reason ?? "")
    case .refuse:
      // The network hears little (RFC 7372 has the codes): the log, and `trace`, hear all.
      return .refuse(
        Reply(550, ruling?.status ?? .init(5, 7, 1), "The sender is not proven"),
        reason: ruling?.reason ?? "")
    }
  }

  // MARK: Commit

  private func commit(_ outcome: Outcome, _ answer: @escaping @Sendable (Answer) -> Void) {
    pipeline.reasons.withLock { $0[draft.id] = reasons }
    let now = pipeline.clock.now()
    let message = StoredMessage(
      id: draft.id, acceptedAt: now, origin: origin, envelope: envelope, size: draft.size,
      facts: facts,
      hold: outcome.ruling.holdReason.map { Hold(reason: $0, by: "gate", at: now) },
      amendment: outcome.amendment)
    pipeline.spool.commit([.message(message, draft)]) { [pipeline, draft] result in
      switch result {
      case .success:
        pipeline.counters.accepted.add(1, ordering: .relaxed)
        pipeline.logAccepted(message)
        for remark in outcome.remarks(message.id, now) { pipeline.journal.note(remark) }
        answer(.accepted(Reply(250, .init(2, 0, 0), "Kept as \(message.id)")))
      case .failure(let failure):
        if !failure.mayBeKept { draft.discard() }
        pipeline.reasons.withLock { _ = $0.removeValue(forKey: message.id) }
        pipeline.log.write("not-kept", ["id": "\(message.id)", "why": "\(failure)"])
        answer(
          .refuse(Reply(451, .init(4, 3, 1), "Can't keep mail now, try again [\(message.id)]")))
      }
    }
  }
}

extension GateSettings {
  /// Our name in Authentication-Results.
  var serverID: String { identity.name ?? hostname }
}

extension Acceptance.Outcome {
  /// What the journal is told beside the message itself.
  func remarks(_ id: TraceID, _ now: Timestamp) -> [JournalEvent] {
    var remarks: [JournalEvent] = []
    if let identity = evidence.identity {
      let ruling = identityRuling.map { "; \($0.action.rawValue): \($0.reason)" } ?? ""
      remarks.append(.remarked(id, at: now, subject: "identity", identity.summary + ruling))
    }
    for hit in evidence.listings {
      remarks.append(.remarked(id, at: now, subject: "blocklist \(hit.zone)", hit.words))
    }
    return remarks + [report].compactMap(\.self)
  }
}
