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
    settings.folders = RuleFolders(
      rules: text(["inspection", "rules"]), yara: text(["inspection", "yara"]))
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

  mutating func attachment(_ index: String) -> AttachmentRule? {
    let path = ["attachment", index]
    guard let action = action(path + ["action"]) else {
      fault(at: path, "an attachment row needs an action, such as action = \"strip\"")
      return nil
    }
    let (classes, suffixes) = (texts(path + ["class"]), texts(path + ["extension"]))
    let kinds = texts(path + ["type"])
    if classes.isEmpty, suffixes.isEmpty, kinds.isEmpty {
      fault(at: path, "an attachment row needs class, extension or type: which files are meant?")
    }
    let known = Set(ArtefactKinds.names)
    for kind in kinds where !known.contains(kind) {
      fault(
        at: path + ["type"],
        "no file is of the type \"\(kind)\"; kadomori rules list --types prints them")
    }
    return AttachmentRule(
      direction: text(path + ["direction"]).flatMap(Direction.init),
      domain: domain(path + ["domain"]), recipient: mailbox(path + ["recipient"]),
      classes: attachmentClasses(classes, path + ["class"]),
      suffixes: Set(suffixes.map { $0.lowercased().drop { $0 == "." } }.map(String.init)),
      kinds: Set(kinds), action: action)
  }

  private mutating func attachmentClasses(
    _ words: [String], _ path: [String]
  ) -> Set<AttachmentClass> {
    var classes: Set<AttachmentClass> = []
    for word in words {
      if let known = AttachmentClass(rawValue: word) {
        classes.insert(known)
      } else {
        let all = AttachmentClass.allCases.map(\.rawValue).joined(separator: ", ")
        fault(at: path, "\"\(word)\" is no class of attachments: \(all)")
      }
    }
    return classes
  }

  /// What the settings say of encrypted attachments whose password follows, as rows behind the others.
  var ppap: [AttachmentRule] {
    [Direction.inbound, .outbound].compactMap { direction in
      guard let word = text(["ppap", direction.rawValue]) else { return nil }
      let action = word == "pass" ? .accept : Action(rawValue: word) ?? .hold
      return AttachmentRule(direction: direction, classes: [.encrypted], action: action)
    }
  }

  /// One text, or several.
  private func texts(_ path: [String]) -> [String] {
    let value = node(path)?.value
    return value?.texts ?? [value?.text].compactMap(\.self)
  }

  private func action(_ path: [String]) -> Action? { text(path).flatMap(Action.init) }

  private mutating func domain(_ path: [String]) -> Domain? {
    guard let name = text(path) else { return nil }
    if let domain = Domain(name) { return domain }
    fault(at: path, "\"\(name)\" is not a domain name")
    return nil
  }
}
