import Inspection
import Mail
import MailAuth
import Relay
import SMTP
import Settings
import Spool

/// A message whose content has come, with what the session knows of it; nothing of it is read yet.
struct Arrival: Sendable {
  let pipeline: Pipeline
  /// As they are when the content has come.
  let settings: GateSettings
  let draft: Draft
  let origin: Origin
  let envelope: Envelope
  let standing: Standing
  let facts: HeaderFacts
  /// Blocklists that named the client at RCPT.
  let listings: [BlocklistHit]
  /// Why each recipient was taken.
  let reasons: [String]

  /// Answers once, now or later, on any thread. What takes time, reading the header before all, runs on
  /// threads of its own; a message that nobody looks at goes to the disk at once.
  func accept(_ answer: @escaping @Sendable (Answer) -> Void) {
    guard !isLookedAt else { return judge(nil, answer) }
    let reading = HeaderReading(self)
    if reading.signingDomain == nil, reading.removals.isEmpty {
      Acceptance(self, reading).commit(Acceptance.Outcome(), answer)
    } else {
      judge(reading, answer)
    }
  }

  private var isLookedAt: Bool {
    pipeline.content != nil || isJudged || isForReports || !listings.isEmpty
  }

  /// Strangers are judged, where the settings say so.
  var isJudged: Bool {
    standing == .stranger && settings.identity.judged.contains(origin.listener)
  }

  private func judge(
    _ reading: HeaderReading?, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    Task(executorPreference: pipeline.judging) {
      await Acceptance(self, reading ?? HeaderReading(self)).decide(answer)
    }
  }
}
