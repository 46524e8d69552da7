import Inspection
import Journal
import Mail
import MailAuth
import Policy
import Relay
import SMTP
import Settings
import Spool
import Synchronization

/// One message between its last octet and our answer, in stages; each reads what those before it made.
///
///     draft ─┬▶ evidence ─┬▶ ruling ─▶ copies, each with its amendment ─▶ commit ─▶ 250
///            └▶ content  ─┘    └─────▶ refused: 5xx, nothing is kept
///
/// A ruling is the harsher of what the proofs and the content call for (`Ruling.or`). Recipients for whom
/// the same is done share a copy. One that is held has its `Hold`, and what is said of it and taken from it
/// its `Amendment`, in the commit that the 250 speaks of.
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
    header = SignatureHeader(draft.headerSection)
    forged = pipeline.forgery.withLock { $0 }.ranges(in: header)
    signingDomain = standing.signingDomain(of: header, settings)
  }

  /// What the stages come to.
  struct Outcome: Sendable {
    var ruling = Ruling.accept
    /// What is stored; empty for the draft as it is.
    var copies: [AcceptedCopy] = []
    var evidence = Evidence()
    /// What was found in it; nil where nobody looked.
    var inspection: InspectionReport?
    /// What policy makes of that.
    var decision: Decision?
    var identityRuling: IdentityRules.Ruling?
    /// What a report of others' says, where the message brings one.
    var report: JournalEvent?
  }

  /// Answers once, now or later, on any thread. Stages that take time run on threads of their own; a
  /// message that needs none of them goes to the disk at once.
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
    pipeline.content != nil || isJudged || signingDomain != nil || isForReports
      || !listings.isEmpty || !forged.isEmpty
  }

  private func judged() async throws -> Outcome {
    var outcome = Outcome()
    async let content = pipeline.content?.report(draft)
    outcome.evidence = try await evidence()
    if let identity = outcome.evidence.identity {
      outcome.identityRuling = IdentityRules(settings: settings.identity).ruling(
        on: identity, sample: Int(draft.id.random % 100))
    }
    outcome.ruling = signingRuling.or(identityRuling(outcome.identityRuling))
    outcome.inspection = try await content.map { report in
      report.adding(outcome.evidence.identity.map(IdentityFindings.findings) ?? [])
    }
    if let report = outcome.inspection {
      let decision = decision(report)
      outcome.decision = decision
      outcome.ruling = outcome.ruling.or(ruling(decision, report))
    }
    try await report(&outcome)
    guard outcome.ruling.takes else { return outcome }
    if let copies = try await copies(outcome) {
      outcome.copies = copies
    } else {
      outcome.ruling = .refuse(
        Reply(554, .init(5, 6, 0), "Too many header fields"), reason: "too many forged fields")
    }
    return outcome
  }

  private func finish(_ outcome: Outcome, _ answer: @escaping @Sendable (Answer) -> Void) {
    logEvidence(outcome)
    logInspection(outcome)
    noteForReport(outcome)
    switch outcome.ruling {
    case .accept, .hold: commit(outcome, answer)
    case .putOff(let reply, let reason), .refuse(let reply, let reason):
      draft.discard()
      if let judged = outcome.judgement(draft.id, pipeline.clock.now()) {
        pipeline.journal.note(judged)
      }
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
    let now = pipeline.clock.now()
    var copies = outcome.copies
    if copies.isEmpty {
      copies = [
        AcceptedCopy(
          draft: draft, action: .accept, recipients: Array(envelope.recipients.indices),
          amendment: .none, hold: nil)
      ]
    }
    let messages = copies.map { message($0, facts, now) }
    pipeline.reasons.withLock { waiting in
      for copy in copies { waiting[copy.draft.id] = copy.recipients.map { reasons[$0] } }
    }
    pipeline.spool.commit(zip(messages, copies).map { .message($0, $1.draft) }) {
      [pipeline, copies] result in
      switch result {
      case .success:
        pipeline.counters.accepted.add(1, ordering: .relaxed)
        // Before the log: the client waits.
        answer(.accepted(Reply(250, .init(2, 0, 0), "Kept as \(messages[0].id)")))
        for message in messages {
          pipeline.logAccepted(message)
          for remark in outcome.remarks(message.id, now) { pipeline.journal.note(remark) }
        }
      case .failure(let failure):
        if !failure.mayBeKept { for copy in copies { copy.draft.discard() } }
        pipeline.reasons.withLock { waiting in
          for message in messages { _ = waiting.removeValue(forKey: message.id) }
        }
        pipeline.log.write("not-kept", ["id": "\(messages[0].id)", "why": "\(failure)"])
        answer(
          .refuse(Reply(451, .init(4, 3, 1), "Can't keep mail now, try again [\(messages[0].id)]")))
      }
    }
  }

  private func message(
    _ copy: AcceptedCopy, _ facts: HeaderFacts, _ now: Timestamp
  ) -> StoredMessage {
    var envelope = envelope
    envelope.recipients = copy.recipients.map { self.envelope.recipients[$0] }
    return StoredMessage(
      id: copy.draft.id, acceptedAt: now, origin: origin, envelope: envelope,
      size: copy.draft.size, facts: facts,
      hold: copy.hold.map { Hold(reason: $0, by: Hold.policy, at: now) },
      amendment: copy.amendment)
  }
}

extension GateSettings {
  /// Our name in Authentication-Results.
  var serverID: String { identity.name ?? hostname }

  /// Fields of others that claim to be ours.
  var forgery: ForgedResults { ForgedResults(names: Set([serverID, hostname])) }
}

extension Acceptance.Outcome {
  /// What was done, in the journal's words.
  var actionWords: String {
    switch ruling {
    case .refuse: return Action.refuse.rawValue
    case .putOff: return Action.defer.rawValue
    case .accept, .hold:
      let actions = Set(copies.map(\.action)).sorted().map(\.rawValue)
      return actions.isEmpty ? Action.accept.rawValue : actions.joined(separator: ", ")
    }
  }

  /// What the journal keeps of the inspection; nil where there is nothing worth it.
  func judgement(_ id: TraceID, _ now: Timestamp) -> JournalEvent? {
    guard let inspection, inspection.isNotable else { return nil }
    return .judged(id, Judgement(inspection, action: actionWords), at: now)
  }

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
    return remarks + [judgement(id, now), report].compactMap(\.self)
  }
}

extension Draft {
  /// The header section as the client sent it, and what follows only where no empty line ends it.
  fileprivate var headerSection: [UInt8] {
    let head = head
    let start = min(prefixSize, head.count)
    let section = HeaderFields(head, in: start..<head.count)
    let end = section.end == .emptyLine ? section.bodyStart : head.count
    return Array(head[start..<end])
  }
}
