import Foundation
import Journal
import Mail
import MailAuth
import Reports
import SMTP
import Settings

// What a DMARC report tells of one message (RFC 9990 §3.1.1, RFC 7489 §7.2).
extension AggregateReport.Record {
  init(
    _ identity: MailAuth.Identity, _ ruling: IdentityRules.Ruling?,
    _ disposition: AggregateReport.Disposition
  ) {
    self.init()
    let result = identity.dmarc
    sourceAddress = "\(identity.client)"
    count = 1
    self.disposition = disposition
    isDKIMAligned = result.aligned.contains { $0.mechanism == .dkim }
    isSPFAligned = result.aligned.contains { $0.mechanism == .spf }
    if let override = ruling?.override {
      var reason = AggregateReport.Reason()
      reason.type = override
      reasons = [reason]
    }
    headerFrom = result.authorDomain?.ascii ?? ""
    envelopeFrom = identity.sender?.domain?.ascii
    dkim = identity.dkim.signatures.map { signature in
      var told = AggregateReport.DKIMResult()
      told.domain = signature.domain ?? ""
      told.selector = signature.selector
      told.result = AggregateReport.AuthResult(rawValue: signature.toldStatus.rawValue)
      return told
    }
    var told = AggregateReport.SPFResult()
    told.domain = identity.spf.domain
    told.scope = identity.sender == nil ? "helo" : "mfrom"
    told.result = AggregateReport.AuthResult(rawValue: identity.spf.result.rawValue)
    spf = [told]
  }
}

extension AggregateReport.Policy {
  /// The record as it was found.
  init(_ record: DMARCRecord, at domain: Domain) {
    self.init()
    self.domain = domain.ascii
    dkimAlignment = .init(rawValue: record.dkimAlignment.rawValue)
    spfAlignment = .init(rawValue: record.spfAlignment.rawValue)
    policy = record.policy.flatMap { .init(rawValue: $0.rawValue) }
    subdomainPolicy = record.subdomainPolicy.flatMap { .init(rawValue: $0.rawValue) }
    nonexistentPolicy = record.nonexistentPolicy.flatMap { .init(rawValue: $0.rawValue) }
    isTesting = record.isTesting
    failureOptions = record.failureOptions.map(\.rawValue).sorted().joined(separator: ":")
    discoveryMethod = "treewalk"
  }
}

/// A value as a tally keeps it: JSON that is the same for equal values.
enum TallyText {
  static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}

extension Acceptance {
  /// Tells the domain's next report of this message, where we report and it wants to hear.
  func noteForReport(_ outcome: Outcome) {
    guard settings.reports.sender != nil, settings.reports.kinds.contains(.dmarc),
      let identity = outcome.evidence.identity,
      let record = identity.dmarc.record, !record.aggregateReports.isEmpty,
      let domain = identity.dmarc.policyDomain
    else { return }
    let told = AggregateReport.Record(identity, outcome.identityRuling, outcome.disposition)
    pipeline.journal.note(
      .tallied(
        Tally(
          kind: DMARCDailyReport.kind, day: ReportDay(of: pipeline.clock.now()).number,
          domain: domain.ascii,
          policy: TallyText.encode(AggregateReport.Policy(record, at: domain)),
          row: TallyText.encode(told))))
  }
}

extension Acceptance.Outcome {
  /// What became of the message, by RFC 9990's words.
  fileprivate var disposition: AggregateReport.Disposition {
    switch identityRuling?.action {
    case .refuse: return .reject
    case .hold: return .quarantine
    case .mark, nil: break
    }
    let dmarc = evidence.identity?.dmarc
    let isEnforced = dmarc?.publishedPolicy.map { $0 != .none } ?? false
    return dmarc?.outcome == .pass && isEnforced ? .pass : .none
  }
}
