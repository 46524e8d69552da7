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

// What is in a message, and what policy makes of it.
extension Acceptance {
  /// What is done for each recipient.
  func decision(_ report: InspectionReport) -> Decision {
    let recipients = envelope.recipients.map {
      (direction: direction(to: $0.path.mailbox), mailbox: $0.path.mailbox)
    }
    return settings.decisions.decide(report, recipients, atLeast: settings.floor(report))
  }

  private func direction(to mailbox: Mailbox?) -> Direction {
    Direction(to: mailbox, isOurs: standing != .stranger, settings.policy)
  }

  /// What rules may ask beyond the octets: the envelope, the proofs, whether From is one of ours; and the
  /// passwords that the sender's other mail told.
  func context(_ outcome: Outcome) -> FactContext {
    let recipients = envelope.recipients.map(\.path.words)
    var context = FactContext()
    if let identity = outcome.evidence.identity {
      context = FactContext(identity, recipients: recipients)
    } else {
      context.clientAddress = origin.address
      context.helo = origin.hello.map { "\($0)" }
      context.mailFrom = envelope.sender.mailbox.map { "\($0)" } ?? ""
      context.recipients = recipients
    }
    let directions = Set(envelope.recipients.map { direction(to: $0.path.mailbox).rawValue })
    context.authentication["envelope.direction"] = directions.sorted()
    context.authentication["auth.own"] = ownAuthor
    context.passwords = outcome.passwords
    context.wantsPasswords = true
    return context
  }

  /// The domain of From, where it is one of ours or below one.
  private var ownAuthor: [String] {
    guard case .one(let author) = AuthorDomain(of: header) else { return [] }
    var next: Domain? = author
    while let domain = next {
      if settings.policy.ownDomain(domain) != nil { return [author.ascii] }
      next = domain.parent
    }
    return []
  }

  // MARK: Passwords

  var correspondences: Set<PasswordDesk.Correspondence> {
    PasswordDesk.Correspondence.all(envelope, arrival.facts)
  }

  /// Remembers what the message says of passwords, and what of it could not be opened.
  func notePasswords(_ outcome: Outcome, _ messages: [StoredMessage], _ now: Timestamp) {
    guard let desk = pipeline.content?.passwords, let report = outcome.inspection else { return }
    let locked = messages.filter(\.isLocked)
    for message in locked { desk.noteLocked(message.id, of: message.correspondences) }
    // A password may have come while this one was judged.
    if !locked.isEmpty, desk.words(of: correspondences, at: now) != outcome.passwords {
      desk.ask(correspondences)
    }
    desk.note(report.passwords, of: correspondences, by: Set(messages.map(\.id)), at: now)
  }

  /// What policy's answer to the whole message means for the session.
  func ruling(_ decision: Decision, _ report: InspectionReport) -> Ruling {
    switch decision {
    case .take: .accept
    case .defer:
      .putOff(
        Reply(451, .init(4, 7, 1), "Can't take this mail now, try again later"),
        reason: report.summary)
    case .refuse:
      .refuse(Reply(550, .init(5, 7, 1), "Refused for its content"), reason: report.summary)
    }
  }

  func logInspection(_ outcome: Outcome) {
    guard let report = outcome.inspection else { return }
    pipeline.counters.noteVerdict(report.verdict)
    guard report.verdict != .clean || report.score > 0 else { return }
    pipeline.log.write(
      "judged",
      [
        "id": "\(draft.id)", "client": "\(origin.address)", "verdict": report.verdict.rawValue,
        "score": "\(Int(report.score.rounded()))", "action": outcome.actionWords,
        "why": report.summary,
      ])
  }

  /// What marked mail carries: our field in front, a tag in its subject.
  func mark(_ report: InspectionReport, id: TraceID) -> (front: [UInt8], edits: [Amendment.Edit]) {
    let front = Mark(report, id: id).field
    guard let tag = settings.subjectTag, let place = reading.subject else { return (front, []) }
    return (front, [Amendment.Edit(place..<place, with: Mark.subjectTag(tag))])
  }

  /// What is taken out of a message whose attachments go; nil where that can't be done. The message as it
  /// came is kept under `original`.
  func stripping(_ removed: [Finding], original: TraceID) async throws -> [Amendment.Edit]? {
    var octets: [UInt8] = []
    let content = draft.content
    while let piece = try await content.next() { octets += piece }
    let stripping = Stripping(
      octets, removed, hostname: settings.hostname, id: original)
    return stripping?.replacements.map {
      Amendment.Edit(
        ($0.range.lowerBound + draft.prefixSize)..<($0.range.upperBound + draft.prefixSize),
        with: $0.octets)
    }
  }
}

extension GateSettings {
  /// While a scanner can't be asked, mail that could do something waits, or what the settings say; other
  /// mail is marked.
  func floor(_ report: InspectionReport) -> Action {
    guard report.findings.contains(where: { $0.rule.hasPrefix("scanner.") }) else { return .accept }
    let isActive = report.findings.contains { $0.kind == .attachment && $0.weight > 0 }
    return isActive ? inspection.whenScannerIsDown : .mark
  }
}

extension InspectionReport {
  /// Rules named in the log and in a hold's reason.
  private static let namedRules = 4

  /// `malicious (18): file.program, name.double-suffix: A program is attached …`
  var summary: String {
    var rules: [String] = []
    for finding in findings where finding.speaksAgainst && !rules.contains(finding.rule) {
      rules.append(finding.rule)
    }
    // By this one held mail is known that a password may open.
    let locked = rules.dropFirst(Self.namedRules).filter { $0 == Pipeline.lockedRule }
    let names = (rules.prefix(Self.namedRules) + locked).joined(separator: ", ")
    let sentence = findings.first(where: \.speaksAgainst)?.sentence.en
    let why = sentence.map { "\(names): \($0)" } ?? "by a row of the settings alone"
    return "\(verdict.rawValue) (\(Int(score.rounded()))): \(why)"
  }

  /// Whether the journal has something to keep of it.
  var isNotable: Bool {
    verdict != .clean || findings.contains { $0.weight != 0 || $0.action != nil }
  }
}

extension Direction {
  /// The way of a message to one recipient; `isOurs` says that one of our people sends it.
  init(to mailbox: Mailbox?, isOurs: Bool, _ policy: RelayPolicy) {
    if let mailbox, mailbox.domain.flatMap(policy.ownDomain) == nil {
      self = .outbound
    } else {
      self = isOurs ? .internal : .inbound
    }
  }
}
