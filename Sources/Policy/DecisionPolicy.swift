package import Inspection
package import Mail

/// What the settings say is done with a message that was judged.
///
///     [[decision]]    the first row that matches decides, and nothing else does
///     otherwise the severest of
///       verdict       its own action, drawn without what [[attachment]] lets pass
///       rules         actions that rules ask for by themselves
///       [[attachment]], [ppap]    the first row that matches each file
package struct DecisionPolicy: Hashable, Sendable {
  package var rules: [DecisionRule]
  package var attachments: [AttachmentRule]
  package var actions: [Verdict: Action]

  /// A false verdict must cost nothing, so what looks dangerous waits for a person.
  package static let standardActions: [Verdict: Action] = [
    .clean: .accept, .suspicious: .mark, .spam: .mark, .phishing: .hold, .malicious: .hold,
    .unanalysable: .hold,
  ]

  package init(
    rules: [DecisionRule] = [], attachments: [AttachmentRule] = [],
    actions: [Verdict: Action] = standardActions
  ) {
    self.rules = rules
    self.attachments = attachments
    self.actions = actions
  }

  /// What is done for one recipient.
  package func treatment(
    _ report: InspectionReport, _ direction: Direction, to mailbox: Mailbox?
  ) -> Treatment {
    if let rule = rules.first(where: { $0.matches(report, direction, to: mailbox) }) {
      return Treatment(rule.action, removed: report.findings)
    }
    let files = AttachmentRuling(report, attachments, direction, to: mailbox)
    let rest = files.rest(of: report)
    let ofVerdict = actions[rest.verdict] ?? .hold
    let ofRules = rest.findings.compactMap(\.action).map { Action($0) }
    let action = ofRules.reduce(max(ofVerdict, files.action), max)
    let bad = ofVerdict == .strip ? rest.findings : []
    return Treatment(action, removed: files.removed + bad)
  }

  /// What is done for all recipients of one message, `floor` at least.
  package func decide(
    _ report: InspectionReport, _ recipients: [(direction: Direction, mailbox: Mailbox?)],
    atLeast floor: Action = .accept
  ) -> Decision {
    Decision(
      recipients.map { recipient in
        let treatment = treatment(report, recipient.direction, to: recipient.mailbox)
        return treatment.action < floor ? Treatment(floor) : treatment
      })
  }
}
