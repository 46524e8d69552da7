import Inspection
import Journal
import Mail
import Policy
import Relay
import SMTP
import Settings
import Spool
import Synchronization

// Held mail with something encrypted in it, looked at again when there is a password.
extension Pipeline {
  /// Who asks for another look, and with what.
  struct Reopening: Sendable {
    let passwords: [String]
    let by: String
    let reason: String
    /// A person gave the password: that something is encrypted is not held against the message any more.
    let isAsked: Bool
  }

  /// Looks again whenever a sender's other mail speaks of a password; until cancelled.
  func reopenHeld() async {
    guard let desk = content?.passwords else { return }
    for id in spool.heldIdentifiers {
      guard let message = spool.message(id), message.isLocked else { continue }
      desk.noteLocked(id, of: message.correspondences)
    }
    for await news in desk.news {
      for id in desk.locked(of: news.of).subtracting(news.except).sorted() {
        if Task.isCancelled { return }
        await withTaskExecutorPreference(judging) { await reopen(id, desk) }
      }
    }
  }

  private func reopen(_ id: TraceID, _ desk: PasswordDesk) async {
    guard let message = spool.message(id), message.isLocked else { return }
    let words = desk.words(of: message.correspondences, at: clock.now())
    guard !words.isEmpty else { return }
    let reopening = Reopening(
      passwords: words, by: Hold.policy, reason: "opened with a password that its sender sent",
      isAsked: false)
    if let why = await reopen(message, reopening) {
      log.write("not-opened", ["id": "\(id)", "why": why])
    } else {
      log.write("opened", ["id": "\(id)"])
    }
  }

  /// Inspects a held message with passwords and releases it where policy then lets it pass. Why it stays,
  /// nil when it went.
  func reopen(_ message: StoredMessage, _ reopening: Reopening) async -> String? {
    guard let content else { return "nobody looks into mail here; release it without a password" }
    var octets: [UInt8] = []
    do {
      let body = spool.body(of: message.id)
      while let piece = try await body.next() { octets += piece }
    } catch {
      return "it can't be read: \(error)"
    }
    let found: InspectionReport
    do {
      found = try await content.report(octets, context(message, reopening))
    } catch {
      return "it can't be looked into now: \(error)"
    }
    let report = judged(found, before: await formerJudgement(message.id), reopening)
    let actions = actions(report, for: message)
    let passes = actions.allSatisfy { $0 <= .mark }
    let isStillLocked = report.findings.contains { $0.rule == Self.lockedRule }
    // What nothing opened says nothing new.
    if !reopening.isAsked, isStillLocked { return report.summary }
    return await record(report, message, reopening, passes: passes)
  }

  /// Of an attachment that no password opened.
  static let lockedRule = "archive.encrypted"

  private func context(_ message: StoredMessage, _ reopening: Reopening) -> FactContext {
    var context = FactContext()
    context.clientAddress = message.origin.address
    context.helo = message.origin.hello.map { "\($0)" }
    context.mailFrom = message.envelope.sender.mailbox.map { "\($0)" } ?? ""
    context.recipients = message.envelope.recipients.map(\.path.words)
    context.passwords = reopening.passwords
    context.passwordsAreGiven = reopening.isAsked
    return context
  }

  /// What was found when it came. The journal may be a moment behind.
  private func formerJudgement(_ id: TraceID) async -> Judgement? {
    await journal.flush()
    let path = settings.withLock { JournalPlace.path($0) }
    return try? JournalReader(path: path).trace("\(id)", limit: 1).messages.first?.judgement
  }

  /// The new findings, and the former ones that need more than the octets: proofs of identity, and rules
  /// that asked them. That it was encrypted does not stay.
  private func judged(
    _ found: InspectionReport, before: Judgement?, _ reopening: Reopening
  ) -> InspectionReport {
    let rules = Set(found.findings.map(\.rule))
    let former = before?.findings ?? []
    let kept = former.filter {
      !rules.contains($0.rule) && !AttachmentClass.encrypted.says($0) && $0.kind != .scanner
    }
    let report = found.adding(kept)
    guard reopening.isAsked else { return report }
    return report.leavingOut { $0.rule == AttachmentClass.passwordInMail }
  }

  private func actions(_ report: InspectionReport, for message: StoredMessage) -> [Action] {
    let settings = settings.withLock { $0 }
    let isOurs =
      message.origin.account != nil
      || settings.policy.network(of: message.origin.address)?.relays == true
    return message.envelope.recipients.map { recipient in
      let mailbox = recipient.path.mailbox
      let direction = Direction(to: mailbox, isOurs: isOurs, settings.policy)
      let action = settings.decisions.treatment(report, direction, to: mailbox).action
      return max(action, settings.floor(report))
    }
  }

  private func record(
    _ report: InspectionReport, _ message: StoredMessage, _ reopening: Reopening, passes: Bool
  ) async -> String? {
    let now = clock.now()
    let change: Change =
      passes
      ? .released(by: reopening.by, reason: reopening.reason, at: now)
      : .held(
        Hold(
          reason: report.summary, by: message.hold?.by ?? Hold.policy, at: message.hold?.at ?? now)
      )
    switch await spool.commit([.change(message.id, change)]) {
    case .success:
      let action = (passes ? Action.accept : .hold).rawValue
      journal.note(.judged(message.id, Judgement(report, action: action), at: now))
      if passes { content?.passwords.noteGone(message.id, of: message.correspondences) }
      return passes ? nil : report.summary
    case .failure(let failure): return "can't record it: \(failure)"
    }
  }
}

extension StoredMessage {
  /// Whether policy holds it for something that could not be opened, or that is opened by a password.
  var isLocked: Bool {
    guard let hold, hold.by == Hold.policy else { return false }
    return hold.reason.utf8.count < 10_000 && hold.reason.contains(Pipeline.lockedRule)
  }

  var correspondences: Set<PasswordDesk.Correspondence> {
    PasswordDesk.Correspondence.all(envelope, facts)
  }
}
