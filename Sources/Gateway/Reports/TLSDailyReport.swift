import Delivery
import Journal
import Mail
import MailAuth
import Relay
import Reports
import SMTP
import Settings
import Spool
import Synchronization

/// Tells each domain that asks for it what TLS to its hosts came to in a day (RFC 8460).
///
/// A report that no place takes is tried again with the day, until the next day is due.
struct TLSDailyReport: DailyReport {
  static let kind = "tls"
  var name: String { Self.kind }

  let pipeline: Pipeline
  let blocking: BlockingPool
  let post: TLSReportPost

  func send(_ day: ReportDay) async -> Bool {
    let (reports, hostname) = pipeline.settings.withLock { ($0.reports, $0.policy.hostname) }
    guard reports.kinds.contains(.tls), let sender = reports.sender else { return true }
    let journal = pipeline.journal
    let domains = await blocking.run { journal.talliedDomains(Self.kind, day: day.number) }
    var isDone = true
    for name in domains.sorted() {
      if Task.isCancelled { return false }
      guard let domain = Domain(name) else { continue }
      let tallies = await blocking.run {
        journal.tallies(Self.kind, day: day.number, domain: name)
      }
      let report = TLSDayReport(
        day: day.number, domain: domain, results: TLSTally(tallies).policies, sender: sender,
        submitter: hostname)
      switch await post.send(report, mail: { await self.mail(report, to: $0) }) {
      case .sent(let places): tell(domain, "sent to \(places)")
      case .unwanted: break
      case .later(let why):
        tell(domain, "not sent now: \(why)")
        isDone = false
        continue
      }
      await blocking.run { journal.dropTallies(Self.kind, day: day.number, domain: name) }
    }
    return isDone
  }

  private func tell(_ domain: Domain, _ what: String) {
    pipeline.log.write("tls-report", ["domain": domain.ascii, "what": what])
  }

  /// Puts a report into our own spool; false where that fails.
  private func mail(_ report: TLSDayReport, to recipient: Mailbox) async -> Bool {
    let id = pipeline.newID()
    let now = pipeline.clock.now()
    let messageID = "\(id)@\(report.submitter.ascii)"
    guard
      let bytes = report.message(
        to: recipient, messageID: messageID, now: now, seed: UInt64(id.random))
    else { return true }
    // RFC 8460 §3: signed; §5.3: that a domain's TLS fails must not keep the news of it away.
    let failure = await pipeline.send(
      bytes, id: id, from: report.sender, to: recipient, messageID: messageID, isTLSOptional: true)
    return failure?.mayBeKept ?? true
  }
}

extension Pipeline {
  /// Told by delivery of every new connection to a mail host that the DNS named.
  func noteForReport(_ session: TLSSession) {
    let isWanted = settings.withLock { settings in
      settings.reports.sender != nil && settings.reports.kinds.contains(.tls)
    }
    guard isWanted else { return }
    let failure = TLSReport.Failure(session)
    journal.note(
      .tallied(
        Tally(
          kind: TLSDailyReport.kind, day: ReportDay(of: session.at).number,
          domain: session.domain.ascii,
          policy: TallyText.encode(TLSReport.Policy(session.policy, of: session.domain)),
          row: failure.map { TallyText.encode($0) } ?? TLSTally.success)))
  }
}

extension TLSTally {
  /// The row of sessions that went well; no JSON, so that no failure is written alike.
  static let success = "ok"

  /// A day of one domain. What the journal did not tell apart counts as failed, without details.
  init(_ tallies: [Tally]) {
    self.init()
    for tally in tallies {
      guard let policy = TallyText.decode(TLSReport.Policy.self, tally.policy) else { continue }
      if tally.row == Self.success {
        succeed(policy, count: tally.count)
      } else {
        fail(policy, TallyText.decode(TLSReport.Failure.self, tally.row), count: tally.count)
      }
    }
  }
}

extension TLSReport.Policy {
  init(_ policy: FollowedPolicy, of domain: Domain) {
    switch policy {
    case .tlsa(let records, let host):
      self.init(type: "tlsa", strings: records, domain: domain.ascii, hosts: [host.ascii])
    case .sts(let policy):
      self.init(
        type: "sts", strings: policy.lines, domain: domain.ascii,
        hosts: policy.hosts.map { "\($0)" })
    case .none: self.init(type: "no-policy-found", strings: nil, domain: domain.ascii)
    }
  }
}

extension TLSReport.Failure {
  /// Nil for a session that went well.
  init?(_ session: TLSSession) {
    guard let failure = session.failure else { return nil }
    self.init(type: failure.rawValue, sessions: 1)
    receivingHost = session.host?.ascii
    receivingAddress = session.address.map { "\($0)" }
    reasonCode = session.reason.map { String($0.prefix(Self.reasonLimit)) }
  }

  private static let reasonLimit = 200
}
