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
///     draft ─▶ evidence ─▶ content ─▶ ruling ─▶ copies, each with its amendment ─▶ commit ─▶ 250
///                                       └─────▶ refused: 5xx, nothing is kept
///
/// A ruling is the harsher of what the proofs and the content call for (`Ruling.or`). Recipients for whom
/// the same is done share a copy. One that is held has its `Hold`, and what is said of it and taken from it
/// its `Amendment`, in the commit that the 250 speaks of.
struct Acceptance: Sendable {
  let arrival: Arrival
  let reading: HeaderReading

  init(_ arrival: Arrival, _ reading: HeaderReading) {
    self.arrival = arrival
    self.reading = reading
  }

  var pipeline: Pipeline { arrival.pipeline }
  var settings: GateSettings { arrival.settings }
  var draft: Draft { arrival.draft }
  var origin: Origin { arrival.origin }
  var envelope: Envelope { arrival.envelope }
  var standing: Standing { arrival.standing }
  var facts: HeaderFacts { arrival.facts }
  var header: SignatureHeader { reading.header }
  var signingDomain: Domain? { reading.signingDomain }

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
    /// Passwords of the sender's other mail that were tried.
    var passwords: [String] = []
    var identityRuling: IdentityRules.Ruling?
    /// What a report of others' says, where the message brings one.
    var report: JournalEvent?
  }

  /// Goes through the stages and answers.
  func decide(_ answer: @escaping @Sendable (Answer) -> Void) async {
    do {
      finish(try await judged(), answer)
    } catch {
      pipeline.log.write("not-judged", ["id": "\(draft.id)", "why": "\(error)"])
      draft.discard()
      let what = error is EvidenceDesk.Overload ? "Too much mail at once" : "Can't read mail now"
      answer(.refuse(Reply(451, .init(4, 3, 0), "\(what), try again [\(draft.id)]")))
    }
  }

  private func judged() async throws -> Outcome {
    var outcome = Outcome()
    // The scanner needs no proofs; rules may ask them.
    async let scanned = pipeline.content?.scanned(draft)
    outcome.evidence = try await evidence()
    if let identity = outcome.evidence.identity {
      outcome.identityRuling = IdentityRules(settings: settings.identity).ruling(
        on: identity, sample: Int(draft.id.random % 100))
    }
    outcome.ruling = signingRuling.or(identityRuling(outcome.identityRuling))
    if let content = pipeline.content {
      outcome.passwords = content.passwords.words(of: correspondences, at: pipeline.clock.now())
      let report = try await content.inspected(draft, context(outcome))
      let identity = outcome.evidence.identity.map(IdentityFindings.findings) ?? []
      let byScanner = try await scanned ?? []
      outcome.inspection = report.adding(identity + byScanner)
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

  /// Whether it is sealed though nothing of it is changed.
  private var isSealed: Bool {
    settings.identity.sealer != nil
      && envelope.recipients.contains { recipient in
        recipient.path.mailbox?.domain.map { settings.identity.domain($0).seals } ?? false
      }
  }

  private func evidence() async throws -> Evidence {
    let wanted: Set = signingDomain == nil && !isSealed ? [] : [DKIMSigner.bodyHash]
    var evidence = Evidence()
    if arrival.isJudged {
      evidence = try await pipeline.evidence.judge(
        header, draft, origin, sender: envelope.sender.mailbox, settings, wanted: wanted)
    } else {
      evidence.hashes = try await EvidenceDesk.hashes(
        of: draft, bodyStart: header.bodyStart, wanted)
    }
    evidence.listings = arrival.listings
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

  func commit(_ outcome: Outcome, _ answer: @escaping @Sendable (Answer) -> Void) {
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
      for copy in copies { waiting[copy.draft.id] = copy.recipients.map { arrival.reasons[$0] } }
    }
    pipeline.spool.commit(zip(messages, copies).map { .message($0, $1.draft) }) {
      [pipeline, copies] result in
      switch result {
      case .success:
        pipeline.counters.accepted.add(1, ordering: .relaxed)
        for message in messages {
          for remark in outcome.remarks(message.id, now) { pipeline.journal.note(remark) }
        }
        notePasswords(outcome, messages, now)
        // Before the log: the client waits.
        answer(.accepted(Reply(250, .init(2, 0, 0), "Kept as \(messages[0].id)")))
        for message in messages { pipeline.logAccepted(message) }
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
