import DNS
import Delivery
import Journal
import Mail
import MailAuth
import Reports
import SMTP
import Settings
import Synchronization

/// Sends each domain what we saw of its mail in a day (RFC 9990, RFC 7489 §7.2), to whom it names, where
/// those agree; by mail through our own spool.
struct DMARCDailyReport: DailyReport {
  static let kind = "dmarc"
  var name: String { Self.kind }

  let pipeline: Pipeline
  let blocking: BlockingPool

  /// Domains of one day; each is a mail, and strangers choose how many there are.
  static let domainLimit = 5000
  /// Addresses of one domain that get a copy (RFC 7489 §6.2 wants two at least).
  static let addressLimit = 4

  func send(_ day: ReportDay) async -> Bool {
    let (reports, hostname) = pipeline.settings.withLock { ($0.reports, $0.hostname) }
    let journal = pipeline.journal
    let domains = await blocking.run { journal.talliedDomains(Self.kind, day: day.number) }
    var isDone = true
    for name in domains.sorted().prefix(Self.domainLimit) {
      if Task.isCancelled { return false }
      if let sender = reports.sender, let domain = Domain(name), let own = Domain(hostname) {
        guard await send(day, domain, own, sender, reports.sizeLimit) else {
          isDone = false
          continue
        }
      }
      await blocking.run { journal.dropTallies(Self.kind, day: day.number, domain: name) }
    }
    return isDone
  }

  /// False where the DNS can't say now who wants it.
  private func send(
    _ day: ReportDay, _ domain: Domain, _ own: Domain, _ sender: Mailbox, _ sizeLimit: Int
  ) async -> Bool {
    guard let recipients = await recipients(domain) else { return false }
    guard !recipients.isEmpty else { return true }
    let tallies = await blocking.run { [journal = pipeline.journal] in
      journal.tallies(Self.kind, day: day.number, domain: domain.ascii)
    }
    let reportID = "\(day.number).\(domain.ascii)@\(own.ascii)"
    guard let report = Self.report(tallies, day, own, sender, reportID),
      let packed = Gzip.pack(report.xml)
    else { return true }
    let outgoing = OutgoingReport(
      kind: .dmarc, domain: domain, submitter: own, reportID: reportID,
      fileName: report.fileName(receiver: own), packed: packed)
    for recipient in recipients {
      let limit = min(UInt64(sizeLimit), recipient.sizeLimit ?? .max)
      guard let mailbox = recipient.mailbox else { continue }
      guard packed.count <= limit else {
        tell(domain, mailbox, "not sent: it has \(packed.count) octets, \(limit) are wanted")
        continue
      }
      await mail(outgoing, sender, mailbox, own)
    }
    return true
  }

  private func mail(
    _ report: OutgoingReport, _ sender: Mailbox, _ recipient: Mailbox, _ own: Domain
  ) async {
    let id = pipeline.newID()
    let messageID = "\(id)@\(own.ascii)"
    let bytes = report.message(
      from: sender, to: recipient, messageID: messageID, now: pipeline.clock.now(),
      seed: UInt64(id.random))
    let failure = await pipeline.send(
      bytes, id: id, from: sender, to: recipient, messageID: messageID)
    tell(report.domain, recipient, failure.map { "not sent: \($0)" } ?? "sent as \(id)")
  }

  private func tell(_ domain: Domain, _ recipient: Mailbox, _ what: String) {
    pipeline.log.write(
      "dmarc-report", ["domain": domain.ascii, "to": "\(recipient)", "what": what])
  }

  /// Whom the domain names today and who agrees to get it (RFC 9990 §4); nil where that can't be known now.
  private func recipients(_ domain: Domain) async -> [ReportAddress]? {
    let resolver = pipeline.evidence.resolver
    var lookup = DMARCLookup(resolver: resolver)
    let record: DMARCRecord
    switch await lookup.record(at: domain) {
    case .record(let found): record = found
    case .failure: return nil
    case .nothing, .several: return []
    }
    var recipients: [ReportAddress] = []
    for address in record.aggregateReports.prefix(Self.addressLimit) {
      switch await ReportPermission.ask(address, policyDomain: domain, resolver) {
      case .given: recipients.append(address)
      case .redirected(let others): recipients += others
      case .refused, .failure:
        pipeline.log.write(
          "dmarc-report",
          ["domain": domain.ascii, "to": address.uri, "what": "not sent: it did not agree"])
      }
    }
    return Array(recipients.prefix(Self.addressLimit))
  }

  /// One report of a day's tallies; nil without any. Under several policies the one of most messages is
  /// told, since a report has one.
  static func report(
    _ tallies: [Tally], _ day: ReportDay, _ own: Domain, _ sender: Mailbox, _ reportID: String
  ) -> AggregateReport? {
    let policies = Dictionary(grouping: tallies, by: \.policy).mapValues { same in
      same.reduce(0) { $0 + $1.count }
    }
    guard let text = policies.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key,
      let policy = TallyText.decode(AggregateReport.Policy.self, text)
    else { return nil }
    var sums = AggregateTally()
    var leftOut = 0
    for tally in tallies {
      if var record = TallyText.decode(AggregateReport.Record.self, tally.row) {
        record.count = tally.count
        sums.add(record)
      } else {
        leftOut += tally.count
      }
    }
    var metadata = AggregateReport.Metadata()
    metadata.organization = own.ascii
    metadata.email = "\(sender)"
    metadata.reportID = reportID
    metadata.begin = day.begin.seconds
    metadata.end = day.end.seconds
    metadata.generator = "Kadomori"
    if leftOut > 0 { metadata.errors.append("\(leftOut) more messages were not counted") }
    return sums.report(metadata, policy)
  }
}
