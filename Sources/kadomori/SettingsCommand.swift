import ArgumentParser
import Settings

/// `kadomori settings`: every setting with its kind, default and meaning.
struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "List every setting.",
    discussion: "Example: kadomori settings")

  @Flag(help: "Print the reference page.") var markdown = false

  func run() {
    if markdown { return print(SettingDeclaration.reference, terminator: "") }
    for setting in SettingDeclaration.all {
      print("\(setting.name)  (\(setting.kind.words))")
      let standard = setting.standard.map { "default \($0), " } ?? ""
      print("    \(setting.text) [\(standard)\(setting.isLive ? "live" : "needs a restart")]")
    }
  }
}
