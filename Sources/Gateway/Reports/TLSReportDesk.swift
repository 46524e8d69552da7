import DNS
import Delivery
import Mail
import MailAuth
import Reports
import Relay
import SMTP
import Settings
import Spool
import Synchronization

/// Counts the TLS of our outbound connections, and tells each domain that asks for it what a day came to
/// (RFC 8460).
///
/// Counts are written down every ten minutes and at a stop, so a crash costs no more than that of them.
final class TLSReportDesk: Sendable {
  private let pipeline: Pipeline
  private let post: TLSReportPost
  private let blocking: BlockingPool
  private let path: String
  private let book: Mutex<TLSReportBook>
  /// Seconds after midnight at which reports are sent: not everybody's at once (RFC 8460 §4.1).
  private let offsetSeconds: Int

  private static let roundSeconds = 600
  private static let largestOffset = 4 * 3600
  private static let daySeconds = 86_400

  init(
    pipeline: Pipeline, resolver: any Resolver, web: any WebClient, blocking: BlockingPool,
    path: String
  ) {
    self.pipeline = pipeline
    self.blocking = blocking
    self.path = path
    post = TLSReportPost(resolver: resolver, web: web)
    book = Mutex(TLSReportBook(json: (try? PrivateFile.read(path).get()) ?? []))
    offsetSeconds = Int.random(in: 0..<Self.largestOffset)
  }

  /// Told by delivery of every connection to a mail host.
  func note(_ session: TLSSession) {
    guard pipeline.settings.withLock({ $0.transport.reportsFrom != nil }) else { return }
    let policy = TLSReport.Policy(session.policy, of: session.domain)
    let failure = TLSReport.Failure(session)
    let day = Int(session.at.seconds) / Self.daySeconds
    book.withLock { $0.add(day, session.domain, policy, failure) }
  }

  /// Until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      let now = pipeline.clock.now()
      await sendDue(day: Int(now.seconds - Int64(offsetSeconds)) / Self.daySeconds)
      await save()
      try? await Task.sleep(for: .seconds(Self.roundSeconds))
    }
    await save()
  }

  private func save() async {
    let text = book.withLock { $0.json }
    let (path, pipeline) = (path, pipeline)
    await blocking.run {
      guard let fault = PrivateFile.replace(path, text) else { return }
      pipeline.log.write("tls-sessions-not-kept", ["why": "\(fault)"])
    }
  }

  /// Sends what days before that one came to. What can't be sent now is kept for the next round, for as
  /// long as the book keeps days.
  func sendDue(day today: Int) async {
    let (sender, hostname) = pipeline.settings.withLock {
      ($0.transport.reportsFrom, $0.policy.hostname)
    }
    guard let sender else { return }
    for day in book.withLock({ $0.days(before: today) }) {
      for (domain, results) in book.withLock({ $0.results(of: day) }) {
        if Task.isCancelled { return }
        let report = TLSDayReport(
          day: day, domain: domain, results: results, sender: sender, submitter: hostname)
        switch await post.send(report, mail: { await self.mail(report, to: $0) }) {
        case .sent(let places):
          pipeline.log.write("tls-report", ["domain": domain.ascii, "to": places])
          book.withLock { $0.drop(day, domain) }
        case .unwanted: book.withLock { $0.drop(day, domain) }
        case .later(let why):
          pipeline.log.write("tls-report-waits", ["domain": domain.ascii, "why": why])
          if day < today - 1 { book.withLock { $0.drop(day, domain) } }
        }
      }
    }
  }

  /// Puts a report into our own spool; false where that fails.
  private func mail(_ report: TLSDayReport, to recipient: Mailbox) async -> Bool {
    let id = pipeline.newID()
    let now = pipeline.clock.now()
    let messageID = "\(id)@\(report.submitter.ascii)"
    guard
      let bytes = report.message(to: recipient, messageID: messageID, now: now, seed: now.seed)
    else { return true }
    // RFC 8460 §3: signed; §5.3: that a domain's TLS fails must not keep the news of it away.
    let failure = await pipeline.send(
      bytes, id: id, from: report.sender, to: recipient, messageID: messageID, isTLSOptional: true)
    return failure?.mayBeKept ?? true
  }
}

extension Timestamp {
  fileprivate var seed: UInt64 { UInt64(bitPattern: microseconds) }
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
