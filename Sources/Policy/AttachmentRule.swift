import Inspection
package import Mail

/// One row of `[[attachment]]`: what is done with mail for a file in it. A row that names nothing of a kind
/// matches everything of it; what it names must all hold.
package struct AttachmentRule: Hashable, Sendable {
  package var direction: Direction?
  /// The recipient's domain.
  package var domain: Domain?
  /// The recipient; case does not count.
  package var recipient: Mailbox?
  package var classes: Set<AttachmentClass>
  /// Suffixes of names, lower case, without the dot.
  package var suffixes: Set<String>
  /// What files are by content: `iso9660`.
  package var kinds: Set<String>
  package var action: Action

  package init(
    direction: Direction? = nil, domain: Domain? = nil, recipient: Mailbox? = nil,
    classes: Set<AttachmentClass> = [], suffixes: Set<String> = [], kinds: Set<String> = [],
    action: Action
  ) {
    self.direction = direction
    self.domain = domain
    self.recipient = recipient.map(DecisionRule.key)
    self.classes = classes
    self.suffixes = suffixes
    self.kinds = kinds
    self.action = action
  }

  func concerns(_ way: Direction, to mailbox: Mailbox?) -> Bool {
    if let direction, direction != way { return false }
    if let domain, domain != mailbox?.domain { return false }
    if let recipient, recipient != mailbox.map(DecisionRule.key) { return false }
    return true
  }

  /// `findings` are those at the file's path.
  func matches(_ file: AttachedFile, _ findings: [Finding]) -> Bool {
    if !classes.isEmpty, !classes.contains(where: { $0.has(file, findings) }) { return false }
    if !suffixes.isEmpty, !suffixes.contains(file.suffix) { return false }
    return kinds.isEmpty || !kinds.isDisjoint(with: file.kinds)
  }

  /// Whether a finding about a file that the row lets pass says no more than what the row let pass.
  func excuses(_ finding: Finding) -> Bool {
    (classes.isEmpty ? Set(AttachmentClass.allCases) : classes).contains { $0.says(finding) }
  }

  /// Whether files that nobody listed could be meant.
  var restricts: Bool { action > .mark }
}

/// What the rows say of one message for one recipient.
struct AttachmentRuling {
  /// The severest action of all files.
  private(set) var action = Action.accept
  /// Files that are taken out, as findings that say why.
  private(set) var removed: [Finding] = []
  /// What was found and is not held against the message.
  private var excused: Set<Finding> = []

  init(
    _ report: InspectionReport, _ rules: [AttachmentRule], _ way: Direction, to mailbox: Mailbox?
  ) {
    let rules = rules.filter { $0.concerns(way, to: mailbox) }
    guard !rules.isEmpty else { return }
    let findings = Dictionary(grouping: report.findings) { $0.path ?? "" }
    for file in report.files {
      let own = findings[file.path] ?? []
      guard let rule = rules.first(where: { $0.matches(file, own) }) else { continue }
      action = max(action, rule.action)
      // What a scanner says of the whole message has neither path nor place.
      let whole = findings[""] ?? []
      switch rule.action {
      case .accept, .mark: excused.formUnion((own + whole).filter(rule.excuses))
      case .strip:
        removed.append(Self.removal(file))
        // It goes with the part that it came in, and so does what was found there.
        let there = report.findings.filter { $0.place == file.place && Self.goes($0) }
        excused.formUnion(there + whole.filter(rule.excuses))
      case .hold, .defer, .refuse: continue
      }
    }
    if report.hasMoreFiles, rules.contains(where: \.restricts) { action = max(action, .hold) }
  }

  /// What a part takes along; a malware that is known speaks against the rest of the message, too.
  private static func goes(_ finding: Finding) -> Bool {
    finding.kind == .attachment || finding.kind == .unread
  }

  /// The report without what is excused.
  func rest(of report: InspectionReport) -> InspectionReport {
    excused.isEmpty ? report : report.leavingOut { excused.contains($0) }
  }

  private static func removal(_ file: AttachedFile) -> Finding {
    Finding(
      "attachment.policy", .attachment, weight: 1, evidence: file.suffix, place: file.place,
      path: file.path,
      Sentence(
        ja: "この種類の添付ファイルは、組織の方針により受け渡しできません。"
          + "ファイル共有サービスなど、別の方法での受け渡しを送信者とご相談ください。",
        en: "By the organisation's policy attachments of this kind are not passed on. "
          + "Agree with the sender on another way, such as a file sharing service."))
  }
}
