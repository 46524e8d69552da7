package import Inspection

/// What is done with a message for one recipient.
package struct Treatment: Hashable, Sendable {
  package let action: Action
  /// Where the action is `strip`: findings at whose places parts are taken out.
  package let removed: [Finding]

  package init(_ action: Action, removed: [Finding] = []) {
    self.action = action
    self.removed = action == .strip ? removed : []
  }
}

extension Action {
  /// What a rule asks for by itself.
  init(_ action: RuleAction) {
    switch action {
    case .mark: self = .mark
    case .hold: self = .hold
    case .refuse: self = .refuse
    }
  }
}
