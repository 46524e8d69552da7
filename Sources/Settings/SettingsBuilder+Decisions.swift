import Inspection
import Mail
import Policy
import TOML

// What is done with mail that was judged.
extension SettingsBuilder {
  func actions() -> [Verdict: Action] {
    var actions = DecisionPolicy.standardActions
    for verdict in Verdict.allCases {
      if let action = action(["verdict", verdict.rawValue]) { actions[verdict] = action }
    }
    return actions
  }

  var inspection: InspectionSettings {
    var settings = InspectionSettings()
    settings.isOn = flag(["inspection", "on"]) ?? settings.isOn
    settings.processes = number(["inspection", "processes"])
    settings.seconds = seconds(["inspection", "time"]) ?? settings.seconds
    settings.memory = node(["inspection", "memory"])?.value.size ?? settings.memory
    settings.rules = text(["inspection", "rules"])
    settings.clamd = text(["inspection", "clamd"])
    settings.whenScannerIsDown =
      action(["inspection", "scanner-down"]) ?? settings.whenScannerIsDown
    return settings
  }

  mutating func decision(_ index: String) -> DecisionRule? {
    let path = ["decision", index]
    guard let action = action(path + ["action"]) else {
      fault(at: path, "a decision needs an action, such as action = \"hold\"")
      return nil
    }
    return DecisionRule(
      direction: text(path + ["direction"]).flatMap(Direction.init),
      domain: domain(path + ["domain"]), recipient: mailbox(path + ["recipient"]),
      verdict: text(path + ["verdict"]).flatMap(Verdict.init), finding: text(path + ["finding"]),
      action: action)
  }

  private func action(_ path: [String]) -> Action? { text(path).flatMap(Action.init) }

  private mutating func domain(_ path: [String]) -> Domain? {
    guard let name = text(path) else { return nil }
    if let domain = Domain(name) { return domain }
    fault(at: path, "\"\(name)\" is not a domain name")
    return nil
  }
}
