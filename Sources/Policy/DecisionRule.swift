package import Inspection
package import Mail

/// One row of `[[decision]]`: where all that it names holds, its action is taken. Nil matches everything.
package struct DecisionRule: Hashable, Sendable {
  package var direction: Direction?
  /// The recipient's domain.
  package var domain: Domain?
  /// The recipient; case does not count.
  package var recipient: Mailbox?
  package var verdict: Verdict?
  /// A rule that found something: `attachment.executable`, or all below a name: `attachment.*`.
  package var finding: String?
  package var action: Action

  package init(
    direction: Direction? = nil, domain: Domain? = nil, recipient: Mailbox? = nil,
    verdict: Verdict? = nil, finding: String? = nil, action: Action
  ) {
    self.direction = direction
    self.domain = domain
    self.recipient = recipient.map(Self.key)
    self.verdict = verdict
    self.finding = finding
    self.action = action
  }

  func matches(_ report: InspectionReport, _ way: Direction, to mailbox: Mailbox?) -> Bool {
    if let direction, direction != way { return false }
    if let domain, domain != mailbox?.domain { return false }
    if let recipient, recipient != mailbox.map(Self.key) { return false }
    if let verdict, verdict != report.verdict { return false }
    if let finding, !report.findings.contains(where: { Self.names(finding, $0.rule) }) {
      return false
    }
    return true
  }

  static func key(_ mailbox: Mailbox) -> Mailbox {
    Mailbox(localPart: mailbox.localPart.lowercased(), host: mailbox.host)
  }

  /// Whether a pattern means a rule: the same name, or `a.*` and a name below `a`.
  static func names(_ pattern: String, _ rule: String) -> Bool {
    guard pattern.hasSuffix(".*") else { return pattern == rule }
    return rule.utf8.starts(with: pattern.utf8.dropLast())
  }
}
