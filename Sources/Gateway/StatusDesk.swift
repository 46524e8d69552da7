import Inspection
import Journal
import Mail
import Settings
import Spool
import Synchronization
import Transport

/// Sees how the gate is, for `kadomori status`, `/health` and `/metrics`.
final class StatusDesk: Sendable {
  private let pipeline: Pipeline
  private let parts: GateParts
  private let places: [String]
  private let startedAt: Timestamp

  /// Days before a certificate ends that an administrator is warned.
  private static let certificateDays: Int64 = 14

  init(parts: GateParts, places: [String]) {
    self.parts = parts
    pipeline = parts.pipeline
    self.places = places
    startedAt = parts.pipeline.clock.now()
  }

  func status() -> GateStatus {
    let now = pipeline.clock.now()
    let oldest = pipeline.spool.oldest
    return GateStatus(
      hostname: pipeline.settings.withLock { $0.hostname }, startedAt: startedAt.iso8601,
      listeners: places, sessions: pipeline.connections.open,
      accepted: pipeline.counters.accepted.load(ordering: .relaxed),
      refused: pipeline.counters.refused.load(ordering: .relaxed),
      delivered: pipeline.counters.delivered.load(ordering: .relaxed),
      deferred: pipeline.counters.deferred.load(ordering: .relaxed),
      failed: pipeline.counters.failed.load(ordering: .relaxed),
      loginFailures: pipeline.counters.loginFailures.load(ordering: .relaxed),
      verdicts: verdicts, inspection: pipeline.content?.status,
      queued: pipeline.spool.count, held: pipeline.spool.heldCount,
      oldestSeconds: oldest.map { Int(now.seconds - $0.seconds) } ?? 0, journal: journalWords,
      journalWaiting: pipeline.journal.waiting, syncs: pipeline.spool.syncs, warnings: warnings,
      notes: notes(now))
  }

  private var verdicts: [String: Int] {
    let counted = pipeline.counters.verdicts.withLock { $0 }
    return Dictionary(uniqueKeysWithValues: counted.map { ($0.key.rawValue, $0.value) })
  }

  private var journalWords: String {
    switch pipeline.journal.state {
    case .ok: "ok"
    case .behind(let why): "behind: \(why)"
    }
  }

  private var warnings: [String] {
    var warnings: [String] = []
    if let trouble = pipeline.spool.trouble {
      warnings.append("mail can't be kept: \(trouble)")
      pipeline.spool.lookForRoom()
    }
    if case .behind(let why) = pipeline.journal.state {
      warnings.append("the journal can't be written: \(why)")
    }
    return warnings + (pipeline.content?.warnings ?? [])
  }

  /// A blocklist that is switched off is so for every gate that asks it, and refuses nobody meanwhile; a
  /// certificate has its days left; damaged messages of before do not keep new ones from coming.
  private func notes(_ now: Timestamp) -> [String] {
    var notes: [String] = []
    let left = parts.identity.current.expiresAt.seconds - now.seconds
    let days = left / 86_400
    if left <= 0 {
      notes.append("the certificate has expired: renew it, then send SIGHUP")
    } else if days < Self.certificateDays {
      notes.append("the certificate ends in \(days) days: renew it, then send SIGHUP")
    }
    let damaged = parts.recovery.damagedFrames
    if damaged > 0 {
      notes.append(
        "the spool has \(damaged) damaged frames, whose messages are lost or await a person: "
          + "docs/spool.md says what to do")
    }
    if let why = pipeline.refusedReload.withLock({ $0 }) {
      notes.append(
        "the settings were refused at the last reload, and a restart would refuse them too: \(why)")
    }
    if let fault = pipeline.keys.fault {
      notes.append("the DKIM keys can't be read, those read before sign on: \(fault)")
    }
    notes += pipeline.content?.notes ?? []
    return notes + [parts.resolverWatch.warning].compactMap(\.self) + pipeline.blocklists.warnings
  }
}
