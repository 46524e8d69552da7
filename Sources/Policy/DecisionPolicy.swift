package import Inspection
package import Mail

/// What the settings say is done with a message that was judged.
///
/// The first rule that matches decides; where none does, the verdict's own action.
package struct DecisionPolicy: Hashable, Sendable {
  package var rules: [DecisionRule]
  package var actions: [Verdict: Action]

  /// A false verdict must cost nothing, so what looks dangerous waits for a person.
  package static let standardActions: [Verdict: Action] = [
    .clean: .accept, .suspicious: .mark, .spam: .mark, .phishing: .hold, .malicious: .hold,
    .unanalysable: .hold,
  ]

  package init(rules: [DecisionRule] = [], actions: [Verdict: Action] = standardActions) {
    self.rules = rules
    self.actions = actions
  }

  /// What is done for one recipient.
  package func action(
    _ report: InspectionReport, _ direction: Direction, to mailbox: Mailbox?
  ) -> Action {
    if let rule = rules.first(where: { $0.matches(report, direction, to: mailbox) }) {
      return rule.action
    }
    return actions[report.verdict] ?? .hold
  }

  /// What is done for all recipients of one message, `floor` at least.
  package func decide(
    _ report: InspectionReport, _ recipients: [(direction: Direction, mailbox: Mailbox?)],
    atLeast floor: Action = .accept
  ) -> Decision {
    Decision(recipients.map { max(floor, action(report, $0.direction, to: $0.mailbox)) })
  }
}
